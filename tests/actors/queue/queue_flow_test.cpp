// Jobs that wait for others, in another queue or their own: what queues tell
// one another of them.

#include "tests/actors/queue/two_queues_rig.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class queue_flow_test : public testing::two_queues_rig {};

// -- a flow

TEST_F(queue_flow_test, runs_over_two_queues_to_its_end) {
  const auto id =
      add_to("mail", parent({child("sms", job("1")), child("mail", job("2"))}));
  EXPECT_EQ(state_of("mail", id), job_state::waiting_children);
  const auto first = take_from("sms");
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].id, "flow:mail:" + id + ":0");
  EXPECT_EQ(first[0].tenant, "acme");
  EXPECT_EQ(first[0].data.view(), "1");
  const auto second = take_from("mail");
  ASSERT_EQ(second.size(), 1u) << "not their parent";
  EXPECT_EQ(second[0].data.view(), "2");
  complete("sms", first[0], R"("one")");
  EXPECT_TRUE(take_from("mail").empty());
  complete("mail", second[0], R"("two")");
  const auto last = take_from("mail");
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].id, id);
  EXPECT_EQ(last[0].data.view(), R"("parent")");
  EXPECT_EQ(last[0].children, (child_counts{2, 0, 0}));
  const auto page = children("mail", id);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->children.size(), 2u);
  EXPECT_EQ(page->children[0].queue, "sms");
  EXPECT_TRUE(page->children[0].ended);
  EXPECT_EQ(page->children[0].state, job_state::completed);
  EXPECT_EQ(page->children[0].result.view(), R"("one")");
  EXPECT_EQ(page->children[1].id, second[0].id);
  EXPECT_EQ(page->children[1].result.view(), R"("two")");
  EXPECT_EQ(page->next, 0u);
}

TEST_F(queue_flow_test, a_child_knows_its_parent_and_is_counted_as_waiting) {
  auto p = parent({child("sms", job(), child_policy::ignore)});
  p.id = "order";
  EXPECT_EQ(add_to("mail", std::move(p)), "order");
  use("sms");
  const auto seen = look("flow:mail:1:0");
  ASSERT_TRUE(seen && seen->parent);
  EXPECT_EQ(*seen->parent,
            (job_parent{"mail", 1, "order", 0, child_policy::ignore}));
  advance(1s);
  EXPECT_EQ(
      catalog.gauge(metric::queue_size, {"mail", "waiting_children"}).Value(),
      1);
  EXPECT_EQ(catalog.gauge(metric::queue_size, {"sms", "waiting"}).Value(), 1);
}

TEST_F(queue_flow_test, parents_of_children_that_fail_fail_and_tell_theirs) {
  auto middle = job("middle");
  middle.children.push_back(child("mail", job("leaf")));
  const auto id = add_to("mail", parent({child("sms", middle)}));
  EXPECT_EQ(state_of("sms", "flow:mail:" + id + ":0"),
            job_state::waiting_children);
  const auto leaf = take_from("mail");
  ASSERT_EQ(leaf.size(), 1u);
  EXPECT_EQ(leaf[0].id, "flow:mail:" + id + ":0.0");
  EXPECT_EQ(leaf[0].tenant, "acme");
  fail("mail", leaf[0]);
  EXPECT_EQ(state_of("sms", "flow:mail:" + id + ":0"), job_state::failed);
  EXPECT_EQ(state_of("mail", id), job_state::failed);
  EXPECT_TRUE(take_from("sms").empty());
  EXPECT_EQ(children("mail", id)->counts, (child_counts{1, 0, 1}));
}

TEST_F(queue_flow_test, nested_ones_go_on_from_the_leaves) {
  auto middle = job("middle");
  middle.children.push_back(child("sms", job("leaf")));
  const auto id = add_to("mail", parent({child("sms", middle)}));
  work_off("sms", "1");
  work_off("sms", "2");
  expect_goes_on(id);
  EXPECT_EQ(children("mail", id)->children.at(0).result.view(), "2");
}

TEST_F(queue_flow_test, a_child_in_a_queue_that_is_not_there_has_failed) {
  const auto dies = add_to("mail", parent({child("fax"), child("sms")}));
  use("mail");
  const auto seen = look(dies);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->state, job_state::failed);
  EXPECT_NE(seen->error.find("no queue named 'fax'"), std::string::npos);
  EXPECT_EQ(status_of("sms").waiting, 1u) << "the others come into being";
  const auto lives =
      add_to("mail", parent({child("fax", job(), child_policy::ignore)}));
  EXPECT_EQ(state_of("mail", lives), job_state::waiting);
  EXPECT_EQ(children("mail", lives)->counts, (child_counts{1, 0, 1}));
}

// -- many, and large ones

TEST_F(queue_flow_test, places_children_page_after_page) {
  const auto count = 2 * errand_desk::page_records + 50;
  new_job p = parent({});
  for (std::uint32_t i = 0; i < count; ++i)
    p.children.push_back(child("sms", job(std::to_string(i))));
  const auto id = add_to("mail", std::move(p));
  const auto jobs = take_from("sms", 1'000);
  ASSERT_EQ(jobs.size(), count);
  for (std::uint32_t i = 0; i < count; ++i) {
    EXPECT_EQ(jobs[i].id, child_id("mail", 1, i));
    EXPECT_EQ(jobs[i].data.view(), std::to_string(i));
  }
  job_changes all;
  for (const auto& j : jobs)
    all.push_back(change(job_verb::complete, j, "0"));
  alter(std::move(all));
  EXPECT_EQ(state_of("mail", id), job_state::waiting);
  auto page = children("mail", id, 0, 400);
  ASSERT_EQ(page->children.size(), 400u);
  EXPECT_EQ(page->next, 400u);
  page = children("mail", id, page->next, 400);
  EXPECT_EQ(page->children.size(), 50u);
  EXPECT_EQ(page->next, 0u);
  EXPECT_TRUE(children("mail", id, 450)->children.empty());
}

TEST_F(queue_flow_test, a_page_of_large_children_is_shorter) {
  const std::string large =
      '"' + std::string(errand_desk::page_bytes * 3 / 4, 'x') + '"';
  new_job p = parent({});
  for (int i = 0; i < 5; ++i)
    p.children.push_back(child("sms", job(large)));
  hold_reads();
  add_to("mail", std::move(p));
  for (std::uint64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(status_of("sms").waiting, i);
    ASSERT_EQ(reads->found.size(), 1u);
    EXPECT_EQ(reads->found[0].second.at(0).size(), 1u);
    let_read();
  }
  EXPECT_EQ(status_of("sms").waiting, 5u);
  EXPECT_TRUE(reads->found.empty());
}

// -- looks

TEST_F(queue_flow_test, looks_at_children_are_answered_from_the_disk) {
  EXPECT_EQ(code_of(children("mail", "7")), errc::unknown_job);
  const auto id = add_to("mail", parent({child("sms")}));
  EXPECT_FALSE(children("mail", id)->children.at(0).ended);
  const auto jobs = take_from("sms");
  hold_writes();
  complete("sms", jobs[0], "1");
  let_write();  // The child's end.
  use("mail");
  const auto said = send<children_ticket>(
      atom::children_v, children_query{.id = id, .tenant = "acme"});
  settle();
  EXPECT_FALSE(*said) << "its counts are ahead of the disk";
  let_write();
  ASSERT_TRUE(*said && **said);
  EXPECT_TRUE((**said)->children.at(0).ended);
  EXPECT_EQ((**said)->counts, (child_counts{1, 0, 0}));
  moods->reads = errc::store_failed;
  EXPECT_EQ(code_of(children("mail", id)), errc::store_failed);
  EXPECT_TRUE(children("mail", id, 1)) << "there is nothing to be read";
}

}  // namespace
}  // namespace troupe
