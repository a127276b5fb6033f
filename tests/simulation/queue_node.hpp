// A simulated node with one queue: its store, its clock, its batches under way
// and the calls that wait for them. It may die at any moment; the batch under
// way is then on disk or not, and the calls are never answered.

#pragma once

#include "actors/queue/queue_book.hpp"
#include "runtime/errc.hpp"
#include "tests/simulation/model_store.hpp"
#include "tests/simulation/queue_oracle.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

/// What is up to chance.
class dice {
public:
  explicit dice(std::uint64_t seed) : random_(seed) {}

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  bool chance(unsigned percent) { return draw(100) < percent; }
  job_time span(std::uint64_t ms) { return static_cast<job_time>(draw(ms)); }
  std::mt19937_64& engine() { return random_; }

private:
  std::mt19937_64 random_;
};

class queue_node {
public:
  using settings_ptr = std::shared_ptr<const config::queue_settings>;
  static constexpr job_time birth = 1'700'000'000'000;

  queue_node(dice& chance, settings_ptr settings)
      : dice_(chance), settings_(std::move(settings)) {
    start();
  }

  queue_book& book() { return *book_; }
  const config::queue_settings& settings() const { return *settings_; }

  /// The batch under way may be on disk or not: nobody has heard.
  void crash() {
    note("crash");
    book_.reset();
    calls_.clear();
    if (flight_ && dice_.chance(50))
      disk_.apply(flight_->cut.batch);
    flight_.reset();
    now += dice_.span(20'000);
    if (dice_.chance(20))
      now += dice_.span(7'200'000) - 3'600'000;
    start();
  }

  /// What is due by now.
  void go_on() {
    if (flight_ && flight_->lands_at <= now)
      land(!is_healed && dice_.chance(6));
    while (book_->sweep(now)) {
    }
    oracle.watch(*book_, *settings_, now);
    cut();
  }

  /// Answered when all that was said so far is stored; or refused; or never.
  void when_stored(std::function<void(bool)> answer) {
    const auto rides = book_->rides();
    if (rides == 0)
      answer(true);
    else
      calls_.push_back({rides, std::move(answer)});
  }

  /// When something happens next; but not when jobs are too old to keep.
  job_time next() const {
    auto next = now + 5'000;
    if (flight_)
      next = std::min(next, flight_->lands_at);
    else if (const auto due = book_->next_call(now))
      next = std::min(next, *due);
    return std::max(now, next);
  }

  /// All has ended, and is on disk.
  bool is_quiet() const {
    const auto s = book_->statistics(now);
    return s.waiting + s.active + s.delayed == 0 && !flight_ && calls_.empty()
           && book_->rides() == 0;
  }

  void note(const std::string& what) {
    log_.push_back(std::to_string(now - birth) + ' ' + what);
    if (log_.size() > 200)
      log_.pop_front();
  }

  /// What happened last, for whoever has to find out.
  std::string log() const {
    std::string all;
    for (const auto& line : log_)
      all += line + '\n';
    return all;
  }

  job_time now = birth;
  queue_oracle oracle;
  bool is_healed = false;  ///< Commits fail no more.

private:
  struct call {
    std::uint64_t rides = 0;
    std::function<void(bool)> answer;
  };
  struct flight {
    cut_batch cut;
    job_time lands_at = 0;
  };

  void start() {
    book_ = std::make_unique<queue_book>(settings_,
                                         queue_book_options{dice_.draw(~0ull)});
    const auto whole = [](const caf::expected<void>& loaded) {
      if (!loaded)
        throw broken_promise("the queue cannot read what it wrote");
    };
    for (const auto& r : disk_.all_of(book_->spaces().queue))
      whole(book_->load_state(r));
    auto jobs = disk_.all_of(book_->spaces().jobs);
    std::shuffle(jobs.begin(), jobs.end(), dice_.engine());
    for (const auto& r : jobs)
      whole(book_->load(r, now));
    book_->begin(now);
    oracle.restarted(now);
    oracle.count(*book_, false);
    cut();
  }

  void cut() {
    if (flight_)
      return;
    if (auto batch = book_->cut(now))
      flight_ = flight{std::move(*batch), now + dice_.span(60)};
  }

  void land(bool fails) {
    const auto landed = std::move(*flight_);
    flight_.reset();
    if (!fails)
      disk_.apply(landed.cut.batch);
    note(fails ? "a commit fails" : "a commit");
    const auto why = fails ? caf::make_error(errc::store_failed) : caf::error{};
    for (const auto n : book_->settle(landed.cut.number, why, now).dropped)
      oracle.jobs.at(n).is_dropped = true;
    auto calls = std::exchange(calls_, {});
    for (auto& c : calls)
      if (fails || c.rides <= landed.cut.number)
        c.answer(!fails);
      else
        calls_.push_back(std::move(c));
  }

  dice& dice_;
  settings_ptr settings_;
  model_store disk_;
  std::unique_ptr<queue_book> book_;
  std::optional<flight> flight_;
  std::vector<call> calls_;
  std::deque<std::string> log_;
};

}  // namespace troupe::test
