#include "actors/queue/queue_book.hpp"

#include "actors/queue/inside.hpp"
#include "runtime/errc.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe {

namespace {

/// Jobs that are too many and go with one batch.
constexpr std::size_t evictions_max = 10'000;

}  // namespace

queue_book::inside::inside(queue_settings_ptr its_settings,
                           const queue_book_options& options)
    : settings(std::move(its_settings)), spaces(settings->name), line(settings),
      finished(*settings), random(options.seed) {}

queue_book::queue_book(queue_settings_ptr settings,
                       const queue_book_options& options)
    : in_(std::make_unique<inside>(std::move(settings), options)) {}

queue_book::~queue_book() = default;

void queue_book::adopt(queue_settings_ptr settings, job_time now) {
  auto& in = *in_;
  assert(settings->name == in.settings->name);
  in.settings = std::move(settings);
  in.line.adopt(in.settings, now);
  in.finished.adopt(*in.settings);
  in.has_to_trim = true;
}

const queue_spaces& queue_book::spaces() const {
  return in_->spaces;
}

void queue_book::write(std::string_view space,
                       std::vector<record_change> changes) {
  in_->disk.beside(space, std::move(changes));
}

job_tally queue_book::tally() {
  return std::exchange(in_->happened, {});
}

// -- time --------------------------------------------------------------------

bool queue_book::sweep(job_time now) {
  auto& in = *in_;
  auto budget = inside::slice;
  for (; budget > 0 && !in.delayed.empty() && in.delayed.begin()->order <= now;
       --budget)
    in.wake(*in.delayed.begin(), now);
  for (; budget > 0 && !in.leased.empty() && in.leased.begin()->order <= now;
       --budget)
    in.take_back(*in.leased.begin(), now);
  for (; budget > 0; --budget) {
    auto* job = in.finished.too_old(now);
    if (job == nullptr && in.has_to_trim)
      job = in.finished.too_many();
    if (job == nullptr)
      break;
    in.forget(*job, now);
  }
  if (budget > 0)
    in.has_to_trim = false;
  in.go_on_with_orders(budget, now);
  return budget == 0 || !in.orders.empty();
}

std::optional<job_time> queue_book::next_call(job_time now) const {
  const auto& in = *in_;
  if (!in.orders.empty() || in.has_to_trim)
    return now;
  std::optional<job_time> out;
  const auto at = [&out](job_time t) {
    out = out ? std::min(*out, t) : t;
  };
  if (!in.delayed.empty() && in.delayed.begin()->order != inside::never)
    at(in.delayed.begin()->order);
  if (!in.leased.empty())
    at(in.leased.begin()->order);
  if (const auto age = in.finished.next_age())
    at(*age);
  if (!in.to_place.empty())
    at(in.to_place.begin()->first);
  if (!in.untold.empty() && in.untold.begin()->order != inside::never)
    at(in.untold.begin()->order);
  if (const auto rate = in_->line.next_call(now); rate && in.may_lease)
    at(*rate);
  if (in.refusal && !in.disk.in_flight() && !in.disk.empty())
    at(in.retry_at);
  return out;
}

// -- the disk ----------------------------------------------------------------

std::optional<cut_batch> queue_book::cut(job_time now) {
  auto& in = *in_;
  if (in.disk.in_flight() || in.disk.empty()
      || (in.refusal && now < in.retry_at))
    return {};
  for (std::size_t i = 0; i < evictions_max; ++i) {
    auto* job = in.finished.too_many();
    if (job == nullptr)
      break;
    in.forget(*job, now);
  }
  return cut_batch{.number = ++in.last_batch, .batch = in.disk.cut(in.roll)};
}

settled queue_book::settle(std::uint64_t number, const caf::error& why,
                           job_time now) {
  auto& in = *in_;
  settled out;
  if (number != in.last_batch || !in.disk.in_flight())
    return out;
  in.refusal = why;
  if (why) {
    in.retry_at = now + retry_pause_ms;
    const auto given_up = in.disk.failed();
    for (auto* job : given_up)
      job->set(job_mark::forgotten);
    for (auto* job : given_up) {
      out.dropped.push_back(job->number);
      in.give_up(*job, now);
    }
    return out;
  }
  in.may_lease = true;
  out.streams = in.disk.buried();
  for (const auto& w : in.disk.stored()) {
    auto& job = *w.job;
    if (job.is(job_mark::fresh)) {
      job.clear(job_mark::fresh);
      ++in.happened.added;
      ++in.totals.added_total;
      in.place(job, now);
      in.place_children(job, now);
    }
    in.note_stored(job, w, now, out);
  }
  out.leasable = in.line.size() > 0;
  return out;
}

void queue_book::inside::note_stored(kept_job& job, const unwritten::written& w,
                                     job_time now, settled& out) {
  if (!job.rare)
    return;
  auto& rare = *job.rare;
  const auto has_more = w.events > rare.events_stored;
  rare.events_stored = w.events;
  const auto has_ended = is_over(job.state) && job.state == w.state
                         && rare.events == w.events
                         && !job.is(job_mark::end_stored);
  if (has_ended) {
    job.set(job_mark::end_stored);
    if (is_untold(job))
      tell_parent(job, now);
  }
  if (has_more || has_ended)
    out.streams.push_back(job.number);
}

std::uint64_t queue_book::rides() const {
  const auto& in = *in_;
  return in.disk.empty() && !in.disk.in_flight()
             ? 0
             : in.last_batch + in.disk.batches();
}

const caf::error& queue_book::refusal() const {
  return in_->refusal;
}

}  // namespace troupe
