// What a job makes of a model's answer, whole, streamed, cut or refused.

#include "http/jobs/completion_answer.hpp"
#include "http/routes/exchange.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http {
namespace {

using nlohmann::json;
using enum job_outcome::kind;
using wire::endpoint;

constexpr std::string_view chat_stream =
    R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}

data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}

data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: [DONE]

)";

exchange_record with_usage(std::uint64_t in, std::uint64_t out) {
  exchange_record r;
  r.usage.in_uncached = in;
  r.usage.out_text = out;
  r.usage.reported = true;
  return r;
}

/// Feeds a stream in pieces of that size; returns its words.
std::string feed(completion_answer& to, std::string_view bytes,
                 std::size_t size = 7) {
  to.begin(200, {{"Content-Type", "text/event-stream"}});
  std::string words;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
    words += to.feed(bytes.substr(0, size));
  return words;
}

json result_of(const job_outcome& o) {
  EXPECT_EQ(o.how, completed) << o.value.view();
  return json::parse(o.value.view(), nullptr, false);
}

job_outcome answered(unsigned status, std::string_view body,
                     const exchange_record& record = {},
                     const header_list& headers = {}) {
  completion_answer a{endpoint::chat_completions};
  a.take(status, headers, body);
  return a.outcome(record);
}

exchange_record refused_by(errc why) {
  exchange_record r;
  r.refused = why;
  return r;
}

TEST(completion_answer, a_stream_gives_its_words_and_then_the_whole) {
  completion_answer a{endpoint::chat_completions};
  EXPECT_EQ(feed(a, chat_stream), "Hello");
  a.finish();
  const auto r = result_of(a.outcome(with_usage(3, 2)));
  EXPECT_EQ(r["model"], "m-1");
  EXPECT_EQ(r["content"], "Hello");
  EXPECT_EQ(r["finish_reason"], "stop");
  EXPECT_EQ(r["usage"]["input_tokens"], 3);
  EXPECT_EQ(r["usage"]["output_tokens"], 2);
  EXPECT_EQ(r["response"]["choices"][0]["message"]["content"], "Hello");
}

TEST(completion_answer, words_do_not_depend_on_how_the_bytes_are_cut) {
  for (std::size_t size = 1; size < 90; ++size) {
    completion_answer a{endpoint::chat_completions};
    EXPECT_EQ(feed(a, chat_stream, size), "Hello");
  }
}

TEST(completion_answer, every_wire_has_its_words) {
  struct row {
    wire::endpoint at;
    std::string_view event;
  };
  const row rows[] = {
      {endpoint::messages,
       "event: content_block_delta\ndata: {\"type\":\"content_block_delta\","
       "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n"},
      {endpoint::stream_generate_content,
       "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}],"
       "\"role\":\"model\"}}]}\n\n"},
      {endpoint::responses,
       "event: response.output_text.delta\ndata: "
       "{\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n"},
  };
  for (const auto& r : rows) {
    completion_answer a{r.at};
    EXPECT_EQ(feed(a, r.event), "Hi");
  }
}

TEST(completion_answer, a_whole_one_is_taken_in_its_own_shape) {
  const auto r = result_of(answered(
      200, "{\n \"id\":\"c\", \"object\":\"chat.completion\", \"model\":\"m\","
           "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
           "\"content\":\"Hi\"},\"finish_reason\":\"length\"}],"
           "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}"));
  EXPECT_EQ(r["content"], "Hi");
  EXPECT_EQ(r["finish_reason"], "length");
  EXPECT_EQ(r["usage"]["input_tokens"], 5);
  EXPECT_EQ(r["response"]["id"], "c");
}

TEST(completion_answer, a_result_is_one_line) {
  const auto o = answered(200, "{\"model\":\"m\",\n\"choices\":[{\"message\":"
                               "{\"content\":\"a\\nb\"}}]}");
  EXPECT_EQ(o.value.view().find('\n'), std::string_view::npos);
}

TEST(completion_answer, a_stream_that_was_cut_is_no_result) {
  completion_answer a{endpoint::chat_completions};
  feed(a, chat_stream.substr(0, chat_stream.size() / 2));
  EXPECT_EQ(a.outcome({}).how, failed);

  completion_answer b{endpoint::chat_completions};
  feed(b, std::string{chat_stream.substr(0, chat_stream.find("\n\n") + 2)}
              + "data: {\"error\":{\"message\":\"gone\"}}\n\n");
  b.finish();
  const auto o = b.outcome({});
  EXPECT_EQ(o.how, failed);
  EXPECT_EQ(o.value.view(), "the answer was cut: gone");
}

TEST(completion_answer, an_end_without_a_finish_is_a_cut) {
  completion_answer a{endpoint::chat_completions};
  feed(a, chat_stream.substr(0, chat_stream.find("\n\n") + 2));
  a.finish();
  EXPECT_EQ(a.outcome({}).how, failed);
}

TEST(completion_answer, nothing_is_burnt_where_nobody_could_serve) {
  for (const auto why :
       {errc::keys_cooling, errc::targets_cooling, errc::overloaded,
        errc::shutting_down, errc::actor_lost, errc::keys_dead})
    EXPECT_EQ(answered(503, "{}", refused_by(why)).how, postponed)
        << name_of(why);
}

TEST(completion_answer, waits_as_long_as_it_is_told) {
  EXPECT_EQ(answered(429, "{}", refused_by(errc::keys_cooling),
                     {{"Retry-After", "7"}})
                .retry_in_ms,
            7'000u);
  EXPECT_EQ(answered(429, "{}", refused_by(errc::keys_cooling)).retry_in_ms,
            5'000u);
}

TEST(completion_answer, what_is_wrong_with_the_request_is_refused) {
  for (const unsigned status : {400u, 404u, 413u, 422u}) {
    const auto o = answered(status, R"({"error":{"message":"no such thing"}})");
    EXPECT_EQ(o.how, refused) << status;
    EXPECT_EQ(o.value.view(),
              "HTTP " + std::to_string(status) + ": no such thing");
  }
}

TEST(completion_answer, anything_else_failed) {
  for (const unsigned status : {401u, 403u, 408u, 500u, 502u, 503u, 504u})
    EXPECT_EQ(answered(status, "oops").how, failed) << status;
  completion_answer silent{endpoint::chat_completions};
  EXPECT_EQ(silent.outcome({}).how, failed);
}

TEST(completion_answer, a_failure_keeps_the_wish_to_wait) {
  EXPECT_EQ(answered(502, "", {}, {{"Retry-After", "3"}}).retry_in_ms, 3'000u);
}

TEST(completion_answer, takes_no_more_than_a_job_may_have) {
  completion_answer a{endpoint::chat_completions};
  a.begin(200, {});
  const std::string piece(1u << 20, ':');
  for (int i = 0; i < 4; ++i)
    a.feed(piece);
  EXPECT_FALSE(a.is_too_large());
  a.feed(":");
  EXPECT_TRUE(a.is_too_large());
  EXPECT_EQ(a.outcome({}).how, refused);
}

TEST(completion_answer, tells_what_it_cost_if_anybody_knows) {
  completion_answer a{endpoint::chat_completions};
  EXPECT_EQ(a.usage_event({}), "");
  const auto told = json::parse(a.usage_event(with_usage(3, 2)));
  EXPECT_EQ(told["input_tokens"], 3);
  EXPECT_EQ(told["output_tokens"], 2);
}

}  // namespace
}  // namespace troupe::http
