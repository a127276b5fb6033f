// Base URLs: what they come apart into, and what is refused.

#include "config/base_url.hpp"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

base_url read(std::string_view text) {
  const auto result = parse_base_url(text);
  EXPECT_TRUE(std::holds_alternative<base_url>(result)) << text;
  return std::holds_alternative<base_url>(result) ? std::get<base_url>(result)
                                                  : base_url{};
}

TEST(base_url, comes_apart_into_scheme_host_port_and_path) {
  const auto url = read("https://api.openai.com/v1");
  EXPECT_TRUE(url.tls);
  EXPECT_EQ(url.at, (endpoint{"api.openai.com", 443}));
  EXPECT_EQ(url.path, "/v1");
}

TEST(base_url, takes_the_port_of_the_scheme_unless_one_is_given) {
  EXPECT_EQ(read("http://localhost").at, (endpoint{"localhost", 80}));
  EXPECT_FALSE(read("http://localhost").tls);
  EXPECT_EQ(read("http://localhost:9000").at, (endpoint{"localhost", 9000}));
  EXPECT_EQ(read("https://[::1]:9000/x").at, (endpoint{"::1", 9000}));
  EXPECT_EQ(read("https://[::1]/x").at, (endpoint{"::1", 443}));
}

TEST(base_url, drops_slashes_at_the_end) {
  EXPECT_EQ(read("https://a/").path, "");
  EXPECT_EQ(read("https://a/b/c//").path, "/b/c");
}

TEST(base_url, refuses_what_is_no_prefix_of_a_request) {
  for (const auto* text : {"",
                           "api.openai.com",
                           "ftp://a",
                           "HTTPS://a",
                           "https:/a",
                           "https://",
                           "https:///v1",
                           "https://:443",
                           "https://a:0",
                           "https://a:65536",
                           "https://a:",
                           "https://a:b",
                           "https://a b",
                           "https://-a",
                           "https://[::1",
                           "https://[",
                           "https://[]",
                           "https://[::1]x",
                           "https://[a]",
                           "https://user:password@a",
                           "https://a/v1?key=x",
                           "https://a#x",
                           "https://a/b c",
                           "https://a/\"",
                           "https://a/b\r\nX: y"})
    EXPECT_TRUE(std::holds_alternative<complaint>(parse_base_url(text)))
        << text;
}

TEST(base_url, prints_what_it_reads) {
  for (const std::string text :
       {"https://api.openai.com/v1", "http://localhost:9000", "http://[::1]/a",
        "https://a:80"})
    EXPECT_EQ(print(read(text)), text);
}

TEST(base_url, has_a_default_for_each_protocol) {
  EXPECT_EQ(print(default_base_url(protocol::openai)),
            "https://api.openai.com/v1");
  EXPECT_EQ(print(default_base_url(protocol::anthropic)),
            "https://api.anthropic.com");
  EXPECT_EQ(print(default_base_url(protocol::gemini)),
            "https://generativelanguage.googleapis.com");
}

}  // namespace
}  // namespace troupe::config
