// The way of a job that waits for others: delays, keys, operators, and batches
// that fail.

#include "tests/actors/queue/flow_rig.hpp"

namespace troupe {
namespace {

using testing::flow_rig;
using testing::once;
using testing::order_of;
using testing::parent_of;

TEST(BookFamily, its_place_in_line_is_as_of_its_last_child_s_end) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(1));
  f.talk();
  f.pass(10);
  const auto other = f.mail.add();
  f.pass(10);
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  f.pass(10);
  f.mail.add();
  EXPECT_EQ(f.mail.take()->id, other);
  EXPECT_EQ(f.mail.take()->id, id);
}

TEST(BookFamily, a_delay_that_is_not_over_by_then_goes_on) {
  flow_rig f;
  auto job = parent_of(1);
  job.delay_ms = 5'000;
  const auto id = f.mail.add(job);
  f.talk();
  f.pass(1'000);
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::delayed);
  EXPECT_EQ(f.mail.view(id)->due_at, f.mail.now + 4'000);
  f.pass(4'000);
  EXPECT_EQ(f.mail.state(id), job_state::waiting);
}

TEST(BookFamily, without_a_delay_a_clock_set_back_holds_it_up_no_longer) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(1));
  f.talk();
  f.mail.now -= 60'000;
  f.thumbs.now -= 60'000;
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::waiting);
}

TEST(BookFamily, it_counts_among_those_that_wait) {
  auto s = testing::book_rig::usual();
  s.max_waiting = 2;
  flow_rig f{s};
  f.mail.add(parent_of(1));
  f.mail.add(parent_of(1));
  EXPECT_EQ(f.mail.add(), "queue_full");
}

TEST(BookFamily, a_queue_full_of_parents_takes_their_children_in) {
  auto s = testing::book_rig::usual();
  s.max_waiting = 1;
  flow_rig f{s};
  auto job = parent_of(0);
  job.children.push_back(
      {.queue = "mail", .on_failure = child_policy::fail, .job = once()});
  const auto id = f.mail.add(job);
  f.talk();
  EXPECT_EQ(f.mail.numbers().waiting, 1u);
  EXPECT_EQ(f.mail.add(), "queue_full");
  f.end_one(f.mail, job_verb::complete, "1");
  f.talk();
  EXPECT_EQ(f.mail.take()->id, id);
}

TEST(BookFamily, children_come_where_there_is_any_room) {
  auto s = testing::book_rig::usual();
  s.max_waiting = 2;
  flow_rig f{s};
  const auto child = [](std::uint32_t index) {
    auto job = once();
    job.id = child_id("mail", 1, index);
    job.parent =
        job_parent{.queue = "mail", .number = 1, .id = "1", .index = index};
    return job;
  };
  EXPECT_EQ(f.thumbs.add(), "1");
  const auto some = f.thumbs.book->add({child(0), child(1)}, f.thumbs.now);
  EXPECT_TRUE(some);
  f.thumbs.write();
  EXPECT_EQ(f.thumbs.numbers().waiting, 3u);
  EXPECT_EQ(f.thumbs.add(child(2)), "queue_full");
  EXPECT_EQ(f.thumbs.add(child(1)), child(1).id);
  f.thumbs.take();
  EXPECT_EQ(f.thumbs.add(child(2)), "queue_full");
  f.thumbs.take();
  EXPECT_EQ(f.thumbs.add(child(2)), child(2).id);
}

TEST(BookFamily, one_that_is_promoted_waits_for_nobody) {
  flow_rig f;
  auto job = parent_of(2);
  job.delay_ms = 5'000;
  const auto id = f.mail.add(job);
  f.talk();
  EXPECT_EQ(f.mail.by_others(job_verb::promote, id).state, job_state::waiting);
  EXPECT_EQ(f.mail.take()->id, id);
  f.end_one(f.thumbs, job_verb::fail, "x");
  f.talk();
  EXPECT_EQ(f.mail.state(id), job_state::active);
  EXPECT_EQ(f.mail.view(id)->children.failed, 1u);
}

TEST(BookFamily, one_that_is_cancelled_leaves_its_children_alone) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(1));
  f.mail.by_others(job_verb::cancel, id);
  EXPECT_EQ(f.mail.view(id)->error, "cancelled");
  f.talk();
  EXPECT_EQ(f.thumbs.numbers().waiting, 1u);
}

TEST(BookFamily, one_that_is_removed_leaves_nothing_but_its_children) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(2));
  f.talk();
  EXPECT_EQ(f.mail.by_others(job_verb::remove, id).refused, job_refusal::none);
  EXPECT_TRUE(f.mail.stored["mail.jobs"].empty());
  EXPECT_TRUE(f.mail.stored["mail.children"].empty());
  EXPECT_TRUE(f.mail.stored["mail.papers"].empty());
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  EXPECT_EQ(f.thumbs.numbers().completed, 1u);
  EXPECT_TRUE(f.thumbs.book->errands(f.thumbs.now + 10'000).empty());
  EXPECT_TRUE(f.mail.stored["mail.children"].empty());
}

TEST(BookFamily, one_that_is_removed_before_is_not_placed) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(2));
  f.mail.by_others(job_verb::remove, id);
  EXPECT_TRUE(f.mail.book->errands(f.mail.now).empty());
  EXPECT_FALSE(f.mail.book->next_call(f.mail.now));
}

TEST(BookFamily, after_a_restart_too_its_children_s_records_go_with_it) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(2));
  f.mail.start();
  f.mail.by_others(job_verb::remove, id);
  EXPECT_TRUE(f.mail.stored["mail.children"].empty());
}

TEST(BookFamily, a_drain_leaves_it_and_a_clean_may_name_it) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(2));
  auto order = order_of(queue_verb::drain);
  order.also_delayed = true;
  EXPECT_EQ(f.mail.order(order), 0u);
  EXPECT_EQ(f.mail.state(id), job_state::waiting_children);
  order = order_of(queue_verb::clean);
  order.state = job_state::waiting_children;
  EXPECT_EQ(f.mail.order(order), 1u);
  EXPECT_EQ(f.mail.state(id), job_state::count_);
}

TEST(BookFamily, one_that_is_redriven_waits_for_those_that_have_not_ended) {
  flow_rig f;
  const auto id = f.mail.add(parent_of(2));
  f.talk();
  f.end_one(f.thumbs, job_verb::fail, "x");
  f.talk();
  EXPECT_EQ(f.mail.by_others(job_verb::retry, id).state,
            job_state::waiting_children);
  f.end_one(f.thumbs, job_verb::complete, "1");
  f.talk();
  f.end_one(f.mail, job_verb::fail, "x");
  EXPECT_EQ(f.mail.state(id), job_state::dead);
  EXPECT_EQ(f.mail.order(order_of(queue_verb::redrive)), 1u);
  EXPECT_EQ(f.mail.state(id), job_state::waiting);
}

TEST(BookFamily, a_further_attempt_does_not_wait_for_children_again) {
  flow_rig f;
  auto job = parent_of(2, child_policy::go_on);
  job.attempts = 3;
  const auto id = f.mail.add(job);
  f.talk();
  f.end_one(f.thumbs, job_verb::fail, "x");
  f.talk();
  f.end_one(f.mail, job_verb::release, {});
  EXPECT_EQ(f.mail.state(id), job_state::waiting);
  f.end_one(f.mail, job_verb::fail, "x");
  EXPECT_EQ(f.mail.state(id), job_state::delayed);
}

// -- ids and keys ------------------------------------------------------------

TEST(BookFamily, one_that_is_there_already_places_nothing) {
  flow_rig f;
  auto job = parent_of(1);
  job.id = "a";
  f.mail.add(job);
  f.talk();
  EXPECT_EQ(f.mail.add(job), "a");
  EXPECT_TRUE(f.mail.book->errands(f.mail.now).empty());
  EXPECT_EQ(f.mail.stored["mail.children"].size(), 1u);
  EXPECT_EQ(f.thumbs.numbers().waiting, 1u);
}

new_job keyed(new_job job, dedup_mode mode) {
  job.dedup = job_dedup{.key = "k", .mode = mode, .ttl_ms = 0};
  return job;
}

TEST(BookFamily, it_bears_its_key_while_it_waits) {
  flow_rig f;
  const auto id = f.mail.add(keyed(parent_of(1), dedup_mode::simple));
  EXPECT_EQ(f.mail.add(keyed(once(), dedup_mode::simple)), id);
  f.mail.start();
  EXPECT_EQ(f.mail.add(keyed(once(), dedup_mode::simple)), id);
}

TEST(BookFamily, children_are_not_exchanged_for_others) {
  flow_rig f;
  auto plain = keyed(once("\"old\""), dedup_mode::debounce);
  plain.delay_ms = 1'000;
  const auto id = f.mail.add(plain);
  EXPECT_EQ(f.mail.add(keyed(parent_of(1), dedup_mode::debounce)), id);
  EXPECT_EQ(f.mail.view(id)->data.view(), "\"old\"");
  EXPECT_TRUE(f.mail.stored["mail.children"].empty());
}

TEST(BookFamily, one_that_is_held_as_well_waits_for_both) {
  for (const auto children_first : {true, false}) {
    flow_rig f;
    f.mail.add(keyed(once(), dedup_mode::keep_last));
    const auto holder = f.mail.take();
    const auto id = f.mail.add(keyed(parent_of(1), dedup_mode::keep_last));
    EXPECT_EQ(f.mail.state(id), job_state::waiting_children);
    f.talk();
    f.mail.start();
    const auto end_child = [&] {
      f.end_one(f.thumbs, job_verb::complete, "1");
      f.talk();
    };
    if (children_first) {
      end_child();
      EXPECT_EQ(f.mail.state(id), job_state::delayed);
    }
    f.mail.by_worker(job_verb::complete, *holder);
    if (!children_first) {
      EXPECT_EQ(f.mail.state(id), job_state::waiting_children);
      end_child();
    }
    EXPECT_EQ(f.mail.state(id), job_state::waiting);
  }
}

// -- batches that fail -------------------------------------------------------

TEST(BookFamily, of_one_that_is_given_up_no_child_is_written) {
  flow_rig f;
  ASSERT_TRUE(f.mail.book->add({parent_of(2)}, f.mail.now));
  EXPECT_EQ(f.mail.fail().dropped, std::vector<job_number>{1});
  EXPECT_EQ(f.mail.numbers().waiting_children, 0u);
  f.mail.now += 1'000;
  const auto cut = f.mail.book->cut(f.mail.now);
  ASSERT_TRUE(cut);
  // They may be there all the same, and are erased.
  std::size_t erased = 0;
  for (const auto& space : cut->batch)
    if (space.space == "mail.children")
      for (const auto& c : space.changes) {
        EXPECT_FALSE(c.value);
        erased += static_cast<std::size_t>(!c.value);
      }
  EXPECT_EQ(erased, 1u);
  f.mail.book->settle(cut->number, {}, f.mail.now);
  EXPECT_TRUE(f.mail.book->errands(f.mail.now).empty());
  f.mail.add(parent_of(1));
  EXPECT_EQ(f.mail.stored["mail.children"].size(), 1u);
}

TEST(BookFamily, what_is_beside_the_jobs_is_kept_when_a_batch_fails) {
  flow_rig f;
  const auto put = [&](std::int64_t key, const std::string& value) {
    f.mail.book->write("mail.schedules",
                       {{.key = key, .value = value, .until = 0}});
  };
  put(1, "a");
  put(2, "b");
  EXPECT_NE(f.mail.book->rides(), 0u);
  f.mail.fail();
  put(1, "c");
  f.mail.book->write("mail.schedules", {{.key = 2, .value = {}, .until = 2}});
  f.pass(1'000);
  EXPECT_EQ(f.mail.stored["mail.schedules"],
            (testing::book_rig::space{{1, "c"}}));
  EXPECT_EQ(f.mail.book->rides(), 0u);
}

// -- what is seen ------------------------------------------------------------

TEST(BookFamily, a_page_shows_those_that_wait_for_children) {
  flow_rig f;
  for (int i = 0; i < 3; ++i) {
    f.mail.add();
    f.mail.add(parent_of(1));
  }
  job_query q;
  q.state = job_state::waiting_children;
  q.limit = 2;
  auto plan = f.mail.book->view(q);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->page.jobs.size(), 2u);
  EXPECT_EQ(plan->page.jobs[0].number, 2u);
  EXPECT_EQ(plan->page.jobs[0].children.pending, 1u);
  q.after = plan->page.next;
  plan = f.mail.book->view(q);
  ASSERT_EQ(plan->page.jobs.size(), 1u);
  EXPECT_EQ(plan->page.jobs[0].number, 6u);
}

TEST(BookFamily, children_of_an_unknown_job_are_not_looked_for) {
  flow_rig f;
  f.mail.add();
  EXPECT_EQ(code_of(f.mail.book->children({.id = "7", .tenant = {}})),
            errc::unknown_job);
  const auto none = f.mail.book->children({.id = "1", .tenant = {}});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->counts, child_counts{});
}

TEST(BookFamily, a_record_that_waits_for_nobody_goes_on) {
  flow_rig f;
  f.mail.stored["mail.jobs"][1] = R"({"s":7,"c":1})";
  f.mail.stored["mail.jobs"][2] = R"({"s":7,"c":1,"ch":{"n":1,"e":[1]}})";
  f.mail.start();
  EXPECT_TRUE(f.mail.faults.empty());
  EXPECT_EQ(f.mail.state("1"), job_state::waiting);
  EXPECT_EQ(f.mail.state("2"), job_state::waiting);
}

}  // namespace
}  // namespace troupe
