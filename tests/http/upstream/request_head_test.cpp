// What of a client's header a provider sees, and of a provider's a client.

#include "http/upstream/request_head.hpp"

#include <gtest/gtest.h>

namespace troupe::http::upstream {
namespace {

config::provider_settings provider(config::protocol p, bool tls = true,
                                   std::uint16_t port = 443) {
  config::provider_settings made;
  made.protocol = p;
  made.base_url = {tls, {"api.example", port}, ""};
  return made;
}

std::string head_for(const config::provider_settings& p,
                     const header_list& client) {
  std::string out;
  append_request_head(out, {"POST", "/v1/x", p, "sk-secret", 12, true}, client);
  return out;
}

bool has_line(const std::string& head, std::string_view line) {
  return head.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

TEST(request_head, passes_the_clients_fields_in_their_spelling) {
  const auto head = head_for(provider(config::protocol::openai),
                             {{"OpenAI-Beta", "x=v1"}, {"User-Agent", "me"}});
  EXPECT_TRUE(head.starts_with("POST /v1/x HTTP/1.1\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  EXPECT_TRUE(has_line(head, "OpenAI-Beta: x=v1"));
  EXPECT_TRUE(has_line(head, "User-Agent: me"));
  EXPECT_TRUE(has_line(head, "Content-Length: 12"));
}

TEST(request_head, keeps_back_the_clients_key_cookies_and_connection) {
  const header_list client{
      {"Authorization", "Bearer mine"}, {"X-Api-Key", "mine"},
      {"x-goog-api-key", "mine"},       {"Cookie", "mine"},
      {"X-Troupe-Cache", "mine"},       {"Connection", "mine"},
      {"Transfer-Encoding", "mine"},    {"Host", "mine"},
      {"Content-Length", "9999"},       {"Expect", "mine"},
      {"Accept-Encoding", "mine"},      {"Upgrade", "mine"}};
  for (const auto p : {config::protocol::openai, config::protocol::anthropic,
                       config::protocol::gemini}) {
    const auto head = head_for(provider(p), client);
    EXPECT_EQ(head.find("mine"), std::string::npos) << head;
    EXPECT_EQ(head.find("9999"), std::string::npos) << head;
  }
}

TEST(request_head, shows_the_key_where_each_wire_looks_for_it) {
  EXPECT_TRUE(has_line(head_for(provider(config::protocol::openai), {}),
                       "Authorization: Bearer sk-secret"));
  EXPECT_TRUE(has_line(head_for(provider(config::protocol::anthropic), {}),
                       "x-api-key: sk-secret"));
  EXPECT_TRUE(has_line(head_for(provider(config::protocol::gemini), {}),
                       "x-goog-api-key: sk-secret"));
}

TEST(request_head, names_the_port_only_where_it_is_not_the_schemes) {
  using enum config::protocol;
  EXPECT_TRUE(has_line(head_for(provider(openai), {}), "Host: api.example"));
  EXPECT_TRUE(
      has_line(head_for(provider(openai, false, 80), {}), "Host: api.example"));
  EXPECT_TRUE(has_line(head_for(provider(openai, false, 8080), {}),
                       "Host: api.example:8080"));
}

TEST(headers_for_client, leave_out_the_connection_and_rename_the_id) {
  const auto kept = headers_for_client({{"Content-Type", "text/plain"},
                                        {"Content-Length", "5"},
                                        {"Transfer-Encoding", "chunked"},
                                        {"Connection", "close"},
                                        {"Set-Cookie", "a=b"},
                                        {"Server", "them"},
                                        {"x-request-id", "req_theirs"},
                                        {"x-ratelimit-remaining-tokens", "7"},
                                        {"retry-after", "3"}});
  EXPECT_EQ(kept.size(), 4u);
  EXPECT_EQ(kept.find("content-type"), "text/plain");
  EXPECT_EQ(kept.find("x-troupe-provider-request-id"), "req_theirs");
  EXPECT_EQ(kept.find("x-ratelimit-remaining-tokens"), "7");
  EXPECT_EQ(kept.find("retry-after"), "3");
}

}  // namespace
}  // namespace troupe::http::upstream
