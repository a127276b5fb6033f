// A queue's book under random clients, workers, disks and crashes, beside a
// model; and what is read back beside what was written. A failure names its
// seed.

#include "tests/actors/queue/book_model.hpp"
#include "tests/actors/queue/book_rig.hpp"

#include <random>

namespace troupe {
namespace {

using testing::book_model;
using testing::book_rig;

config::queue_settings walk_settings() {
  auto s = book_rig::usual();
  s.backoff.kind = config::pause_kind::fixed;
  s.timeout = std::chrono::minutes{1};
  s.keep_completed.count = book_model::keep_completed;
  return s;
}

class walk {
public:
  explicit walk(std::uint32_t seed) : random_(seed) { on_disk_ = model_.jobs; }

  void step() {
    const auto dice = below(100);
    if (dice < 22)
      add();
    else if (dice < 40)
      take();
    else if (dice < 65)
      work();
    else if (dice < 75)
      meddle();
    else if (dice < 84)
      pass();
    else if (dice < 96)
      disk();
    else if (dice < 99)
      settle(true);
    else
      crash();
    // All of it takes its time; what is wrong stays wrong for a while.
    if (++steps_ % 5 == 0)
      compare();
  }

  /// What is read back is as it was, and goes on in the same order.
  void read_back() {
    settle(true);
    // If the last one failed, it is a second until the next.
    q_.now += 1'000;
    while (cut())
      settle(true);
    compare();
    book_rig again{walk_settings()};
    again.stored = q_.stored;
    again.now = q_.now;
    again.start();
    EXPECT_TRUE(again.faults.empty());
    for (const auto& [number, j] : model_.jobs) {
      const auto a = *q_.view(std::to_string(number));
      const auto b = *again.view(std::to_string(number));
      EXPECT_EQ(a.state, b.state);
      EXPECT_EQ(a.due_at, b.due_at);
      EXPECT_EQ(a.attempts_made, b.attempts_made);
      EXPECT_EQ(a.failures.size(), b.failures.size());
      EXPECT_EQ(a.started_at, b.started_at);
      EXPECT_EQ(a.finished_at, b.finished_at);
      EXPECT_EQ(q_.stream(a.id), again.stream(a.id));
    }
    for (;;) {
      const auto a = q_.take();
      const auto b = again.take();
      ASSERT_EQ(a.has_value(), b.has_value());
      if (!a)
        return;
      EXPECT_EQ(a->id, b->id);
    }
  }

private:
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(random_() % n);
  }

  book_model::jobs_map::iterator any_job() {
    auto i = model_.jobs.begin();
    std::advance(i, below(static_cast<std::uint32_t>(model_.jobs.size())));
    return i;
  }

  void add() {
    new_jobs jobs(1 + below(3));
    for (auto& j : jobs) {
      j.priority = static_cast<std::uint8_t>(below(4) * 3);
      j.attempts = 1 + below(3);
      j.delay_ms = below(3) == 0 ? 1 + below(20'000) : 0;
      j.data = shared_bytes{std::string{"1"}};
    }
    const auto r = q_.book->add(jobs, q_.now);
    ASSERT_EQ(static_cast<bool>(r), !failing_);
    if (!r)
      return;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      auto& j = model_.jobs[r->numbers[i]];
      j.state = jobs[i].delay_ms == 0 ? job_state::waiting : job_state::delayed;
      j.priority = *jobs[i].priority;
      j.attempts = *jobs[i].attempts;
      j.rank = q_.now + static_cast<job_time>(jobs[i].delay_ms);
    }
  }

  void take() {
    lease_wish wish;
    wish.max = 1;
    const auto taken = q_.book->take(wish, q_.now);
    ASSERT_EQ(!taken.empty(), model_.anybody_waits());
    if (taken.empty())
      return;
    const auto& t = taken.front();
    ASSERT_TRUE(model_.may_begin(t.number)) << t.number;
    auto& j = model_.jobs.at(t.number);
    EXPECT_EQ(t.job.attempt, j.made + 1);
    EXPECT_GT(t.job.token, last_token_);
    last_token_ = t.job.token;
    j.state = job_state::active;
    j.token = t.job.token;
    j.until = q_.now + 30'000;
    j.started = q_.now;
    j.attempt_until = q_.now + 60'000;
    j.announce = !j.events.empty();
    tokens_.emplace_back(t.number, t.job.token);
  }

  // With a token of now, or of long ago.
  void work() {
    if (tokens_.empty())
      return;
    const auto back = std::min<std::size_t>(tokens_.size(),
                                            1 + below(below(4) == 0 ? 40 : 4));
    const auto [number, token] = tokens_[tokens_.size() - back];
    job_change c;
    c.verb = static_cast<job_verb>(below(7));
    c.id = std::to_string(number);
    c.token = token;
    c.value = shared_bytes{std::to_string(below(1'000))};
    c.event = "log";
    c.retry = below(8) == 0 ? retry_wish::never : retry_wish::as_usual;
    const auto said = q_.book->change(c, q_.now);
    ASSERT_TRUE(said);
    const auto at = model_.jobs.find(number);
    if (at == model_.jobs.end() || at->second.fresh) {
      EXPECT_EQ(said->refused, job_refusal::unknown_job);
      return;
    }
    auto& j = at->second;
    if (j.state != job_state::active || j.token != token) {
      const auto is_again =
          j.token == token
          && ((c.verb == job_verb::complete && j.ended_by == 'c')
              || (c.verb == job_verb::fail && j.ended_by == 'f'));
      EXPECT_EQ(said->refused,
                is_again ? job_refusal::none : job_refusal::stale_token);
      EXPECT_EQ(said->cancelled, j.token == token && j.ended_by == 'x');
      return;
    }
    ASSERT_EQ(said->refused, job_refusal::none);
    by_worker(j, c);
    EXPECT_EQ(said->state, j.state);
  }

  void by_worker(book_model::job& j, const job_change& c) {
    const std::string value{c.value.view()};
    switch (c.verb) {
    case job_verb::complete:
      j.ended_by = 'c';
      ++j.made;
      j.result = value;
      model_.finish(j, job_state::completed, "", q_.now);
      break;
    case job_verb::fail:
      j.ended_by = 'f';
      model_.fail(j, value, c.retry == retry_wish::never, q_.now);
      break;
    case job_verb::heartbeat:
      j.until = q_.now + 9'000;
      break;
    case job_verb::release:
      j.ended_by = '-';
      j.state = job_state::waiting;
      break;
    case job_verb::checkpoint:
      break;
    default:
      if (std::exchange(j.announce, false))
        j.events.emplace_back("attempt");
      j.events.emplace_back(c.verb == job_verb::progress ? "progress" : "log");
    }
  }

  void meddle() {
    if (model_.jobs.empty())
      return;
    const auto at = any_job();
    auto& j = at->second;
    job_change c;
    c.verb = static_cast<job_verb>(static_cast<std::uint32_t>(job_verb::retry)
                                   + below(5));
    c.id = std::to_string(at->first);
    c.priority = static_cast<std::uint8_t>(below(11));
    const auto said = q_.book->change(c, q_.now);
    ASSERT_TRUE(said);
    if (j.fresh) {
      EXPECT_EQ(said->refused, job_refusal::unknown_job);
      return;
    }
    const auto is_over = book_model::is_over(j);
    const auto fits =
        c.verb == job_verb::retry     ? is_over
        : c.verb == job_verb::promote ? j.state == job_state::delayed
        : c.verb == job_verb::remove  ? j.state != job_state::active
                                      : !is_over;
    ASSERT_EQ(said->refused,
              fits ? job_refusal::none : job_refusal::wrong_state);
    if (!fits)
      return;
    if (c.verb == job_verb::remove) {
      model_.jobs.erase(at);
    } else if (c.verb == job_verb::adjust) {
      j.priority = c.priority;
    } else if (c.verb == job_verb::cancel) {
      if (j.state == job_state::active)
        j.ended_by = 'x';
      model_.finish(j, job_state::failed, "cancelled", q_.now);
    } else if (c.verb == job_verb::promote) {
      j.state = job_state::waiting;
      j.rank = std::min(j.rank, q_.now);
    } else {
      j.state = job_state::waiting;
      j.made = j.lost = 0;
      j.error.clear();
      j.result.clear();
      j.finished = 0;
      j.rank = q_.now;
      j.end_stored = false;
      j.events.emplace_back("redriven");
    }
  }

  void pass() {
    q_.now += below(3) == 0 ? below(40'000) : below(3'000);
    while (q_.book->sweep(q_.now)) {
    }
    // What a time-out or a lost lease leads to is done in the same sweep.
    model_.sweep(q_.now);
    const auto next = q_.book->next_call(q_.now);
    EXPECT_TRUE(!next || *next > q_.now || failing_);
  }

  bool cut() {
    auto batch = q_.book->cut(q_.now);
    if (!batch)
      return false;
    model_.evict();
    flying_ = std::move(batch);
    flying_model_ = model_.jobs;
    return true;
  }

  void settle(bool well) {
    if (!flying_)
      return;
    if (well)
      q_.keep(flying_->batch);
    q_.book->settle(flying_->number,
                    well
                        ? caf::error{}
                        : caf::make_error(errc::store_failed, std::string{"?"}),
                    q_.now);
    failing_ = !well;
    if (well) {
      model_.stored(flying_model_);
      on_disk_ = flying_model_;
    } else {
      model_.drop_fresh();
    }
    flying_.reset();
  }

  void disk() {
    if (flying_)
      settle(below(6) != 0);
    else
      cut();
  }

  // The batch under way is on disk, or it is not.
  void crash() {
    if (flying_ && below(2) == 0) {
      q_.keep(flying_->batch);
      on_disk_ = flying_model_;
    }
    flying_.reset();
    failing_ = false;
    model_.crash(on_disk_, q_.now);
    q_.start();
    EXPECT_TRUE(q_.faults.empty());
    // Heartbeats are not written; those who hold leases have time for one.
    for (auto& [number, j] : model_.jobs)
      if (j.state == job_state::active) {
        j.until = q_.view(std::to_string(number))->lease_until;
        EXPECT_GE(j.until, q_.now + 9'000);
        EXPECT_LE(j.until, q_.now + 30'000);
      }
    // The start number's batch.
    model_.evict();
    on_disk_ = model_.jobs;
  }

  void compare() {
    const auto statistics = q_.numbers();
    const auto count = [&](job_state s) {
      return static_cast<std::uint64_t>(
          std::count_if(model_.jobs.begin(), model_.jobs.end(),
                        [s](const auto& j) { return j.second.state == s; }));
    };
    ASSERT_EQ(statistics.waiting, count(job_state::waiting));
    ASSERT_EQ(statistics.active, count(job_state::active));
    ASSERT_EQ(statistics.delayed, count(job_state::delayed));
    ASSERT_EQ(statistics.completed, count(job_state::completed));
    ASSERT_EQ(statistics.failed, count(job_state::failed));
    ASSERT_EQ(statistics.dead, count(job_state::dead));
    job_query all;
    all.any_state = true;
    all.limit = 1'000;
    const auto plan = q_.book->view(all);
    ASSERT_TRUE(plan);
    auto seen = plan->page.jobs.begin();
    for (const auto& [number, j] : model_.jobs) {
      if (j.fresh)
        continue;
      ASSERT_NE(seen, plan->page.jobs.end());
      ASSERT_EQ(seen->number, number);
      compare(*seen, j);
      ++seen;
    }
    ASSERT_EQ(seen, plan->page.jobs.end());
  }

  void compare(const job_view& seen, const book_model::job& j) {
    ASSERT_EQ(seen.state, j.state) << seen.number;
    ASSERT_EQ(seen.priority, j.priority);
    ASSERT_EQ(seen.attempts_made, j.made);
    ASSERT_EQ(seen.workers_lost, j.lost);
    ASSERT_EQ(seen.error, j.error);
    ASSERT_EQ(seen.finished_at, j.finished);
    ASSERT_EQ(seen.lease_until, j.state == job_state::active ? j.until : 0);
    ASSERT_EQ(seen.due_at, j.state == job_state::delayed ? j.rank : 0);
    const auto stream = q_.book->follow(seen.id, {});
    ASSERT_TRUE(stream);
    ASSERT_EQ(stream->ended, j.end_stored) << seen.number;
  }

  std::mt19937 random_;
  book_rig q_{walk_settings()};
  book_model model_;
  book_model::jobs_map on_disk_;
  std::optional<cut_batch> flying_;
  book_model::jobs_map flying_model_;
  bool failing_ = false;
  int steps_ = 0;
  std::string last_token_;
  std::vector<std::pair<job_number, std::string>> tokens_;
};

TEST(BookProperty, a_random_life_is_as_the_model_s) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    walk w{seed};
    for (int i = 0; i < 300; ++i) {
      w.step();
      ASSERT_FALSE(::testing::Test::HasFailure()) << "step " << i;
    }
    w.read_back();
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace troupe
