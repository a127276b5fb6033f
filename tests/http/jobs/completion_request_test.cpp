// Which request a job is, and which jobs are none.

#include "http/jobs/completion_request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http {
namespace {

using nlohmann::json;

leased_job job_of(std::string data) {
  leased_job j;
  j.id = "order:7";
  j.attempt = 2;
  j.priority = 8;
  j.data = shared_bytes{std::move(data)};
  return j;
}

completion_request read(std::string data) {
  auto made = read_completion(job_of(std::move(data)), "chat");
  if (auto* why = std::get_if<std::string>(&made)) {
    ADD_FAILURE() << *why;
    return {};
  }
  return std::get<completion_request>(std::move(made));
}

std::string fault_of(std::string data) {
  auto made = read_completion(job_of(std::move(data)), "chat");
  const auto* why = std::get_if<std::string>(&made);
  return why != nullptr ? *why : "";
}

TEST(completion_request, a_chat_goes_to_chat_completions_as_a_stream) {
  const auto made = read(R"({"model":"m","messages":[],"n":1})");
  EXPECT_EQ(made.request.method, "POST");
  EXPECT_EQ(made.request.target, "/v1/chat/completions");
  EXPECT_EQ(made.request.body,
            R"({"model":"m","messages":[],"n":1,"stream":true})");
  EXPECT_TRUE(made.streams);
  EXPECT_EQ(made.match().endpoint, wire::endpoint::chat_completions);
}

TEST(completion_request, is_whole_where_the_job_says_so) {
  const auto made = read(R"({"model":"m","stream":false,"messages":[]})");
  EXPECT_FALSE(made.streams);
  EXPECT_FALSE(json::parse(made.request.body)["stream"].get<bool>());
}

TEST(completion_request, a_body_goes_to_its_endpoint) {
  const auto made = read(R"({"endpoint":"/v1/messages","body":{"model":"m"}})");
  EXPECT_EQ(made.request.target, "/v1/messages");
  EXPECT_EQ(made.request.body, R"({"model":"m","stream":true})");
  EXPECT_EQ(made.request.headers.find("anthropic-version"), "2023-06-01");
  EXPECT_EQ(made.match().protocol, config::protocol::anthropic);
}

TEST(completion_request, the_bodys_own_wish_for_a_stream_counts_most) {
  EXPECT_FALSE(read(R"({"endpoint":"/v1/responses","stream":true,)"
                    R"("body":{"stream":false}})")
                   .streams);
  EXPECT_FALSE(
      read(R"({"endpoint":"/v1/responses","stream":false,"body":{}})").streams);
}

TEST(completion_request, gemini_says_in_its_path_whether_it_streams) {
  const auto streamed =
      read(R"({"endpoint":"/v1beta/models/g:generateContent","body":{"x":1}})");
  EXPECT_EQ(streamed.request.target,
            "/v1beta/models/g:streamGenerateContent?alt=sse");
  EXPECT_EQ(streamed.request.body, R"({"x":1})");
  EXPECT_EQ(streamed.endpoint, wire::endpoint::stream_generate_content);
  const auto whole =
      read(R"({"endpoint":"/v1beta/models/g:streamGenerateContent?alt=sse",)"
           R"("stream":false,"body":{}})");
  EXPECT_EQ(whole.request.target, "/v1beta/models/g:generateContent");
  EXPECT_EQ(whole.endpoint, wire::endpoint::generate_content);
}

TEST(completion_request, carries_the_jobs_name_priority_and_time) {
  auto job = job_of(R"({"model":"m","messages":[]})");
  job.timeout_ms = 1'500;
  const auto made = std::get<completion_request>(read_completion(job, "chat"));
  EXPECT_EQ(made.request.id, "job-chat-order_7-2");
  EXPECT_EQ(made.request.headers.find("x-troupe-priority"), "8");
  EXPECT_EQ(made.request.headers.find("x-stainless-timeout"), "2");
}

TEST(completion_request, what_is_no_request_says_why) {
  EXPECT_EQ(fault_of("[]"), "data must be a JSON object");
  EXPECT_EQ(fault_of("null"), "data must be a JSON object");
  EXPECT_EQ(fault_of(""), "data must be a JSON object");
  EXPECT_EQ(fault_of(R"({"stream":"yes"})"), "stream must be true or false");
  EXPECT_EQ(fault_of(R"({"endpoint":7})"), "data.endpoint must be a string");
  EXPECT_EQ(fault_of(R"({"endpoint":"/v1/messages"})"),
            "data.body must be a JSON object");
  for (const auto* path : {"/v1/embeddings", "/v1/models", "/api/admin/keys",
                           "http://elsewhere/v1/messages", ""})
    EXPECT_TRUE(
        fault_of(json{{"endpoint", path}, {"body", json::object()}}.dump())
            .starts_with("data.endpoint is none that answers"))
        << path;
}

}  // namespace
}  // namespace troupe::http
