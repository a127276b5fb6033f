// What operators have done to many jobs: in the order of numbers, in slices.
// Jobs that come after the order was given are not meant.

#include "actors/queue/inside.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

/// Which state a job has to be in.
bool fits_state(const queue_order& o, job_state s) {
  switch (o.verb) {
  case queue_verb::drain:
    return s == job_state::waiting
           || (o.also_delayed && s == job_state::delayed);
  case queue_verb::clean:
    return s == o.state && s != job_state::active;
  case queue_verb::redrive:
    return s == (o.state == job_state::failed ? o.state : job_state::dead);
  case queue_verb::purge:
    return s == job_state::dead;
  default:
    return false;
  }
}

/// Since when it is what it is.
job_time since(const kept_job& job) {
  return is_over(job.state) ? job.rare->finished_at : job.created_at;
}

}  // namespace

std::uint64_t queue_book::order(const queue_order& order, job_time now) {
  auto& in = *in_;
  const auto number = ++in.last_order;
  if (order.verb == queue_verb::pause || order.verb == queue_verb::resume) {
    const auto on = order.verb == queue_verb::pause;
    if (in.memory.paused != on) {
      in.memory.paused = on;
      in.line.pause(on);
      in.write_memory();
    }
    in.orders_ended.push_back({.order = number, .jobs = 0});
    return number;
  }
  in.orders.push_back({.number = number,
                       .order = order,
                       .given_at = now,
                       .next = 0,
                       .last = in.last_number,
                       .jobs = 0});
  return number;
}

std::vector<ended_order> queue_book::ended_orders() {
  return std::exchange(in_->orders_ended, {});
}

void queue_book::inside::go_on_with_orders(std::size_t& budget, job_time now) {
  while (!orders.empty() && budget > 0) {
    auto& r = orders.front();
    if (!go_on(r, budget, now))
      return;
    orders_ended.push_back({.order = r.number, .jobs = r.jobs});
    orders.pop_front();
  }
}

bool queue_book::inside::go_on(running_order& r, std::size_t& budget,
                               job_time now) {
  const auto& ids = r.order.ids;
  for (; budget > 0; --budget) {
    if (r.order.limit != 0 && r.jobs == r.order.limit)
      return true;
    kept_job* job = nullptr;
    if (!ids.empty()) {
      if (r.next == ids.size())
        return true;
      job = find(ids[r.next++], r.order.tenant, {});
      if (job == nullptr)
        continue;
    } else {
      job = roll.first_from(r.next);
      if (job == nullptr || job->number > r.last)
        return true;
      r.next = job->number + 1;
    }
    if (is_meant(*job, r)) {
      carry_out(*job, r, now);
      ++r.jobs;
    }
  }
  return false;
}

bool queue_book::inside::is_meant(const kept_job& job,
                                  const running_order& r) const {
  const auto& o = r.order;
  if (job.is(job_mark::fresh) || !fits_state(o, job.state))
    return false;
  if (job.is(job_mark::leaving) && o.verb != queue_verb::redrive)
    return false;  // It is forgotten as soon as may be.
  if (!o.tenant.empty() && job.group->tenant != o.tenant)
    return false;
  if (o.verb == queue_verb::drain)
    return true;
  if (since(job) > r.given_at - delay_span(o.older_than_ms))
    return false;
  if (o.verb == queue_verb::clean)
    return true;
  return (o.name.empty() || job.called() == o.name)
         && (o.error_contains.empty()
             || job.rare->error.find(o.error_contains) != std::string::npos);
}

void queue_book::inside::carry_out(kept_job& job, const running_order& r,
                                   job_time now) {
  if (r.order.verb == queue_verb::redrive)
    revive(job, now);
  else
    remove(job, now);
}

}  // namespace troupe
