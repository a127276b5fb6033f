// Jobs that wait for others: when they go on, when they fail, and what of all
// that a crash leaves.

#include "tests/actors/queue/flow_rig.hpp"

namespace troupe {
namespace {

using testing::flow_rig;
using testing::parent_of;

TEST(BookFlow, a_job_waits_for_its_children_and_is_told_how_many_there_were) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(2));
  EXPECT_EQ(f.mail.state(id), job_state::waiting_children);
  EXPECT_EQ(f.mail.numbers().waiting_children, 1u);
  f.talk();
  EXPECT_EQ(f.thumbs.state("flow:mail:1:0"), job_state::waiting);
  EXPECT_EQ(f.thumbs.state("flow:mail:1:1"), job_state::waiting);
  f.end_one(f.thumbs, job_verb::complete, "{\"a\":1}");
  f.talk();
  EXPECT_FALSE(f.mail.take());
  EXPECT_EQ(f.mail.view(id)->children,
            (child_counts{.total = 2, .pending = 1, .failed = 0}));
  f.end_one(f.thumbs, job_verb::complete, "2");
  f.talk();
  const auto taken = f.mail.take();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->id, id);
  EXPECT_EQ(taken->children,
            (child_counts{.total = 2, .pending = 0, .failed = 0}));
  const auto children = f.children(f.mail, id);
  ASSERT_EQ(children.size(), 2u);
  EXPECT_TRUE(children[0].ended);
  EXPECT_EQ(children[0].state, job_state::completed);
  EXPECT_EQ(children[0].result.view(), "{\"a\":1}");
  EXPECT_EQ(children[1].id, "flow:mail:1:1");
  EXPECT_EQ(children[1].result.view(), "2");
}

TEST(BookFlow, a_job_and_its_children_are_written_at_once_and_then_placed) {
  flow_rig f;
  f.mail.now += 5;
  ASSERT_TRUE(f.mail.book->add({parent_of(3)}, f.mail.now));
  const auto cut = f.mail.book->cut(f.mail.now);
  EXPECT_TRUE(f.mail.book->errands(f.mail.now).empty());
  f.mail.keep(cut->batch);
  EXPECT_EQ(f.mail.stored["mail.jobs"].size(), 1u);
  EXPECT_EQ(f.mail.stored["mail.children"].size(), 3u);
  f.mail.book->settle(cut->number, {}, f.mail.now);
  EXPECT_EQ(f.mail.book->next_call(f.mail.now), f.mail.now);
  const auto errands = f.mail.book->errands(f.mail.now);
  EXPECT_EQ(errands.parents, std::vector<job_number>{1});
  // Once.
  EXPECT_TRUE(f.mail.book->errands(f.mail.now + 100'000).empty());
  EXPECT_FALSE(f.mail.book->next_call(f.mail.now));
}

TEST(BookFlow, a_child_has_the_tenant_of_its_parent_and_knows_whose_it_is) {
  flow_rig f;
  auto job = parent_of(1, child_policy::ignore);
  job.tenant = "t";
  job.id = "mine";
  f.mail.add(job);
  f.talk();
  const auto child = f.thumbs.view("flow:mail:1:0", "t");
  ASSERT_TRUE(child);
  EXPECT_EQ(child->parent, (job_parent{.queue = "mail",
                                       .number = 1,
                                       .id = "mine",
                                       .index = 0,
                                       .on_failure = child_policy::ignore}));
  EXPECT_FALSE(f.mail.view("mine")->parent);
}

TEST(BookFlow, what_was_not_placed_is_placed_a_second_later_and_once) {
  flow_rig f;
  f.mail.add(parent_of(2));
  const auto now = f.mail.now;
  auto errands = f.mail.book->errands(now);
  f.mail.book->placed(1, caf::make_error(errc::store_full), now);
  EXPECT_EQ(f.mail.book->next_call(now), now + 1'000);
  EXPECT_TRUE(f.mail.book->errands(now + 999).empty());
  errands = f.mail.book->errands(now + 1'000);
  EXPECT_EQ(errands.parents, std::vector<job_number>{1});
  f.place(f.mail, 1);
  // The word of it is lost: they are there already.
  f.mail.book->placed(1, caf::make_error(errc::actor_lost), now + 1'000);
  f.mail.now = f.thumbs.now = now + 2'000;
  f.talk();
  EXPECT_EQ(f.thumbs.numbers().waiting, 2u);
  f.mail.start();
  EXPECT_TRUE(f.mail.book->errands(f.mail.now + 10'000).empty());
}

TEST(BookFlow, a_restart_places_again_what_it_does_not_know_to_be_placed) {
  flow_rig f;
  f.mail.add(parent_of(2));
  f.mail.start();
  f.place(f.mail, 1);
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.mail.start();
  EXPECT_EQ(f.mail.book->errands(f.mail.now).parents,
            std::vector<job_number>{1});
  f.mail.start();
  f.talk();
  EXPECT_EQ(f.thumbs.numbers().waiting, 1u);
  f.mail.start();
  EXPECT_TRUE(f.mail.book->errands(f.mail.now).empty());
  EXPECT_EQ(f.mail.state("1"), job_state::waiting_children);
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  f.mail.start();
  EXPECT_EQ(f.mail.take()->children.total, 2u);
}

TEST(BookFlow, one_that_has_ended_is_not_placed_again) {
  auto s = testing::book_rig::usual();
  s.keep_completed.count = 0;
  flow_rig f{s};
  f.mail.add(parent_of(2));
  f.place(f.mail, 1);
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  f.thumbs.add();
  EXPECT_EQ(f.thumbs.state("flow:mail:1:0"), job_state::count_);
  EXPECT_FALSE(f.mail.book->awaits(1, 0));
  EXPECT_TRUE(f.mail.book->awaits(1, 1));
  EXPECT_FALSE(f.mail.book->awaits(1, 2));
  EXPECT_FALSE(f.mail.book->awaits(7, 0));
}

// -- policies ----------------------------------------------------------------

TEST(BookFlow, with_a_child_that_fails_it_fails_at_once) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(3));
  f.talk();
  f.end_one(f.thumbs, job_verb::fail, "no room");
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::failed);
  EXPECT_EQ(f.mail.view(id)->error,
            "child flow:mail:1:0 in thumbs failed: no room");
  EXPECT_EQ(f.mail.stream(id), std::vector<std::string>{"failed"});
  // The others go on, and it knows of them.
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::failed);
  EXPECT_EQ(f.mail.view(id)->children,
            (child_counts{.total = 3, .pending = 1, .failed = 1}));
}

TEST(BookFlow, a_failure_that_is_ignored_is_an_end_like_others) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(2, child_policy::ignore));
  f.talk();
  f.end_one(f.thumbs, job_verb::fail, "no room");
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::waiting_children);
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  EXPECT_EQ(f.mail.take()->children,
            (child_counts{.total = 2, .pending = 0, .failed = 1}));
  EXPECT_EQ(f.children(f.mail, id).at(0).error, "no room");
  EXPECT_EQ(f.children(f.mail, id).at(0).state, job_state::dead);
}

TEST(BookFlow, after_some_failures_it_goes_on_at_once) {
  flow_rig f;
  f.mail.add(parent_of(3, child_policy::go_on));
  f.talk();
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  EXPECT_FALSE(f.mail.take());
  f.end_one(f.thumbs, job_verb::fail, "no room");
  f.talk();
  EXPECT_EQ(f.mail.take()->children,
            (child_counts{.total = 3, .pending = 1, .failed = 1}));
}

TEST(BookFlow, one_that_is_cancelled_has_failed) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(1));
  f.talk();
  f.thumbs.by_others(job_verb::cancel, "flow:mail:1:0");
  f.talk();
  EXPECT_EQ(f.mail.view(id)->error,
            "child flow:mail:1:0 in thumbs failed: cancelled");
}

TEST(BookFlow, one_that_takes_its_workers_with_it_has_failed) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(1));
  f.talk();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(f.thumbs.take());
    f.pass(60'000);
  }
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::failed);
}

// -- what is heard -----------------------------------------------------------

child_report report_of(std::uint32_t index, job_state how) {
  child_report out;
  out.parent = {.queue = "mail",
                .number = 1,
                .id = "1",
                .index = index,
                .on_failure = child_policy::ignore};
  out.queue = "thumbs";
  out.id = child_id("mail", 1, index);
  out.state = how;
  return out;
}

TEST(BookFlow, what_is_said_twice_counts_once_and_the_last_word_counts) {
  flow_rig f;
  f.mail.add(parent_of(3, child_policy::ignore));
  auto& book = *f.mail.book;
  const auto failed = report_of(1, job_state::dead);
  ASSERT_TRUE(book.hear({failed, failed}, f.mail.now));
  f.mail.write();
  ASSERT_TRUE(book.hear({failed}, f.mail.now));
  f.mail.write();
  EXPECT_EQ(f.mail.view("1")->children,
            (child_counts{.total = 3, .pending = 2, .failed = 1}));
  auto better = report_of(1, job_state::completed);
  better.result = shared_bytes{std::string{"7"}};
  ASSERT_TRUE(book.hear({better}, f.mail.now));
  f.mail.write();
  EXPECT_EQ(f.mail.view("1")->children,
            (child_counts{.total = 3, .pending = 2, .failed = 0}));
  EXPECT_EQ(f.children(f.mail, "1").at(1).result.view(), "7");
  f.mail.start();
  EXPECT_EQ(f.mail.view("1")->children,
            (child_counts{.total = 3, .pending = 2, .failed = 0}));
}

TEST(BookFlow, a_look_at_children_says_whether_the_disk_knows_as_much) {
  flow_rig f;
  f.mail.add(parent_of(2));
  ASSERT_TRUE(
      f.mail.book->hear({report_of(1, job_state::completed)}, f.mail.now));
  auto plan = f.mail.book->children({.id = "1", .tenant = {}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->counts.pending, 1u);
  EXPECT_FALSE(plan->on_disk);
  f.mail.write();
  EXPECT_TRUE(f.mail.book->children({.id = "1", .tenant = {}})->on_disk);
}

TEST(BookFlow, what_is_said_of_nobody_is_passed_over) {
  flow_rig f;
  f.mail.add();
  f.mail.add(parent_of(1));
  const auto before = f.mail.changes;
  auto unknown = report_of(0, job_state::completed);
  unknown.parent.number = 77;
  auto plain = report_of(0, job_state::completed);
  auto beyond = report_of(1, job_state::completed);
  beyond.parent.number = 2;
  ASSERT_TRUE(f.mail.book->hear({unknown, plain, beyond}, f.mail.now));
  f.mail.write();
  EXPECT_EQ(f.mail.changes, before);
  EXPECT_EQ(f.mail.state("2"), job_state::waiting_children);
}

TEST(BookFlow, what_is_heard_while_batches_fail_is_kept_to_a_limit) {
  flow_rig f;
  f.mail.add(parent_of(2, child_policy::ignore));
  auto& book = *f.mail.book;
  auto first = report_of(0, job_state::dead);
  first.result = shared_bytes{std::string(1'000, '1')};
  ASSERT_TRUE(book.hear({first}, f.mail.now));
  EXPECT_TRUE(f.mail.fail().dropped.empty());
  first.state = job_state::completed;
  ASSERT_TRUE(book.hear({first}, f.mail.now));
  ASSERT_TRUE(book.hear({report_of(1, job_state::completed)}, f.mail.now));
  book.write("mail.schedules",
             {{.key = 1, .value = std::string(65u << 20, '1'), .until = 0}});
  EXPECT_EQ(code_of(book.hear({first}, f.mail.now)), errc::store_full);
  f.mail.pass(1'000);
  EXPECT_TRUE(book.hear({first}, f.mail.now));
  f.mail.write();
  // In the order in which it came.
  EXPECT_EQ(f.children(f.mail, "1").at(0).state, job_state::completed);
  EXPECT_EQ(f.mail.state("1"), job_state::waiting);
}

}  // namespace
}  // namespace troupe
