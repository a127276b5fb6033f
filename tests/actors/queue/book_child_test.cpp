// Jobs that others wait for: what their parents are told, and that none is
// forgotten before.

#include "tests/actors/queue/flow_rig.hpp"

namespace troupe {
namespace {

using testing::book_rig;
using testing::flow_rig;
using testing::once;
using testing::order_of;
using testing::parent_of;

/// A parent in `mail` has a child in `thumbs`.
struct one_child : flow_rig {
  explicit one_child(config::queue_settings s = book_rig::usual())
      : flow_rig(std::move(s)) {
    mail.add(parent_of(1, child_policy::ignore));
    talk();
  }

  flow_errands errands() { return thumbs.book->errands(thumbs.now); }
  job_state state() { return thumbs.state(id); }

  const std::string id = "flow:mail:1:0";
};

TEST(BookChild, its_end_is_told_when_it_is_on_disk_and_once) {
  one_child f;
  const auto job = f.thumbs.take();
  job_change done;
  done.id = job->id;
  done.token = job->token;
  done.value = shared_bytes{std::string{"7"}};
  f.thumbs.now += 5;
  ASSERT_TRUE(f.thumbs.book->change(done, f.thumbs.now));
  EXPECT_TRUE(f.errands().empty());
  f.thumbs.write();
  EXPECT_EQ(f.thumbs.book->next_call(f.thumbs.now), f.thumbs.now);
  const auto errands = f.errands();
  ASSERT_EQ(errands.children.size(), 1u);
  const auto& child = errands.children[0];
  EXPECT_EQ(child.number, 1u);
  EXPECT_TRUE(child.has_result);
  EXPECT_EQ(child.report.queue, "thumbs");
  EXPECT_EQ(child.report.id, f.id);
  EXPECT_EQ(child.report.parent.number, 1u);
  EXPECT_EQ(child.report.state, job_state::completed);
  EXPECT_EQ(child.report.ended_at, f.thumbs.now);
  f.thumbs.now += 100'000;
  EXPECT_TRUE(f.errands().empty());
}

TEST(BookChild, what_was_told_in_vain_is_told_again_a_second_later) {
  one_child f;
  f.end_one(f.thumbs, job_verb::fail, "no room");
  const auto child = f.errands().children.at(0);
  EXPECT_FALSE(child.has_result);
  EXPECT_EQ(child.report.error, "no room");
  const auto now = f.thumbs.now;
  f.thumbs.book->reported(child, caf::make_error(errc::store_full), now);
  EXPECT_EQ(f.thumbs.book->next_call(now), now + 1'000);
  f.thumbs.now = now + 999;
  EXPECT_TRUE(f.errands().empty());
  f.thumbs.now = now + 1'000;
  f.carry(f.thumbs, f.errands());
  f.thumbs.now = now + 100'000;
  EXPECT_TRUE(f.errands().empty());
  f.thumbs.start();
  EXPECT_TRUE(f.errands().empty());
}

TEST(BookChild, a_restart_tells_again_what_it_does_not_know_to_be_told) {
  one_child f;
  f.end_one(f.thumbs, job_verb::fail, "x");
  f.thumbs.start();
  auto errands = f.errands();
  ASSERT_EQ(errands.children.size(), 1u);
  // It is heard, but the word of that is lost.
  f.tell(f.thumbs, errands.children[0]);
  f.thumbs.start();
  f.talk();
  EXPECT_EQ(f.mail.view("1")->children,
            (child_counts{.total = 1, .pending = 0, .failed = 1}));
  f.thumbs.start();
  EXPECT_TRUE(f.errands().empty());
}

TEST(BookChild, the_end_of_one_that_was_lost_before_it_was_on_disk_is_no_end) {
  one_child f;
  const auto job = f.thumbs.take();
  job_change done;
  done.id = job->id;
  done.token = job->token;
  ASSERT_TRUE(f.thumbs.book->change(done, f.thumbs.now));
  f.thumbs.fail();
  EXPECT_TRUE(f.errands().empty());
  f.thumbs.start();
  EXPECT_TRUE(f.errands().empty());
  EXPECT_EQ(f.mail.state("1"), job_state::waiting_children);
}

// -- kept until its parent knows ---------------------------------------------

TEST(BookChild, what_is_kept_of_others_does_not_count_before_it_is_told) {
  auto s = book_rig::usual();
  s.keep_completed.count = 0;
  s.keep_completed.age = std::chrono::milliseconds{0};
  one_child f{s};
  f.end_one(f.thumbs, job_verb::complete, "1");
  for (int i = 0; i < 3; ++i) {
    f.thumbs.start();
    f.pass(100'000);
    f.thumbs.add();
    EXPECT_EQ(f.state(), job_state::completed);
  }
  f.talk();
  f.pass(1);
  EXPECT_EQ(f.state(), job_state::count_);
  EXPECT_EQ(f.mail.state("1"), job_state::waiting);
}

TEST(BookChild, a_page_shows_what_is_told_and_what_is_not) {
  flow_rig f;
  f.mail.add(parent_of(2, child_policy::ignore));
  f.talk();
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.thumbs.add();
  f.end_one(f.thumbs, job_verb::fail, "x");
  job_query q;
  q.state = job_state::completed;
  const auto plan = f.thumbs.book->view(q);
  ASSERT_EQ(plan->page.jobs.size(), 2u);
  EXPECT_EQ(plan->page.jobs[0].number, 1u);
  EXPECT_EQ(plan->page.jobs[1].number, 2u);
  EXPECT_EQ(f.thumbs.numbers().completed, 2u);
}

// -- redriven ----------------------------------------------------------------

TEST(BookChild, one_that_is_redriven_ends_anew) {
  one_child f;
  f.end_one(f.thumbs, job_verb::fail, "x");
  f.talk();
  EXPECT_EQ(f.mail.view("1")->children.failed, 1u);
  f.thumbs.by_others(job_verb::retry, f.id);
  EXPECT_TRUE(f.errands().empty());
  f.thumbs.start();
  f.end_one(f.thumbs, job_verb::complete, "7");
  f.talk();
  EXPECT_EQ(f.mail.view("1")->children.failed, 0u);
  EXPECT_EQ(f.children(f.mail, "1").at(0).result.view(), "7");
}

TEST(BookChild, a_word_of_its_first_end_is_none_of_its_second) {
  // All in one millisecond, or not.
  for (const auto pause : {0, 5}) {
    one_child f;
    f.thumbs.by_others(job_verb::cancel, f.id);
    const auto first = f.errands().children.at(0);
    f.thumbs.by_others(job_verb::retry, f.id);
    f.thumbs.book->reported(first, {}, f.thumbs.now);
    f.thumbs.now += pause;
    f.thumbs.by_others(job_verb::cancel, f.id);
    f.thumbs.book->reported(first, {}, f.thumbs.now);
    f.thumbs.write();
    f.thumbs.now += 1;
    f.thumbs.start();
    EXPECT_EQ(f.errands().children.size(), 1u);
  }
}

// -- removed -----------------------------------------------------------------

TEST(BookChild, one_that_is_removed_has_failed_and_goes_when_its_parent_knows) {
  one_child f;
  EXPECT_EQ(f.thumbs.by_others(job_verb::remove, f.id).refused,
            job_refusal::none);
  EXPECT_EQ(f.state(), job_state::failed);
  f.thumbs.start();
  EXPECT_EQ(f.state(), job_state::failed);
  f.talk();
  EXPECT_EQ(f.state(), job_state::count_);
  EXPECT_TRUE(f.thumbs.stored["thumbs.jobs"].empty());
  EXPECT_TRUE(f.thumbs.stored["thumbs.papers"].empty());
  EXPECT_EQ(f.children(f.mail, "1").at(0).error, "removed");
  EXPECT_EQ(f.mail.state("1"), job_state::waiting);
}

TEST(BookChild, one_that_is_over_and_told_is_removed_at_once) {
  one_child f;
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  f.thumbs.start();
  f.thumbs.by_others(job_verb::remove, f.id);
  EXPECT_EQ(f.state(), job_state::count_);
}

TEST(BookChild, one_that_is_active_is_not_removed) {
  one_child f;
  f.thumbs.take();
  EXPECT_EQ(f.thumbs.by_others(job_verb::remove, f.id).refused,
            job_refusal::wrong_state);
}

TEST(BookChild, one_that_is_removed_and_then_redriven_stays) {
  one_child f;
  f.thumbs.by_others(job_verb::remove, f.id);
  f.thumbs.by_others(job_verb::retry, f.id);
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  EXPECT_EQ(f.state(), job_state::completed);
}

TEST(BookChild, one_that_is_drained_has_failed_as_well) {
  one_child f;
  f.thumbs.add();
  EXPECT_EQ(f.thumbs.order(order_of(queue_verb::drain)), 2u);
  EXPECT_EQ(f.thumbs.numbers().waiting, 0u);
  EXPECT_EQ(f.thumbs.numbers().failed, 1u);
  f.talk();
  EXPECT_EQ(f.thumbs.numbers().failed, 0u);
  EXPECT_EQ(f.mail.view("1")->children.failed, 1u);
}

TEST(BookChild, one_that_is_purged_goes_when_its_parent_knows) {
  for (const auto verb : {queue_verb::purge, queue_verb::clean}) {
    one_child f;
    f.end_one(f.thumbs, job_verb::fail, "x");
    auto order = order_of(verb);
    order.state = job_state::dead;
    EXPECT_EQ(f.thumbs.order(order), 1u);
    // Once.
    EXPECT_EQ(f.thumbs.order(order), 0u);
    EXPECT_EQ(f.state(), job_state::dead);
    f.talk();
    EXPECT_EQ(f.state(), job_state::count_);
    EXPECT_EQ(f.children(f.mail, "1").at(0).error, "x");
  }
}

TEST(BookChild, one_that_is_purged_may_yet_be_redriven) {
  one_child f;
  f.end_one(f.thumbs, job_verb::fail, "x");
  f.thumbs.order(order_of(queue_verb::purge));
  EXPECT_EQ(f.thumbs.order(order_of(queue_verb::redrive)), 1u);
  EXPECT_EQ(f.state(), job_state::waiting);
}

// -- generations -------------------------------------------------------------

/// A parent in `mail`, its child in `thumbs`, and that one's in `mail`.
new_job three_generations() {
  auto out = parent_of(1);
  out.children[0].job.children.push_back(
      {.queue = "mail", .on_failure = child_policy::fail, .job = once()});
  return out;
}

TEST(BookChild, a_child_waits_for_its_own_children) {
  flow_rig f;
  const auto id = f.mail.add(three_generations());
  f.talk();
  EXPECT_EQ(f.thumbs.state("flow:mail:1:0"), job_state::waiting_children);
  EXPECT_EQ(f.mail.view("flow:mail:1:0.0")->parent->id, "flow:mail:1:0");
  EXPECT_EQ(f.end_one(f.mail, job_verb::complete, "1"), "flow:mail:1:0.0");
  EXPECT_FALSE(f.thumbs.take());
  f.talk();
  EXPECT_EQ(f.end_one(f.thumbs, job_verb::complete, "1"), "flow:mail:1:0");
  EXPECT_FALSE(f.mail.take());
  f.talk();
  EXPECT_EQ(f.mail.take()->id, id);
}

TEST(BookChild, a_failure_goes_up_to_the_root) {
  flow_rig f;
  const auto id = f.mail.add(three_generations());
  f.talk();
  f.end_one(f.mail, job_verb::fail, "no room");
  f.thumbs.start();
  f.mail.start();
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::failed);
  EXPECT_EQ(f.mail.view(id)->error,
            "child flow:mail:1:0 in thumbs failed: "
            "child flow:mail:1:0.0 in mail failed: no room");
}

TEST(BookChild, one_that_waits_for_its_own_is_removed_as_others_are) {
  flow_rig f;
  const auto id = f.mail.add(three_generations());
  f.talk();
  f.thumbs.by_others(job_verb::remove, "flow:mail:1:0");
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::failed);
  EXPECT_EQ(f.thumbs.state("flow:mail:1:0"), job_state::count_);
  EXPECT_TRUE(f.thumbs.stored["thumbs.children"].empty());
  // Its own child goes on, and nobody wants to know.
  f.end_one(f.mail, job_verb::complete, "1");
  f.talk();
  EXPECT_EQ(f.mail.state("flow:mail:1:0.0"), job_state::completed);
}

TEST(BookChild, a_thousand_that_end_at_once_are_told_in_turns) {
  flow_rig f;
  f.mail.add(parent_of(children_max, child_policy::ignore));
  f.mail.add(parent_of(children_max, child_policy::ignore));
  f.talk();
  lease_wish all;
  all.max = 2'000;
  for (const auto& taken : f.thumbs.book->take(all, f.thumbs.now)) {
    job_change done;
    done.id = taken.job.id;
    done.token = taken.job.token;
    ASSERT_TRUE(f.thumbs.book->change(done, f.thumbs.now));
  }
  f.thumbs.write();
  const auto first = f.thumbs.book->errands(f.thumbs.now);
  EXPECT_EQ(first.children.size(), 1'000u);
  EXPECT_EQ(f.thumbs.book->next_call(f.thumbs.now), f.thumbs.now);
  f.carry(f.thumbs, first);
  f.talk();
  f.mail.start();
  EXPECT_EQ(f.mail.numbers().waiting, 2u);
}

}  // namespace
}  // namespace troupe
