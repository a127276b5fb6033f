// The providers' token counts, made into disjoint parts: one row a case.

#include "http/wire/usage.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace troupe::http::wire {
namespace {

using reader = bool (*)(json::value&, std::size_t, token_usage&);

struct row {
  const char* says;
  reader read;
  std::string counts;
  /// in_uncached, read, write 5m, write 1h, in_audio, out_text, reasoning,
  /// out_audio, tool units.
  std::vector<std::uint64_t> parts;
};

token_usage usage_of(const row& r, token_usage before = {}) {
  json::document doc{"{\"u\":" + r.counts + "}"};
  auto root = doc.root();
  EXPECT_TRUE(
      root
      && json::each_member(
          *root, [&](auto, json::value v) { return r.read(v, 1, before); }))
      << r.counts;
  return before;
}

std::vector<std::uint64_t> parts_of(const token_usage& u) {
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(token_kind::count_); ++i)
    all.push_back(part_of(u, static_cast<token_kind>(i)));
  return all;
}

const std::vector<row> rows{
    {"OpenAI: cached, written and sound are parts of the prompt",
     read_openai_usage,
     R"({"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
         "prompt_tokens_details":{"cached_tokens":40,"cache_write_tokens":10,
                                  "audio_tokens":5},
         "completion_tokens_details":{"reasoning_tokens":20,"audio_tokens":7}})",
     {45, 40, 10, 0, 5, 23, 20, 7, 0}},
    {"OpenAI's Responses name them otherwise",
     read_openai_usage,
     R"({"input_tokens":9,"output_tokens":4,
         "input_tokens_details":{"cached_tokens":3},
         "output_tokens_details":{"reasoning_tokens":1}})",
     {6, 3, 0, 0, 0, 3, 1, 0, 0}},
    {"counts that contradict each other stay disjoint",
     read_openai_usage,
     R"({"prompt_tokens":10,"completion_tokens":2,
         "prompt_tokens_details":{"cached_tokens":99,"audio_tokens":99},
         "completion_tokens_details":{"reasoning_tokens":99,"audio_tokens":9}})",
     {0, 10, 0, 0, 0, 0, 2, 0, 0}},
    {"Anthropic's parts are disjoint already",
     read_anthropic_usage,
     R"({"input_tokens":7,"cache_read_input_tokens":20,
         "cache_creation_input_tokens":30,
         "cache_creation":{"ephemeral_5m_input_tokens":10,
                           "ephemeral_1h_input_tokens":20},
         "output_tokens":9,"output_tokens_details":{"thinking_tokens":4},
         "server_tool_use":{"web_search_requests":2,"web_fetch_requests":1}})",
     {7, 20, 10, 20, 0, 5, 4, 0, 3}},
    {"a write without its parts is one of five minutes",
     read_anthropic_usage,
     R"({"input_tokens":1,"cache_creation_input_tokens":30,"output_tokens":2})",
     {1, 0, 30, 0, 0, 2, 0, 0, 0}},
    {"Gemini's thoughts stand beside its candidates",
     read_gemini_usage,
     R"({"promptTokenCount":50,"cachedContentTokenCount":20,
         "toolUsePromptTokenCount":3,"candidatesTokenCount":10,
         "thoughtsTokenCount":6,
         "promptTokensDetails":[{"modality":"TEXT","tokenCount":40},
                                {"modality":"AUDIO","tokenCount":10}],
         "cacheTokensDetails":[{"modality":"AUDIO","tokenCount":4}],
         "candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":2}]})",
     {27, 20, 0, 0, 6, 8, 6, 2, 0}},
};

TEST(usage, becomes_disjoint_parts) {
  for (const auto& r : rows) {
    const auto u = usage_of(r);
    EXPECT_TRUE(u.reported) << r.says;
    EXPECT_EQ(parts_of(u), r.parts) << r.says;
  }
}

TEST(usage, parts_add_up_to_what_the_provider_counted) {
  EXPECT_EQ(usage_of(rows[0]).total(), 150u);
  EXPECT_EQ(usage_of(rows[3]).input(), 57u);
  EXPECT_EQ(usage_of(rows[5]).output(), 16u);
}

TEST(usage, a_later_count_replaces_an_earlier_one_and_is_never_added) {
  auto u = usage_of({"",
                     read_anthropic_usage,
                     R"({"input_tokens":25,"output_tokens":1})",
                     {}});
  u = usage_of({"", read_anthropic_usage, R"({"output_tokens":15})", {}}, u);
  EXPECT_EQ(u.in_uncached, 25u);
  EXPECT_EQ(u.out_text, 15u);
}

TEST(usage, zero_is_reported_and_silence_is_not) {
  EXPECT_TRUE(usage_of({"",
                        read_openai_usage,
                        R"({"prompt_tokens":0,"completion_tokens":0})",
                        {}})
                  .reported);
  EXPECT_FALSE(usage_of({"", read_openai_usage, "{}", {}}).reported);
  EXPECT_FALSE(usage_of({"", read_gemini_usage, "null", {}}).reported);
}

}  // namespace
}  // namespace troupe::http::wire
