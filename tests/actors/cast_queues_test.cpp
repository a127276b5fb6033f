// The queues as a part of the cast: a death costs them nothing that was
// answered, they follow the configuration, and without a disk they say so.

#include "actors/cast.hpp"
#include "runtime/store/sqlite_store.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/scheduled_system.hpp"
#include "tests/support/scratch.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;

class cast_queues_test : public testing::actor_test {
protected:
  cast_queues_test() {
    auto p = std::make_shared<config::provider_settings>();
    p->name = "acme";
    p->keys.push_back({key_id{"acme-1"}, "secret"});
    settings.providers.push_back(std::move(p));
  }

  void begin(durable_state state) {
    company = start_cast(
        system(), settings, catalog,
        {.threads = 2, .health = &health, .state = std::move(state)});
    adopt(company.root);
    settle();
  }

  durable_state on_disk() {
    durable_state state;
    auto opened = open_sqlite_store(directory.path() / "jobs.db");
    if (!opened)
      throw std::runtime_error("no store");
    state.jobs = std::move(*opened);
    return state;
  }

  const address<queue_actor>& queue(const std::string& name) {
    return company.queues.queues->at(name).queue;
  }

  errc add(const std::string& to, new_jobs jobs = new_jobs(1)) {
    std::optional<enqueue_ticket::result> said;
    const enqueue_ticket t{std::move(jobs),
                           [&said](enqueue_ticket::result&& r) {
                             said = std::move(r);
                           }};
    caf::anon_send(queue(to).current(), atom::enqueue_v, t);
    settle();
    return said ? code_of(*said) : errc::count_;
  }

  queue_statistics numbers(const std::string& of) {
    return *ask<queue_statistics>(queue(of).current(), atom::status_v);
  }

  template <class Handle>
  void kill(const Handle& hdl) {
    caf::anon_send_exit(hdl, caf::exit_reason::kill);
    settle();
    advance(1s);
  }

  health_check check_of_queues() {
    advance(10s);
    for (const auto& c : health.get()->checks)
      if (c.component == "queues")
        return c;
    return {};
  }

  testing::scratch directory;
  config::settings settings;
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  published<health_report> health;
  cast company;
};

TEST_F(cast_queues_test, every_queue_of_the_configuration_takes_jobs_in) {
  begin(on_disk());
  EXPECT_TRUE(is_complete(company));
  ASSERT_EQ(company.queues.queues->size(), settings.queues.size());
  for (const auto& q : settings.queues)
    EXPECT_EQ(add(q->name), errc::none) << q->name;
  EXPECT_EQ(check_of_queues().status, health::healthy);
}

TEST_F(cast_queues_test, children_of_a_job_find_their_queues) {
  begin(on_disk());
  const auto from = settings.queues.front()->name;
  const auto to = settings.queues.back()->name;
  new_jobs some(1);
  some[0].children.push_back({.queue = to, .job = {}});
  ASSERT_EQ(add(from, some), errc::none);
  EXPECT_EQ(numbers(from).waiting_children, 1u);
  EXPECT_EQ(numbers(to).waiting, 1u);
}

TEST_F(cast_queues_test, deaths_cost_nothing_that_was_answered) {
  begin(on_disk());
  const auto name = settings.queues.front()->name;
  ASSERT_EQ(add(name), errc::none);
  kill(queue(name).current());
  EXPECT_EQ(numbers(name).waiting, 1u) << "queue";
  kill(company.queues.writer.current());
  EXPECT_EQ(add(name), errc::none) << "writer";
  kill(company.queues.reader.current());
  kill(queue(name).current());
  EXPECT_EQ(numbers(name).waiting, 2u) << "reader";
}

TEST_F(cast_queues_test, jobs_are_there_when_the_node_starts_again) {
  begin(on_disk());
  const auto name = settings.queues.back()->name;
  ASSERT_EQ(add(name), errc::none);
  caf::anon_send_exit(company.root, caf::exit_reason::user_shutdown);
  settle();
  company = {};
  begin(on_disk());
  EXPECT_EQ(numbers(name).waiting, 1u);
}

TEST_F(cast_queues_test, without_a_state_they_say_why_and_all_else_plays) {
  durable_state none;
  none.why_not = caf::make_error(errc::store_full, std::string{"read-only"});
  begin(none);
  EXPECT_TRUE(is_complete(company));
  EXPECT_EQ(add(settings.queues.front()->name), errc::store_full);
  const auto check = check_of_queues();
  EXPECT_EQ(check.status, health::degraded);
  EXPECT_EQ(check.details.at(settings.queues.front()->name),
            "store_full: read-only");
}

TEST_F(cast_queues_test, follow_the_configuration) {
  begin(on_disk());
  const auto name = settings.queues.front()->name;
  ASSERT_EQ(add(name), errc::none);
  auto next = settings;
  auto changed = *next.queues.front();
  changed.max_waiting = 1;
  next.queues.front() = std::make_shared<const config::queue_settings>(changed);
  const auto said =
      ask<std::string>(company.admin.current(), atom::reload_v,
                       settings_ptr{std::make_shared<config::settings>(next)});
  ASSERT_TRUE(said);
  EXPECT_NE(said->find("queues"), std::string::npos) << *said;
  EXPECT_EQ(add(name), errc::queue_full);
  kill(queue(name).current());
  EXPECT_EQ(add(name), errc::queue_full) << "its successor too";
}

// Virtual time has no threads: the store's actors block on theirs, the queue
// stays on its own, and what crosses over must arrive.
TEST(cast_queues_on_threads, many_add_at_once_and_a_stop_keeps_all_of_it) {
  constexpr int jobs = 200;
  const testing::scratch directory;
  const auto file = directory.path() / "jobs.db";
  config::settings settings;
  const auto queue = settings.queues.front()->name;
  job_query everything;
  everything.limit = jobs + 1;
  std::uint64_t found = 0;
  for (int run = 0; run < 2; ++run) {
    prometheus::Registry registry;
    const metric_catalog catalog{registry};
    durable_state state;
    state.jobs = std::move(*open_sqlite_store(file));
    testing::scheduled_system system{2};
    const auto company =
        start_cast(*system, settings, catalog, {.threads = 2, .state = state});
    state = {};
    const auto patience = std::chrono::steady_clock::now() + testing::deadline;
    while (!is_complete(company)) {
      ASSERT_LT(std::chrono::steady_clock::now(), patience);
      std::this_thread::yield();
    }
    const auto at = company.queues.queues->at(queue).queue.current();
    std::vector<std::future<bool>> answers;
    for (int i = 0; run == 0 && i < jobs; ++i) {
      auto said = std::make_shared<std::promise<bool>>();
      answers.push_back(said->get_future());
      caf::anon_send(
          at, atom::enqueue_v,
          enqueue_ticket{new_jobs(1), [said](enqueue_ticket::result&& r) {
                           said->set_value(static_cast<bool>(r));
                         }});
    }
    for (auto& each : answers)
      EXPECT_TRUE(testing::await(std::move(each)));
    auto all = std::make_shared<std::promise<std::uint64_t>>();
    auto count = all->get_future();
    caf::anon_send(at, atom::view_v,
                   view_ticket{everything, [all](view_ticket::result&& r) {
                                 all->set_value(r ? r->jobs.size() : 0);
                               }});
    found = testing::await(std::move(count));
    caf::anon_send_exit(company.root, caf::exit_reason::user_shutdown);
  }
  EXPECT_EQ(found, jobs);
}

}  // namespace
}  // namespace troupe
