// A queue's book with a store in memory and a clock that is turned by hand.
//
// The store keeps what batches say, as a real one does, so that a book can be
// read back from it after a crash.

#pragma once

#include "actors/queue/queue_book.hpp"
#include "runtime/errc.hpp"

#include <caf/make_message.hpp>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::testing {

class book_rig {
public:
  using space = std::map<std::int64_t, std::string>;

  explicit book_rig(config::queue_settings s = usual()) {
    settings = std::make_shared<config::queue_settings>(std::move(s));
    start();
  }

  static config::queue_settings usual() {
    config::queue_settings s;
    s.name = "mail";
    s.concurrency = 1'000'000;
    s.rate.max = 0;
    s.backoff.jitter = 0;
    return s;
  }

  /// Forgets what is in memory, and reads what the store has.
  void start() {
    book =
        std::make_unique<queue_book>(settings, queue_book_options{.seed = 7});
    faults.clear();
    const auto note = [this](const caf::expected<void>& r) {
      if (!r)
        faults.push_back(r.error().context().get_as<std::string>(0));
    };
    for (const auto& [key, value] : stored[book->spaces().queue])
      note(book->load_state({.key = key, .value = value}));
    for (const auto& [key, value] : stored[book->spaces().jobs])
      note(book->load({.key = key, .value = value}, now));
    book->begin(now);
    write();
  }

  /// Writes all there is to write.
  void write() {
    while (auto cut = book->cut(now)) {
      ++batches;
      keep(cut->batch);
      last = book->settle(cut->number, {}, now);
    }
  }

  /// As `write`, but the store is full.
  settled fail() {
    auto cut = book->cut(now);
    if (!cut)
      return {};
    return book->settle(
        cut->number, caf::make_error(errc::store_full, std::string{"no room"}),
        now);
  }

  void keep(const store_batch& batch) {
    for (const auto& s : batch) {
      auto& to = stored[s.space];
      for (const auto& c : s.changes) {
        ++changes;
        if (c.value)
          to[c.key] = *c.value;
        else
          to.erase(to.lower_bound(c.key), to.upper_bound(c.until));
      }
    }
  }

  /// Time goes on, and what is due is done and written.
  void pass(job_time ms) {
    now += ms;
    sweep();
  }

  void sweep() {
    while (book->sweep(now)) {
    }
    write();
  }

  std::string add(new_job job = {}) {
    auto r = book->add({std::move(job)}, now);
    if (!r)
      return std::string{name_of(code_of(r.error()))};
    write();
    return r->receipts.front().id;
  }

  /// One job, or none.
  std::optional<leased_job> take(lease_wish wish = {}) {
    auto taken = book->take(wish, now);
    write();
    return taken.empty() ? std::nullopt
                         : std::optional{std::move(taken.front().job)};
  }

  change_receipt change(job_change wish) {
    auto said = book->change(wish, now);
    EXPECT_TRUE(said);
    write();
    return said ? *said : change_receipt{};
  }

  change_receipt by_worker(job_verb verb, const leased_job& job,
                           const std::string& value = {}) {
    job_change wish;
    wish.verb = verb;
    wish.id = job.id;
    wish.token = job.token;
    wish.value = shared_bytes{value};
    wish.event = "token";
    return change(wish);
  }

  change_receipt by_others(job_verb verb, const std::string& id) {
    job_change wish;
    wish.verb = verb;
    wish.id = id;
    return change(wish);
  }

  std::uint64_t order(const queue_order& order) {
    const auto number = book->order(order, now);
    sweep();
    for (const auto& e : book->ended_orders())
      if (e.order == number)
        return e.jobs;
    ADD_FAILURE() << "an order was not carried out";
    return 0;
  }

  /// With its papers, as the store has them; nothing if it is unknown.
  std::optional<job_view> view(const std::string& id,
                               const std::string& tenant = {}) {
    job_query q;
    q.id = id;
    q.tenant = tenant;
    auto plan = book->view(q);
    if (!plan)
      return {};
    for (const auto& p : plan->papers)
      put_paper(plan->page.jobs[p.job], p.paper,
                read(range_of(book->spaces(), p.number, p.paper)));
    return std::move(plan->page.jobs.front());
  }

  job_state state(const std::string& id) {
    const auto v = view(id);
    return v ? v->state : job_state::count_;
  }

  records read(const record_range& range) {
    records out;
    const auto& from = stored[range.space];
    for (auto i = from.lower_bound(range.from);
         i != from.end() && i->first <= range.to; ++i)
      out.push_back({.key = i->first, .value = i->second});
    return out;
  }

  /// The names of a job's events, its end last.
  std::vector<std::string> stream(const std::string& id) {
    std::vector<std::string> out;
    const auto s = book->follow(id, {});
    if (!s)
      return {"unknown"};
    std::uint64_t number = 0;
    if (s->events > 0)
      for (auto& r :
           read(range_of_events(book->spaces(), s->number, 0, s->events))) {
        const auto e = event_of(std::move(r));
        EXPECT_GT(e.number, number);
        number = e.number;
        out.push_back(e.name);
      }
    if (s->ended) {
      EXPECT_GT(s->end.number, number);
      out.push_back(s->end.name);
    }
    return out;
  }

  queue_statistics numbers() const { return book->statistics(now); }

  std::shared_ptr<config::queue_settings> settings;
  std::unique_ptr<queue_book> book;
  std::map<std::string, space> stored;
  std::vector<std::string> faults;  ///< Of the last start.
  settled last;
  job_time now = 1'000'000;
  std::uint64_t batches = 0;
  std::uint64_t changes = 0;
};

inline queue_order order_of(queue_verb verb) {
  queue_order out;
  out.verb = verb;
  return out;
}

inline new_job job_of(const std::string& bytes) {
  new_job out;
  out.data = shared_bytes{bytes};
  return out;
}

}  // namespace troupe::testing
