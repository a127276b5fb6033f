// How a queue comes to know what it had before.

#include "actors/queue/queue.hpp"

#include <spdlog/spdlog.h>

#include <limits>
#include <utility>

namespace troupe {

namespace {

/// Of damaged records, as many are named in the log.
constexpr std::uint64_t damage_named_max = 10;

constexpr auto last_key = std::numeric_limits<std::int64_t>::max();

}  // namespace

void queue_state::start() {
  if (deps_->no_store) {
    trouble_ = deps_->no_store;
    stage_ = stage::in_trouble;
    return;
  }
  stage_ = stage::starting;
  jobs_read_ = 0;
  damaged_ = 0;
  book_.emplace(deps_->settings, queue_book_options{deps_->seed});
  schedules_ = {};
  commit(0, {});
}

void queue_state::read_jobs(std::int64_t from) {
  const auto& spaces = book_->spaces();
  record_range jobs;
  jobs.space = spaces.jobs;
  jobs.from = from;
  jobs.to = last_key;
  jobs.records_max = page_records;
  std::vector<record_range> ranges{std::move(jobs)};
  if (from == 0)
    ranges.push_back({.space = spaces.queue});
  ask(std::move(ranges), loading_read{});
}

// The next page is read while this one is understood.
void queue_state::answer(loading_read&&, record_pages& found) {
  const auto& jobs = found.front();
  const bool more = !jobs.empty() && jobs.back().key < last_key;
  if (more)
    read_jobs(jobs.back().key + 1);
  const auto at = now();
  if (found.size() > 1)
    for (const auto& r : found[1])
      note(book_->load_state(r));
  for (const auto& r : jobs)
    note(book_->load(r, at));
  jobs_read_ += jobs.size();
  if (!more)
    read_schedules(0);
}

void queue_state::note(const caf::expected<void>& understood) {
  if (!understood && ++damaged_ <= damage_named_max)
    spdlog::error("queue damaged name={} error=\"{}\"", deps_->settings->name,
                  self_->home_system().render(understood.error()));
}

void queue_state::fail(loading_read&&, const caf::error& why) {
  trouble_ = why;
  stage_ = stage::in_trouble;
  book_.reset();
  spdlog::error("queue not read name={} error=\"{}\"", deps_->settings->name,
                self_->home_system().render(why));
  for (const auto& early : std::exchange(early_, {}))
    std::visit([&why](const auto& t) { t.answer(caf::error{why}); }, early);
  next_sweep_ = steady() + retry_pause;
  self_->delayed_send(self_, retry_pause, atom::sweep_v);
}

void queue_state::open() {
  const auto at = now();
  if (jobs_read_ > 0 || schedules_.size() > 0 || damaged_ > 0)
    spdlog::info("queue read name={} jobs={} schedules={} damaged={}",
                 deps_->settings->name, jobs_read_, schedules_.size(),
                 damaged_);
  book_->begin(at);
  stage_ = stage::open;
  may_lease_ = true;
  finish(at);
  for (const auto& early : std::exchange(early_, {}))
    std::visit([this](const auto& t) { hear(t); }, early);
}

}  // namespace troupe
