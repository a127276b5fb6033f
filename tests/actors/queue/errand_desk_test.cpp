// What is under way to other queues: how much at once, page after page, what
// happens when one is full, and how often a refusal is tried again.

#include "actors/queue/errand_desk.hpp"
#include "runtime/errc.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace troupe {
namespace {

const caf::error ok;
const caf::error lost = caf::make_error(errc::actor_lost);

class errand_desk_test : public ::testing::Test {
protected:
  void want(job_number first, std::size_t count = 1) {
    flow_errands some;
    some.parents.resize(count);
    std::iota(some.parents.begin(), some.parents.end(), first);
    desk.add(std::move(some));
  }

  void want_told(std::size_t count) {
    flow_errands some;
    some.children.resize(count);
    for (std::size_t i = 0; i < count; ++i)
      some.children[i].number = i + 1;
    desk.add(std::move(some));
  }

  /// Whose page is read now; 0 = of none.
  job_number begun(job_time at = 0) {
    const auto page = desk.next_placing(at);
    if (page)
      desk.turn_page(*page, 0);
    return page ? page->parent : 0;
  }

  /// As the body does it.
  void hear(std::uint64_t number, const caf::error& why) {
    const auto said = desk.end(number);
    ASSERT_TRUE(said);
    desk.hear(std::get<placing_errand>(said->what), why);
  }

  /// Ends a placing.
  void refuse(job_number parent) {
    desk.fail(parent, lost);
    desk.turn(parent);
  }

  errand_desk desk;
};

TEST_F(errand_desk_test, a_placing_is_over_when_its_last_page_is_answered) {
  want(7);
  auto page = desk.next_placing(0);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->parent, 7u);
  EXPECT_EQ(page->from, 0u);
  desk.turn_page(*page, 200);
  const auto first = desk.send(7, "a");
  const auto second = desk.send(7, "b");
  EXPECT_FALSE(desk.turn(7));
  hear(second, ok);
  EXPECT_FALSE(desk.turn(7)) << "one answer is missing";
  hear(first, ok);
  auto turn = desk.turn(7);
  ASSERT_TRUE(turn && turn->next);
  EXPECT_EQ(turn->next->from, 200u);
  desk.turn_page(*turn->next, 0);
  hear(desk.send(7, "a"), ok);
  turn = desk.turn(7);
  ASSERT_TRUE(turn);
  EXPECT_FALSE(turn->next);
  EXPECT_FALSE(turn->why);
}

TEST_F(errand_desk_test, a_page_without_children_to_be_sent_is_over_at_once) {
  want(7);
  begun();
  const auto turn = desk.turn(7);
  ASSERT_TRUE(turn);
  EXPECT_FALSE(turn->next);
}

TEST_F(errand_desk_test, a_page_of_a_job_that_is_no_more_is_the_last) {
  want(7);
  desk.turn_page(*desk.next_placing(0), 200);
  ASSERT_TRUE(desk.turn(7)->next);
  const auto turn = desk.turn(7);
  ASSERT_TRUE(turn);
  EXPECT_FALSE(turn->next);
}

TEST_F(errand_desk_test, what_was_refused_begins_at_the_page_it_had_reached) {
  want(7);
  desk.turn_page(*desk.next_placing(0), 200);
  hear(desk.send(7, "a"), ok);
  desk.turn_page(*desk.turn(7)->next, 400);
  const auto first = desk.send(7, "a");
  const auto second = desk.send(7, "b");
  hear(first, lost);
  hear(second, ok);
  const auto turn = desk.turn(7);
  ASSERT_TRUE(turn);
  EXPECT_FALSE(turn->next);
  EXPECT_EQ(code_of(turn->why), errc::actor_lost);
  want(7);
  const auto again = desk.next_placing(1'000);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->from, 200u);
  desk.turn_page(*again, 0);
  hear(desk.send(7, "a"), ok);
  EXPECT_FALSE(desk.turn(7)->why);
  want(7);
  EXPECT_EQ(desk.next_placing(1'000)->from, 0u) << "that is forgotten";
}

TEST_F(errand_desk_test, only_so_many_jobs_are_placed_at_once) {
  want(1, errand_desk::placings_max + 1);
  for (job_number n = 1; n <= errand_desk::placings_max; ++n)
    EXPECT_EQ(begun(), n);
  EXPECT_EQ(begun(), 0u);
  desk.turn(5);
  EXPECT_EQ(begun(), errand_desk::placings_max + 1);
}

TEST_F(errand_desk_test, a_job_that_is_being_placed_is_not_placed_beside) {
  want(7);
  EXPECT_EQ(begun(), 7u);
  want(7);
  EXPECT_EQ(begun(), 0u);
}

TEST_F(errand_desk_test, refusals_are_tried_again_so_often_in_a_second) {
  const auto max = errand_desk::retries_max;
  want(1, max + 1);
  for (auto n = begun(); n != 0; n = begun())
    refuse(n);
  EXPECT_FALSE(desk.next_retry());
  want(1, max + 1);
  for (std::size_t i = 0; i < max; ++i)
    refuse(begun(5'000));
  EXPECT_EQ(begun(5'999), 0u);
  EXPECT_EQ(desk.next_retry(), 6'000);
  want(1'000);
  EXPECT_EQ(begun(5'999), 1'000u) << "new ones go first";
  EXPECT_EQ(begun(6'000), max + 1);
  EXPECT_FALSE(desk.next_retry());
}

TEST_F(errand_desk_test, so_many_children_are_told_of_together_and_at_once) {
  const auto some = errand_desk::told_at_once;
  want_told(errand_desk::tellings_max + 1);
  std::size_t count = 0;
  for (auto next = desk.next_telling(); !next.empty();
       next = desk.next_telling()) {
    EXPECT_EQ(next.size(), some);
    EXPECT_EQ(next.front().number, count + 1);
    count += next.size();
  }
  EXPECT_EQ(count, errand_desk::tellings_max);
  desk.told(some);
  EXPECT_EQ(desk.next_telling().size(), 1u);
  EXPECT_TRUE(desk.next_telling().empty());
}

TEST_F(errand_desk_test, an_errand_ends_once_and_bears_what_it_carried) {
  std::vector<ended_child> some(2);
  const auto number = desk.send("a", std::move(some));
  EXPECT_TRUE(errand_desk::is_errand(number));
  EXPECT_FALSE(read_desk::is_question(number));
  const auto said = desk.end(number);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->queue, "a");
  EXPECT_EQ(std::get<telling_errand>(said->what).children.size(), 2u);
  EXPECT_FALSE(desk.end(number));
  EXPECT_FALSE(errand_desk::is_errand(1));
  read_desk questions;
  EXPECT_FALSE(errand_desk::is_errand(questions.ask(loading_read{})));
}

TEST_F(errand_desk_test, it_is_news_once_that_a_queue_cannot_be_reached) {
  EXPECT_FALSE(desk.is_news("a", true));
  EXPECT_TRUE(desk.is_news("a", false));
  EXPECT_FALSE(desk.is_news("a", false));
  EXPECT_TRUE(desk.is_news("b", false));
  EXPECT_TRUE(desk.is_news("a", true));
  EXPECT_FALSE(desk.is_news("a", true));
}

}  // namespace
}  // namespace troupe
