// What people do to jobs, one by one or many at once, and what they see.

#include "tests/actors/queue/book_rig.hpp"

#include <set>

namespace troupe {
namespace {

using testing::book_rig;
using testing::job_of;
using testing::order_of;

std::string dead_one(book_rig& q, const std::string& error,
                     const std::string& name = {}) {
  auto job = job_of("1");
  job.attempts = 1;
  job.name = name;
  const auto id = q.add(job);
  q.by_worker(job_verb::fail, *q.take(), error);
  return id;
}

std::set<std::string> ids_of(book_rig& q, const job_query& query) {
  std::set<std::string> out;
  auto asked = query;
  for (;;) {
    const auto plan = q.book->view(asked);
    EXPECT_TRUE(plan);
    job_number last = 0;
    for (const auto& job : plan->page.jobs) {
      EXPECT_TRUE(out.insert(job.id).second);
      EXPECT_TRUE(last == 0 || (job.number < last) == asked.newest_first);
      last = job.number;
    }
    if (plan->page.next == 0)
      return out;
    asked.after = plan->page.next;
  }
}

TEST(BookChange, what_is_over_waits_again_with_all_its_attempts) {
  book_rig q;
  auto job = job_of("1");
  job.attempts = 1;
  const auto id = q.add(job);
  q.take();
  q.pass(30'000);
  q.by_worker(job_verb::fail, *q.take(), "boom");
  EXPECT_EQ(q.view(id)->workers_lost, 1u);
  EXPECT_EQ(q.by_others(job_verb::retry, id).state, job_state::waiting);
  const auto v = *q.view(id);
  EXPECT_EQ(v.attempts_made, 0u);
  EXPECT_EQ(v.workers_lost, 0u);
  EXPECT_EQ(v.error, "");
  EXPECT_EQ(v.finished_at, 0);
  EXPECT_EQ(v.failures.size(), 2u);
  EXPECT_EQ(q.by_others(job_verb::retry, id).refused, job_refusal::wrong_state);
  q.by_worker(job_verb::complete, *q.take(), "7");
  EXPECT_EQ(q.view(id)->result.view(), "7");
  q.by_others(job_verb::retry, id);
  EXPECT_EQ(q.view(id)->result.view(), "");
  EXPECT_EQ(q.numbers().dead, 0u);
  EXPECT_EQ(q.numbers().completed, 0u);
}

TEST(BookChange, cancelling_ends_what_waits_and_what_is_delayed) {
  book_rig q;
  auto job = job_of("1");
  job.delay_ms = 10;
  for (const auto& id : {q.add(), q.add(job)}) {
    EXPECT_EQ(q.by_others(job_verb::cancel, id).state, job_state::failed);
    EXPECT_EQ(q.view(id)->error, "cancelled");
    EXPECT_EQ(q.view(id)->finished_at, q.now);
  }
  q.pass(10);
  EXPECT_FALSE(q.take());
  EXPECT_EQ(q.book->tally().cancelled, 2u);
}

TEST(BookChange, a_delayed_job_is_promoted) {
  book_rig q;
  auto job = job_of("1");
  job.delay_ms = 1'000;
  const auto id = q.add(job);
  EXPECT_EQ(q.by_others(job_verb::promote, id).state, job_state::waiting);
  EXPECT_EQ(q.by_others(job_verb::promote, id).refused,
            job_refusal::wrong_state);
  EXPECT_EQ(q.take()->id, id);
}

TEST(BookChange, a_job_is_forgotten_with_all_it_had_but_not_while_active) {
  book_rig q;
  const auto id = q.add();
  const auto l = *q.take();
  q.by_worker(job_verb::append, l, "1");
  q.by_worker(job_verb::progress, l, "1");
  EXPECT_EQ(q.by_others(job_verb::remove, id).refused,
            job_refusal::wrong_state);
  q.by_worker(job_verb::fail, l, "1");
  EXPECT_EQ(q.by_others(job_verb::remove, id).refused, job_refusal::none);
  EXPECT_EQ(q.by_others(job_verb::remove, id).refused,
            job_refusal::unknown_job);
  for (const auto* space :
       {"mail.jobs", "mail.papers", "mail.failures", "mail.events"})
    EXPECT_TRUE(q.stored[space].empty()) << space;
}

TEST(BookChange, a_priority_is_adjusted_for_what_waits_and_what_comes_back) {
  book_rig q;
  q.add();
  const auto second = q.add();
  job_change c;
  c.verb = job_verb::adjust;
  c.id = second;
  c.priority = priority_critical;
  EXPECT_EQ(q.change(c).refused, job_refusal::none);
  const auto l = *q.take();
  EXPECT_EQ(l.id, second);
  c.priority = priority_low;
  EXPECT_EQ(q.change(c).refused, job_refusal::none);
  q.by_worker(job_verb::release, l);
  EXPECT_NE(q.take()->id, second);
}

TEST(BookChange, changes_of_what_nobody_knows_are_refused) {
  book_rig q;
  for (const auto* id : {"nobody", "17", "0", "18446744073709551616"})
    EXPECT_EQ(q.by_others(job_verb::cancel, id).refused,
              job_refusal::unknown_job);
}

TEST(BookChange, a_stream_takes_a_million_events_and_no_more) {
  book_rig q;
  const auto id = q.add();
  const auto l = *q.take();
  for (auto& [key, value] : q.stored["mail.jobs"]) {
    value.pop_back();
    value += ",\"ev\":999999}";
  }
  q.start();
  EXPECT_EQ(q.by_worker(job_verb::append, l, "1").refused, job_refusal::none);
  EXPECT_EQ(q.by_worker(job_verb::append, l, "1").refused,
            job_refusal::wrong_state);
  EXPECT_EQ(q.by_worker(job_verb::progress, l, "1").refused,
            job_refusal::wrong_state);
  EXPECT_EQ(q.by_worker(job_verb::complete, l).refused, job_refusal::none);
  EXPECT_EQ(q.stream(id).back(), "completed");
}

// -- orders ------------------------------------------------------------------

TEST(BookOrder, a_paused_queue_lends_nothing_and_stays_paused_over_a_restart) {
  book_rig q;
  const auto id = q.add();
  q.order(order_of(queue_verb::pause));
  q.start();
  EXPECT_FALSE(q.take());
  EXPECT_TRUE(q.numbers().paused);
  EXPECT_EQ(q.state(id), job_state::paused);
  q.order(order_of(queue_verb::resume));
  EXPECT_EQ(q.take()->id, id);
}

TEST(BookOrder, draining_forgets_what_waits_and_what_is_delayed_if_asked) {
  book_rig q;
  auto job = job_of("1");
  job.delay_ms = 1'000;
  const auto active = q.add();
  q.take();
  for (int i = 0; i < 2'500; ++i)
    ASSERT_TRUE(q.book->add({{}, job}, q.now));
  q.write();
  EXPECT_EQ(q.order(order_of(queue_verb::drain)), 2'500u);
  EXPECT_EQ(q.numbers().waiting, 0u);
  EXPECT_EQ(q.numbers().delayed, 2'500u);
  auto both = order_of(queue_verb::drain);
  both.also_delayed = true;
  EXPECT_EQ(q.order(both), 2'500u);
  EXPECT_EQ(q.stored["mail.jobs"].size(), 1u);
  EXPECT_EQ(q.state(active), job_state::active);
}

TEST(BookOrder, a_drain_s_erasures_span_no_job_that_lives) {
  book_rig q;
  std::vector<std::string> low;
  for (int i = 0; i < 50; ++i) {
    auto job = job_of("1");
    job.tenant = i % 5 == 0 ? "a" : "b";
    const auto id = q.add(job);
    if (i % 5 == 0)
      low.push_back(id);
  }
  auto theirs = order_of(queue_verb::drain);
  theirs.tenant = "b";
  EXPECT_EQ(q.order(theirs), 40u);
  EXPECT_EQ(q.stored["mail.jobs"].size(), 10u);
  EXPECT_EQ(q.stored["mail.papers"].size(), 10u);
  q.start();
  for (const auto& id : low)
    EXPECT_EQ(q.state(id), job_state::waiting);
}

TEST(BookOrder, cleaning_goes_by_state_age_and_limit) {
  book_rig q;
  for (int i = 0; i < 4; ++i) {
    q.add();
    q.by_worker(job_verb::complete, *q.take());
    q.now += 1'000;
  }
  dead_one(q, "x");
  auto clean = order_of(queue_verb::clean);
  clean.state = job_state::completed;
  clean.older_than_ms = 2'500;
  EXPECT_EQ(q.order(clean), 2u);
  clean.older_than_ms = 0;
  clean.limit = 1;
  EXPECT_EQ(q.order(clean), 1u);
  EXPECT_EQ(q.numbers().completed, 1u);
  EXPECT_EQ(q.numbers().dead, 1u);
}

TEST(BookOrder, dead_letters_are_redriven_all_filtered_or_one) {
  book_rig q;
  const auto a = dead_one(q, "no route to host", "welcome");
  const auto b = dead_one(q, "bad gateway", "welcome");
  const auto c = dead_one(q, "bad gateway", "bill");
  auto redrive = order_of(queue_verb::redrive);
  redrive.state = job_state::dead;
  redrive.ids = {a, "nobody"};
  EXPECT_EQ(q.order(redrive), 1u);
  redrive.ids.clear();
  redrive.error_contains = "gateway";
  redrive.name = "bill";
  EXPECT_EQ(q.order(redrive), 1u);
  EXPECT_EQ(q.state(a), job_state::waiting);
  EXPECT_EQ(q.state(b), job_state::dead);
  EXPECT_EQ(q.state(c), job_state::waiting);
  redrive.name.clear();
  redrive.error_contains.clear();
  EXPECT_EQ(q.order(redrive), 1u);
  EXPECT_EQ(q.numbers().dead, 0u);
}

TEST(BookOrder, dead_letters_are_purged_by_age) {
  book_rig q;
  dead_one(q, "x");
  q.now += 1'000;
  const auto young = dead_one(q, "x");
  auto purge = order_of(queue_verb::purge);
  purge.older_than_ms = 500;
  EXPECT_EQ(q.order(purge), 1u);
  EXPECT_EQ(q.state(young), job_state::dead);
}

TEST(BookOrder, jobs_that_come_meanwhile_are_not_meant) {
  book_rig q;
  for (int i = 0; i < 1'500; ++i)
    ASSERT_TRUE(q.book->add({{}}, q.now));
  q.write();
  q.book->order(order_of(queue_verb::drain), q.now);
  EXPECT_TRUE(q.book->sweep(q.now));
  EXPECT_TRUE(q.book->ended_orders().empty());
  const auto late = q.add();
  q.sweep();
  EXPECT_EQ(q.book->ended_orders().size(), 1u);
  EXPECT_EQ(q.numbers().waiting, 1u);
  EXPECT_EQ(q.state(late), job_state::waiting);
}

// -- views -------------------------------------------------------------------

TEST(BookView, pages_have_each_job_once_in_either_direction) {
  book_rig q;
  std::set<std::string> waiting;
  std::set<std::string> done;
  for (int i = 0; i < 120; ++i)
    if (const auto id = q.add(); i % 3 == 0) {
      q.by_worker(job_verb::complete, *q.take());
    } else {
      waiting.insert(id);
    }
  for (const auto newest : {false, true}) {
    job_query query;
    query.limit = 7;
    query.newest_first = newest;
    EXPECT_EQ(ids_of(q, query).size(), 80u);
    query.state = job_state::completed;
    EXPECT_EQ(ids_of(q, query).size(), 40u);
    query.any_state = true;
    EXPECT_EQ(ids_of(q, query).size(), 120u);
  }
}

TEST(BookView, pages_are_filtered_by_tenant_name_and_group) {
  book_rig q;
  for (const auto* who : {"a", "b", "a"}) {
    auto job = job_of("1");
    job.tenant = who;
    job.name = who;
    job.group = std::string{"g"} + who;
    q.add(job);
  }
  job_query query;
  query.tenant = "a";
  EXPECT_EQ(ids_of(q, query).size(), 2u);
  query.name = "b";
  EXPECT_EQ(ids_of(q, query).size(), 0u);
  query.tenant.clear();
  EXPECT_EQ(ids_of(q, query).size(), 1u);
  query.group = "ga";
  EXPECT_EQ(ids_of(q, query).size(), 0u);
}

TEST(BookView, where_few_fit_a_page_is_short_and_there_is_another_one) {
  book_rig q;
  new_jobs many(60'000);
  many.back().name = "needle";
  ASSERT_TRUE(q.book->add(many, q.now));
  q.write();
  job_query query;
  query.name = "needle";
  const auto plan = q.book->view(query);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->page.jobs.empty());
  EXPECT_NE(plan->page.next, 0u);
  EXPECT_EQ(ids_of(q, query).size(), 1u);
}

TEST(BookView, a_view_says_whether_it_is_so_on_disk) {
  book_rig q;
  const auto id = q.add();
  job_query query;
  query.id = id;
  EXPECT_TRUE(q.book->view(query)->on_disk);
  const auto taken = q.book->take({}, q.now);
  EXPECT_FALSE(q.book->view(query)->on_disk);
  const auto rides = q.book->rides();
  const auto cut = q.book->cut(q.now);
  EXPECT_EQ(cut->number, rides);
  EXPECT_FALSE(q.book->view(query)->on_disk);
  q.book->settle(cut->number, {}, q.now);
  EXPECT_TRUE(q.book->view(query)->on_disk);
}

}  // namespace
}  // namespace troupe
