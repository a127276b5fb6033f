// Which texts go together, and that every asker is answered.

#include "actors/embedder/text_batcher.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using enum text_batcher::welcome;

meaning_ptr vector_of(float x) {
  return std::make_shared<const std::vector<float>>(3, x);
}

embed_batch with_vectors(embed_batch b) {
  for (const auto& text : b.texts)
    b.vectors.push_back(vector_of(static_cast<float>(text.size())));
  return b;
}

class text_batcher_test : public ::testing::Test {
protected:
  embed_ticket ticket() {
    return {embed_wish{}, [this](embed_ticket::result&&) {
              ++answered;
            }};
  }

  text_batcher::welcome ask(const std::string& text) {
    tickets.push_back(ticket());
    return batcher.ask(tickets.back(), text, now).how;
  }

  text_batcher batcher;
  time_point now = time_point{} + 1h;
  std::vector<embed_ticket> tickets;
  int answered = 0;
};

TEST_F(text_batcher_test, sends_when_the_first_has_waited_long_enough) {
  EXPECT_EQ(batcher.next(), time_point::max());
  EXPECT_EQ(ask("a"), waits);
  now += 1ms;
  EXPECT_EQ(ask("b"), waits);
  EXPECT_TRUE(batcher.due(now).empty());
  EXPECT_EQ(batcher.next(), now + 1ms);
  now += 1ms;
  const auto sent = batcher.due(now);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].texts, (std::vector<std::string>{"a", "b"}));
}

TEST_F(text_batcher_test, sends_at_once_when_a_batch_is_full) {
  for (std::size_t i = 0; i < batch_texts_max + 1; ++i)
    ask("text " + std::to_string(i));
  const auto sent = batcher.due(now);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].texts.size(), batch_texts_max);
  EXPECT_EQ(batcher.due(now + batch_company).at(0).texts.size(), 1U);
}

TEST_F(text_batcher_test, two_who_ask_the_same_share_a_place) {
  ask("same");
  ask("same");
  auto sent = batcher.due(now += batch_company);
  ASSERT_EQ(sent.at(0).texts.size(), 1U);
  ask("same");  // While it is under way.
  EXPECT_TRUE(batcher.due(now += batch_company).empty());
  EXPECT_EQ(batcher.arrived(with_vectors(sent[0])).size(), 3U);
  EXPECT_EQ(batcher.waiting(), 0U);
}

TEST_F(text_batcher_test, remembers_what_arrived) {
  ask("known");
  batcher.arrived(with_vectors(batcher.due(now += batch_company).at(0)));
  const auto t = ticket();
  const auto again = batcher.ask(t, "known", now);
  EXPECT_EQ(again.how, known);
  ASSERT_NE(again.meaning, nullptr);
  EXPECT_EQ(again.meaning->front(), 5.0F);
  for (std::size_t i = 0; i < vectors_remembered_max; ++i) {
    ask(std::to_string(i));
    if (auto sent = batcher.due(now += batch_company); !sent.empty())
      batcher.arrived(with_vectors(sent[0]));
  }
  EXPECT_EQ(ask("known"), waits) << "used longest ago, so forgotten";
  EXPECT_EQ(ask(std::to_string(vectors_remembered_max - 1)), known);
}

TEST_F(text_batcher_test, a_batch_without_vectors_has_none_for_its_askers) {
  ask("a");
  auto sent = batcher.due(now += batch_company).at(0);
  const auto replies = batcher.arrived(std::move(sent));
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].meaning, nullptr);
  EXPECT_EQ(ask("a"), waits) << "a failure is not remembered";
}

TEST_F(text_batcher_test, gives_up_at_the_deadline_and_remembers_late_vectors) {
  ask("slow");
  const auto since = now;
  auto sent = batcher.due(now += batch_company).at(0);
  EXPECT_EQ(batcher.next(), since + embed_patience);
  EXPECT_TRUE(batcher.late(since + embed_patience - 1ms).empty());
  EXPECT_EQ(batcher.late(since + embed_patience).size(), 1U);
  EXPECT_EQ(batcher.waiting(), 0U);
  EXPECT_EQ(batcher.next(), time_point::max());
  EXPECT_TRUE(batcher.arrived(with_vectors(sent)).empty());
  EXPECT_EQ(ask("slow"), known);
}

TEST_F(text_batcher_test, refuses_when_too_many_wait) {
  for (std::size_t i = 0; i < embed_waiting_max; ++i) {
    ASSERT_EQ(ask("text " + std::to_string(i)), waits);
    batcher.due(now);
  }
  EXPECT_EQ(ask("one more"), full);
  batcher.late(now + embed_patience);
  EXPECT_EQ(ask("one more"), waits);
}

TEST_F(text_batcher_test, leaves_out_texts_nobody_waits_for_any_more) {
  ask("a");
  ask("b");
  tickets[0].answer(errc::deadline_exceeded);
  EXPECT_EQ(batcher.due(now + batch_company).at(0).texts,
            std::vector<std::string>{"b"});
  tickets[1].answer(errc::deadline_exceeded);
  EXPECT_EQ(batcher.waiting(), 1U);
}

TEST_F(text_batcher_test, every_asker_is_answered_exactly_once) {
  std::mt19937 random{3};
  std::deque<embed_batch> out;
  std::size_t asked = 0;
  std::size_t told = 0;
  const auto tell = [&](auto& replies) {
    told += replies.size();
  };
  for (int step = 0; step < 20'000; ++step) {
    now += std::chrono::milliseconds{random() % 40};
    if (random() % 3 != 0) {
      ++asked;
      if (ask("t" + std::to_string(random() % 5'000)) != waits)
        ++told;
    }
    for (auto& b : batcher.due(now))
      out.push_back(std::move(b));
    if (!out.empty() && random() % 3 == 0) {
      const auto at = random() % out.size();
      std::swap(out[at], out.front());
      auto replies = batcher.arrived(
          random() % 4 == 0 ? out.front() : with_vectors(out.front()));
      tell(replies);
      out.pop_front();
    }
    if (random() % 50 == 0 && !out.empty())
      out.pop_back();  // Lost.
    auto late = batcher.late(now);
    tell(late);
    ASSERT_EQ(batcher.waiting(), asked - told) << "step " << step;
  }
  batcher.due(now += embed_patience);
  auto late = batcher.late(now + embed_patience);
  tell(late);
  EXPECT_EQ(told, asked);
  EXPECT_EQ(batcher.next(), time_point::max());
}

}  // namespace
}  // namespace troupe
