// What the body adds: time, the carrier, counting.

#include "actors/embedder/embedder.hpp"
#include "tests/support/actor_test.hpp"

#include <deque>

namespace troupe {
namespace {

using namespace std::chrono_literals;

/// Keeps what it is given until the test says what becomes of it.
struct patient_carrier final : embedding_carrier {
  void carry(embed_batch batch, embedder_actor whom) override {
    batches.push_back(std::move(batch));
    from = std::move(whom);
  }

  embed_batch next(bool with_vectors) {
    auto b = std::move(batches.front());
    batches.pop_front();
    for (std::size_t i = 0; with_vectors && i < b.texts.size(); ++i)
      b.vectors.push_back(std::make_shared<const std::vector<float>>(4, 0.5F));
    return b;
  }

  std::deque<embed_batch> batches;
  embedder_actor from;
};

class embedder_test : public testing::actor_test {
protected:
  using answer = std::shared_ptr<std::optional<embed_ticket::result>>;

  ~embedder_test() override { carrier.from = nullptr; }

  embedder_actor start(config::embedder_kind kind) {
    slot = &carrier;
    return spawn(embedder, embedder_deps{kind, &slot, counted});
  }

  answer embed(const embedder_actor& by, const std::string& text) {
    auto got = std::make_shared<std::optional<embed_ticket::result>>();
    caf::anon_send(
        by, atom::embed_v,
        embed_ticket{embed_wish{text}, [got](embed_ticket::result&& r) {
                       got->emplace(std::move(r));
                     }});
    settle();
    return got;
  }

  double count_of(embed_outcome x) { return counted[x].Value(); }

  prometheus::Registry registry;
  counters_by_name counted = embedder_metrics_of(metric_catalog{registry});
  patient_carrier carrier;
  carrier_slot slot{nullptr};
};

TEST_F(embedder_test, lexical_answers_at_once) {
  const auto by = start(config::embedder_kind::lexical);
  const auto got = embed(by, "How tall is the tower?");
  ASSERT_TRUE(*got && **got);
  EXPECT_FALSE((**got)->get()->empty());
  EXPECT_EQ(count_of(embed_outcome::computed), 1);
}

TEST_F(embedder_test, gathers_texts_and_hands_them_to_the_carrier) {
  const auto by = start(config::embedder_kind::openai);
  const auto first = embed(by, "what is a lighthouse");
  const auto second = embed(by, "what is a harbour");
  EXPECT_TRUE(carrier.batches.empty());
  advance(batch_company);
  ASSERT_EQ(carrier.batches.size(), 1U);
  EXPECT_EQ(carrier.batches[0].texts.size(), 2U);
  caf::anon_send(by, atom::found_v, carrier.next(true));
  settle();
  ASSERT_TRUE(*first && **first && *second && **second);
  EXPECT_EQ((**first)->get()->size(), 4U);
  EXPECT_EQ(count_of(embed_outcome::computed), 2);
  const auto again = embed(by, "what is a lighthouse");
  EXPECT_TRUE(*again && **again);
  EXPECT_EQ(count_of(embed_outcome::known), 1);
}

TEST_F(embedder_test, says_so_when_the_server_has_no_vectors) {
  const auto by = start(config::embedder_kind::openai);
  const auto got = embed(by, "a");
  advance(batch_company);
  caf::anon_send(by, atom::found_v, carrier.next(false));
  settle();
  ASSERT_TRUE(*got);
  EXPECT_EQ(code_of(**got), errc::no_provider);
  EXPECT_EQ(count_of(embed_outcome::failed), 1);
}

TEST_F(embedder_test, answers_when_the_carrier_never_comes_back) {
  const auto by = start(config::embedder_kind::openai);
  const auto got = embed(by, "a");
  advance(embed_patience - 1ms);
  EXPECT_FALSE(*got);
  advance(1ms);
  ASSERT_TRUE(*got);
  EXPECT_EQ(code_of(**got), errc::deadline_exceeded);
  EXPECT_EQ(count_of(embed_outcome::late), 1);
}

TEST_F(embedder_test, answers_when_there_is_no_carrier) {
  const auto by = start(config::embedder_kind::openai);
  slot = nullptr;
  const auto got = embed(by, "a");
  advance(batch_company);
  ASSERT_TRUE(*got);
  EXPECT_EQ(code_of(**got), errc::no_provider);
}

TEST_F(embedder_test, refuses_when_too_many_wait) {
  const auto by = start(config::embedder_kind::openai);
  for (std::size_t i = 0; i < embed_waiting_max; ++i)
    embed(by, "text " + std::to_string(i));
  const auto got = embed(by, "one more");
  ASSERT_TRUE(*got);
  EXPECT_EQ(code_of(**got), errc::overloaded);
  EXPECT_EQ(count_of(embed_outcome::refused), 1);
}

TEST_F(embedder_test, a_death_answers_whoever_waited) {
  const auto by = start(config::embedder_kind::openai);
  const auto got = embed(by, "a");
  caf::anon_send_exit(by, caf::exit_reason::kill);
  settle();
  ASSERT_TRUE(*got);
  EXPECT_EQ(code_of(**got), errc::actor_lost);
}

TEST_F(embedder_test, timers_do_not_pile_up_under_load) {
  const auto by = start(config::embedder_kind::openai);
  for (int i = 0; i < 2'000; ++i) {  // 10 s: five times their patience.
    embed(by, "text " + std::to_string(i));
    advance(5ms);
    caf::anon_send(by, atom::found_v, carrier.next(true));
    settle();
  }
  EXPECT_LT(clock().schedule().size(), 800U);
  advance(embed_patience);
  EXPECT_FALSE(clock().has_pending_timeout());
}

}  // namespace
}  // namespace troupe
