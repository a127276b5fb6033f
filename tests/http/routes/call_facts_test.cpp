// What the fields that a client may send become for the actors.

#include "http/routes/call_facts.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe::http {
namespace {

using namespace std::chrono_literals;

constexpr time_point started{1h};
constexpr auto total_max = 10min;

struct outcome {
  call facts;
  std::optional<wire::refusal> refused;
};

outcome facts_of(header_list headers, std::string messages = "[]") {
  request req;
  req.method = "POST";
  req.target = "/v1/chat/completions";
  req.headers = std::move(headers);
  req.body = R"({"model":"m","messages":)" + messages + "}";
  const auto m = wire::find_endpoint(req.method, req.path(), req.headers);
  auto read = wire::read_request(*m, req.body);
  EXPECT_FALSE(read.refused);
  outcome result;
  result.refused = write_facts(result.facts, {req, *m, std::move(read.facts)},
                               started, total_max);
  return result;
}

/// A first message of `size` characters, and what follows it.
std::string talk(std::size_t size, const std::string& rest = {}) {
  return R"([{"role":"user","content":")" + std::string(size, 'x') + "\"}"
         + rest + "]";
}

TEST(call_facts, a_priority_is_a_word_or_a_number_from_0_to_10) {
  EXPECT_EQ(facts_of({}).facts.priority, priority_normal);
  for (const auto& [text, value] :
       {std::pair{"critical", 10}, std::pair{"high", 8}, std::pair{"Normal", 5},
        std::pair{"low", 0}, std::pair{"0", 0}, std::pair{"10", 10}}) {
    const auto got = facts_of({{"x-troupe-priority", text}});
    EXPECT_FALSE(got.refused) << text;
    EXPECT_EQ(got.facts.priority, value) << text;
  }
}

TEST(call_facts, any_other_priority_is_refused_by_name) {
  for (const auto* text : {"", "11", "-1", "5x", "urgent", "1.5", "256"}) {
    const auto got = facts_of({{"x-troupe-priority", text}});
    ASSERT_TRUE(got.refused) << text;
    EXPECT_EQ(got.refused->param, "x-troupe-priority");
  }
}

TEST(call_facts, troupe_waits_no_longer_than_its_client) {
  EXPECT_EQ(facts_of({}).facts.deadline, started + total_max);
  EXPECT_EQ(facts_of({{"X-Stainless-Timeout", "30"}}).facts.deadline,
            started + 30s);
  EXPECT_EQ(facts_of({{"X-Stainless-Timeout", "0.5"}}).facts.deadline,
            started + 500ms);
  for (const auto* odd :
       {"", "soon", "-5", "0", "nan", "inf", "1e300", "86401", "3600"})
    EXPECT_EQ(facts_of({{"X-Stainless-Timeout", odd}}).facts.deadline,
              started + total_max)
        << odd;
}

TEST(call_facts, a_named_conversation_has_one_affinity) {
  const auto a = facts_of({{"x-troupe-conversation", "a"}}).facts.affinity;
  EXPECT_NE(a, 0u);
  EXPECT_EQ(a,
            facts_of({{"x-troupe-conversation", "a"}}, talk(9)).facts.affinity);
  EXPECT_NE(a, facts_of({{"x-troupe-conversation", "b"}}).facts.affinity);
}

TEST(call_facts, a_long_prompt_names_its_conversation_in_every_later_turn) {
  EXPECT_EQ(facts_of({}, talk(100)).facts.affinity, 0u) << "nobody caches it";
  const auto first = facts_of({}, talk(5000)).facts.affinity;
  EXPECT_NE(first, 0u);
  const auto later =
      facts_of({}, talk(5000, R"(,{"role":"assistant","content":"y"})"));
  EXPECT_EQ(first, later.facts.affinity);
}

TEST(call_facts, only_what_can_be_translated_may_be_served_in_other_wires) {
  EXPECT_EQ(facts_of({}).facts.wires, 0b111);
  EXPECT_EQ(wires_of(*wire::find_endpoint("POST", "/v1/responses", {})), 0b001);
  EXPECT_EQ(wires_of(*wire::find_endpoint("POST", "/v1/embeddings", {})),
            0b101);
}

}  // namespace
}  // namespace troupe::http
