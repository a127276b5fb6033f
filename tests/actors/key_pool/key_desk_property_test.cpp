// The pool's and the keys' real brains, over random schedules of arrivals,
// completions, faults, departures and changes of the roster, in virtual time.
//
// A `world` plays the bodies: it carries messages between one `key_desk` and
// several `key_guard`s, in order from each sender to each receiver and
// otherwise as chance has it, fires timers when they are due, and after every
// event holds what happened against the promises:
// - no key's window admits more than its limit, nor has it more in flight;
// - no key that could serve a call in line is idle;
// - nobody waits longer than allowed;
// - nobody overtakes whom the same key could have served: not in one client's
//   own order, and no new call those in line that are as important;
// - every call has exactly one answer.
//
// A failure prints its seed; `TROUPE_SEED=n tests_actors --gtest_filter=...`
// repeats that schedule alone.

#include "actors/key_pool/key_desk.hpp"
#include "tests/actors/key_pool/players.hpp"
#include "tests/actors/key_pool/rosters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::acme;
using testing::player;
using testing::roster_of;
using testing::telling;
using testing::visitor;
using testing::worst_minute;
using testing::would_lend;
using kind = key_desk::step::kind;
using duty = key_roster::duty;

constexpr time_point start{1h};
constexpr auto run_time = 5min;

class world {
public:
  world(std::uint64_t seed, telling how) : random_(seed), how_(how) {
    const auto keys = 1 + draw(4);
    provider_ = acme(static_cast<std::uint32_t>(1 + draw(40)),
                     std::chrono::milliseconds{1 + draw(90'000)});
    for (std::size_t i = 0; i < keys; ++i)
      players_.push_back(make_player());
    duties_.assign(keys, duty::lends);
    desk_.emplace(roster_of(duties_, provider_));
    gap_max_ = 1 + draw(3000);
    arrive_later();
  }

  void run() {
    while (!events_.empty() && !::testing::Test::HasFatalFailure()) {
      const auto next = events_.begin();
      now_ = next->first;
      const auto event = std::move(next->second);
      events_.erase(next);
      event();
      settle();
      // What is due at one moment is one moment's work.
      if (events_.empty() || events_.begin()->first > now_)
        check();
    }
  }

  void check_end() const {
    EXPECT_EQ(desk_->waiting(), 0u);
    for (const auto& v : visitors_)
      EXPECT_EQ(v->answers, 1) << v->number;
    for (const auto& p : players_) {
      EXPECT_EQ(p.in_flight, 0u);
      EXPECT_TRUE(p.limits.rpm == 0
                  || worst_minute(p.admitted) <= p.limits.rpm);
    }
  }

  std::size_t served() const { return served_; }
  std::size_t waited() const { return waited_; }

private:
  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  bool one_in(std::uint64_t n) { return draw(n) == 0; }

  void at(time_point when, std::function<void()> event) {
    events_.emplace(when, std::move(event));
  }

  player make_player() {
    player p;
    p.limits.rpm = one_in(2) ? 1 + draw(30) : 0;
    p.limits.tpm = one_in(2) ? 50 + draw(500) : 0;
    p.limits.concurrent = one_in(2) ? 1 + draw(5) : 0;
    p.guard.emplace(key_terms{.limits = p.limits,
                              .breaker = {.open_after = 2},
                              .lease_ttl = 1h},
                    nullptr, now_);
    return p;
  }

  // -- the outside

  void arrive_later() {
    at(now_ + std::chrono::milliseconds{draw(gap_max_)}, [this] {
      arrive(make_call());
      if (one_in(50))
        change_roster();
      if (now_ < start + run_time)
        arrive_later();
    });
  }

  call_ptr make_call() {
    auto c = std::make_shared<call>();
    c->client = std::string(1, static_cast<char>('a' + draw(3)));
    c->priority = static_cast<std::uint8_t>(4 + draw(3));
    c->tokens_estimated = one_in(3) ? draw(300) : 10;
    c->affinity = draw(5);
    c->may_wait = !one_in(10);
    if (one_in(5))
      c->deadline = now_ + std::chrono::milliseconds{draw(20'000)};
    if (one_in(5))
      c->burnt = {static_cast<key_index>(draw(players_.size()))};
    return c;
  }

  void arrive(call_ptr c) {
    auto owner = std::make_unique<visitor>();
    auto* v = owner.get();
    v->number = visitors_.size();
    v->came = now_;
    v->until = std::min(c->deadline, now_ + provider_->waiting.time);
    v->ticket = call_ticket{std::move(c), [v](caf::expected<lease>&&) {
                              ++v->answers;
                            }};
    visitors_.push_back(std::move(owner));
    by_call_[v->ticket.matter().get()] = v;
    if (one_in(20))  // Loses patience.
      at(now_ + std::chrono::milliseconds{draw(10'000)},
         [v] { v->ticket.answer(errc::deadline_exceeded); });
    perform(desk_->lend(v->ticket, now_, random_), v);
  }

  void change_roster() {
    duties_[draw(duties_.size())] = static_cast<duty>(draw(3));
    if (one_in(2))
      duties_.assign(duties_.size(), duty::lends);
    perform(desk_->adopt(roster_of(duties_, provider_), now_, random_));
  }

  // -- the pool's body

  void perform(const key_desk::steps& steps, visitor* newcomer = nullptr) {
    for (const auto& s : steps) {
      auto* v = by_call_.at(s.ticket.matter().get());
      if (v == newcomer)
        newcomer = nullptr;
      v->in_line = false;
      line_.erase(v);
      if (s.what == kind::ask)
        send(v, s.key);
      else if (s.what == kind::refuse)
        refuse(v, s);
      else if (s.what == kind::postpone)
        v->ticket.answer(errc::keys_cooling);
    }
    if (newcomer != nullptr && newcomer->ticket.awaited()) {
      newcomer->in_line = newcomer->has_waited = true;
      line_.insert(newcomer);
      ++waited_;
    }
    const auto due = desk_->next_sweep(now_);
    if (!due || (sweeps_at_ && *sweeps_at_ <= *due))
      return;
    ASSERT_GT(*due, now_) << "a timer that never rests";
    sweeps_at_ = due;
    at(*due, [this] {
      if (sweeps_at_ && *sweeps_at_ <= now_)
        sweeps_at_.reset();
      perform(desk_->sweep(now_, random_));
    });
  }

  void send(visitor* v, key_index key) {
    ASSERT_EQ(duties_[key], duty::lends);
    v->passed.clear();
    const auto& c = *v->ticket.matter();
    for (const auto* other : line_) {
      const auto& o = *other->ticket.matter();
      const auto is_before =
          o.client == c.client ? other->number < v->number : !v->has_waited;
      const auto counts = o.client == c.client ? o.priority == c.priority
                                               : o.priority >= c.priority;
      if (other->ticket.awaited() && is_before && counts
          && size_of(o) <= size_of(c))
        v->passed.push_back(other);
    }
    players_[key].inbox.push_back(v);
  }

  void refuse(visitor* v, const key_desk::step& s) {
    v->ticket.answer(s.why);
    if (s.why == errc::keys_dead)
      return;
    EXPECT_GT(s.at, now_) << "a recovery that was";
    if (s.ended == wait_end::overdue) {
      EXPECT_EQ(now_, v->until);
    } else if (s.why == errc::keys_cooling) {
      EXPECT_GT(s.at, v->until) << "would have fitted";
    }
  }

  // -- the keys' bodies

  void settle() {
    for (int rounds = 0; !::testing::Test::HasFatalFailure(); ++rounds) {
      ASSERT_LT(rounds, 100'000) << "they never come to rest";
      std::vector<std::function<void()>> moves;
      for (auto& p : players_) {
        if (!p.inbox.empty())
          moves.push_back([this, &p] { handle_lend(p); });
        if (!p.outbox.empty())
          moves.push_back([&p] {
            const auto message = std::move(p.outbox.front());
            p.outbox.pop_front();
            message();
          });
      }
      if (moves.empty())
        return;
      moves[draw(moves.size())]();
    }
  }

  void handle_lend(player& p) {
    auto* v = p.inbox.front();
    p.inbox.pop_front();
    auto& c = *v->ticket.matter();
    const auto got = p.guard->lend({.tokens = c.tokens_estimated}, now_);
    if (got.refusal != key_refusal::none) {
      const auto s = standing_of(p, true);
      if (s.condition != key_condition::dead)
        c.soonest = std::min(c.soonest, got.usable_at);
      watch(p, s);
      p.outbox.push_back([this, v, s] { decline(v, s); });
      return;
    }
    if (v->ticket.answer(lease{}))
      grant(p, v, got.id);
    else
      p.guard->withdraw(got.id);
    announce(p, true);
  }

  void decline(visitor* v, const key_standing& s) {
    auto steps = desk_->decline(v->ticket, s, now_, random_);
    perform(steps, v);
  }

  void grant(player& p, visitor* v, lease_id id) {
    ++served_;
    EXPECT_LE(now_, v->until) << "has waited too long";
    for (const auto* other : v->passed)
      ASSERT_FALSE(other->in_line && other->ticket.awaited())
          << v->number << " overtook " << other->number;
    p.admitted.push_back(now_);
    ++p.in_flight;
    ASSERT_TRUE(p.limits.concurrent == 0 || p.in_flight <= p.limits.concurrent);
    at(now_ + std::chrono::milliseconds{1 + draw(8000)},
       [this, &p, v, id] { end(p, v, id); });
  }

  void end(player& p, visitor* v, lease_id id) {
    lease_report r;
    r.id = id;
    if (one_in(10))
      r.fault = one_in(2) ? fault::rate : fault::transient;
    if (one_in(1000))
      r.fault = one_in(2) ? fault::quota : fault::credential;
    if (r.fault == fault::rate && one_in(2))
      r.retry_after = std::chrono::milliseconds{draw(20'000)};
    r.usage.reported = true;
    r.usage.out_text = draw(v->ticket.matter()->tokens_estimated + 1);
    --p.in_flight;
    p.guard->settle(r, now_, 0.5);
    announce(p, false);
  }

  void announce(player& p, bool after_lend) {
    const auto s = standing_of(p, after_lend);
    p.outbox.push_back([this, s] { perform(desk_->stand(s, now_, random_)); });
    watch(p, s);
  }

  void watch(player& p, const key_standing& s) {
    if (s.condition == key_condition::usable || s.usable_at <= now_
        || (p.wakes_at && *p.wakes_at <= s.usable_at))
      return;
    p.wakes_at = s.usable_at;
    at(s.usable_at, [this, &p] {
      if (!p.wakes_at || *p.wakes_at != now_)
        return;
      p.wakes_at.reset();
      announce(p, false);
    });
  }

  key_standing standing_of(player& p, bool after_lend) {
    const auto index = static_cast<key_index>(&p - players_.data());
    auto s = p.guard->standing(index, now_);
    s.after_lend = after_lend;
    if (how_ == telling::little) {
      s.calls_free = key_standing{}.calls_free;
      s.tokens_free = key_standing{}.tokens_free;
    }
    return s;
  }

  // -- the promises

  void check() {
    for (const auto* v : line_) {
      if (!v->ticket.awaited())
        continue;
      ASSERT_LE(now_, v->until) << v->number << " waits too long";
      for (std::size_t i = 0; i < players_.size(); ++i)
        ASSERT_FALSE(duties_[i] == duty::lends
                     && would_lend(*players_[i].guard,
                                   v->ticket.matter()->tokens_estimated, now_))
            << "key " << i << " is idle while " << v->number << " waits";
    }
  }

  std::vector<std::unique_ptr<visitor>> visitors_;  // Outlive their tickets.
  std::mt19937_64 random_;
  telling how_;
  time_point now_ = start;
  std::uint64_t gap_max_ = 1;
  std::shared_ptr<config::provider_settings> provider_;
  std::vector<player> players_;
  std::vector<duty> duties_;
  std::optional<key_desk> desk_;
  std::multimap<time_point, std::function<void()>> events_;
  std::optional<time_point> sweeps_at_;
  std::map<const call*, visitor*> by_call_;
  std::set<visitor*> line_;
  std::size_t served_ = 0;
  std::size_t waited_ = 0;
};

void keeps_its_promises(telling how) {
  const auto* only = std::getenv("TROUPE_SEED");
  const std::uint64_t first = only != nullptr ? std::stoull(only) : 1;
  const std::uint64_t last = only != nullptr ? first : 20;
  std::size_t served = 0;
  std::size_t waited = 0;
  for (auto seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("TROUPE_SEED=" + std::to_string(seed));
    world w{seed, how};
    w.run();
    if (::testing::Test::HasFailure())
      return;
    w.check_end();
    served += w.served();
    waited += w.waited();
  }
  EXPECT_GT(served, 100 * (last - first)) << "a schedule that tests nothing";
  EXPECT_GT(waited, 10 * (last - first)) << "a schedule that tests nothing";
}

TEST(key_desk_property, keeps_its_promises_with_keys_that_tell_their_room) {
  keeps_its_promises(telling::rooms);
}

TEST(key_desk_property, keeps_its_promises_with_keys_that_tell_little) {
  keeps_its_promises(telling::little);
}

}  // namespace
}  // namespace troupe
