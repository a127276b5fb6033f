#include "actors/queue/ready_line.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe {

namespace {

rate_window::limit limit_of(const config::job_rate_settings& s) {
  return {s.max, s.per.count()};
}

rate_window::limit limit_of(const config::group_rate_settings& s) {
  return {s.max, s.per.count()};
}

}  // namespace

ready_line::ready_line(settings_ptr settings) : settings_(std::move(settings)) {
  board_.set_aging(settings_->aging.count());
}

void ready_line::join(kept_job& j, std::string_view tenant,
                      std::string_view group) {
  j.group = &roll_.enter(tenant, group);
}

void ready_line::leave(kept_job& j, job_time now) {
  roll_.leave(*std::exchange(j.group, nullptr), limit_of(settings_->group_rate),
              now);
}

void ready_line::add(kept_job& j, job_time now) {
  auto& g = *j.group;
  j.order = j.rank;
  auto lane =
      std::find_if(g.lanes_.begin(), g.lanes_.end(),
                   [&j](const auto& l) { return l.priority <= j.priority; });
  if (lane == g.lanes_.end() || lane->priority != j.priority) {
    lane = g.lanes_.emplace(lane);
    lane->priority = j.priority;
  }
  lane->jobs.insert(lane->jobs.end(), j);
  ++g.waiting_;
  ++size_;
  if (&*lane->jobs.begin() == &j)
    place(g, now);
}

void ready_line::remove(kept_job& j, job_time now) {
  take_out(j);
  place(*j.group, now);
}

kept_job* ready_line::take(job_time now, std::string_view tenant) {
  if (is_held_back() || queue_free_at(now) > now)
    return nullptr;
  wake(now);
  auto* g = board_.first(now);
  if (g == nullptr || tenant.empty())
    return g == nullptr ? nullptr : begin(*g, now);
  auto* theirs = roll_.of(tenant);
  if (theirs == nullptr)
    return nullptr;
  job_group* best = nullptr;
  for (const auto& [name, candidate] : *theirs)
    if (group_board::may_go(*candidate)
        && (best == nullptr || group_board::is_before(*candidate, *best)))
      best = candidate.get();
  return best == nullptr ? nullptr : begin(*best, now);
}

void ready_line::resume(kept_job& j, job_time began, job_time now) {
  count_begin(*j.group, std::min(began, now));
  place(*j.group, now);
}

void ready_line::gone(kept_job& j, job_time now) {
  auto& g = *j.group;
  assert(g.active_ > 0);
  --g.active_;
  --active_;
  if (!group_board::may_go(g))
    place(g, now);
}

std::optional<job_time> ready_line::next_call(job_time now) {
  if (size_ == 0 || is_held_back())
    return {};
  wake(now);
  const auto free_at = queue_free_at(now);
  if (board_.first(now) != nullptr)
    return free_at > now ? std::optional{free_at} : std::nullopt;
  const auto due = board_.next_due();
  return due ? std::optional{std::max(*due, free_at)} : std::nullopt;
}

void ready_line::adopt(settings_ptr settings, job_time now) {
  settings_ = std::move(settings);
  board_.set_aging(settings_->aging.count());
  roll_.for_each([this, now](job_group& g) { place(g, now); });
}

bool ready_line::is_held_back() const noexcept {
  return is_paused_ || size_ == 0
         || (settings_->concurrency > 0 && active_ >= settings_->concurrency);
}

job_time ready_line::queue_free_at(job_time now) const noexcept {
  return rate_.free_at(limit_of(settings_->rate), now);
}

void ready_line::wake(job_time now) {
  while (auto* g = board_.woken(now))
    place(*g, now);
}

void ready_line::place(job_group& g, job_time now) {
  const auto* first = first_of(g);
  if (first == nullptr) {
    board_.take_off(g);
    return;
  }
  g.share_ = share_of(g);
  const group_board::heads heads{key_of(*first), oldest_of(g)};
  if (settings_->group_concurrency > 0
      && g.active_ >= settings_->group_concurrency) {
    board_.park(g, heads, group_board::never);
    return;
  }
  const auto free_at =
      g.rate_ ? g.rate_->free_at(limit_of(settings_->group_rate), now) : now;
  if (free_at > now)
    board_.park(g, heads, free_at);
  else
    board_.put(g, heads, now);
}

kept_job* ready_line::begin(job_group& g, job_time now) {
  auto& j = *first_of(g);
  take_out(j);
  count_begin(g, now);
  board_.served(g);
  place(g, now);
  return &j;
}

void ready_line::take_out(kept_job& j) {
  auto& g = *j.group;
  const auto lane =
      std::find_if(g.lanes_.begin(), g.lanes_.end(),
                   [&j](const auto& l) { return l.priority == j.priority; });
  assert(lane != g.lanes_.end() && j.hook.is_linked());
  lane->jobs.erase(lane->jobs.iterator_to(j));
  --g.waiting_;
  --size_;
}

void ready_line::count_begin(job_group& g, job_time at) {
  ++g.active_;
  ++active_;
  rate_.begun(limit_of(settings_->rate), at);
  if (settings_->group_rate.max == 0)
    return;
  if (!g.rate_)
    g.rate_ = std::make_unique<rate_window>();
  g.rate_->begun(limit_of(settings_->group_rate), at);
}

job_time ready_line::key_of(const kept_job& j) const noexcept {
  return j.rank + (priority_max - j.priority) * settings_->aging.count();
}

kept_job* ready_line::first_of(job_group& g) const noexcept {
  kept_job* first = nullptr;
  // Of equal keys who waits longer, else the larger priority, whose lane is
  // before the other's.
  const auto place = [this](const kept_job& j) {
    return std::pair{key_of(j), j.rank};
  };
  for (auto& lane : g.lanes_)
    if (!lane.jobs.empty()
        && (first == nullptr || place(*lane.jobs.begin()) < place(*first)))
      first = &*lane.jobs.begin();
  return first;
}

job_time ready_line::oldest_of(const job_group& g) noexcept {
  auto oldest = group_board::never;
  for (const auto& lane : g.lanes_)
    if (!lane.jobs.empty())
      oldest = std::min(oldest, lane.jobs.begin()->rank);
  return oldest;
}

std::uint64_t ready_line::share_of(const job_group& g) const {
  const auto& weights = settings_->weights;
  if (weights.empty())
    return group_board::turn;
  const auto found = weights.find(g.name.empty() ? g.tenant : g.name);
  const std::uint64_t weight = found == weights.end() ? 1 : found->second;
  return std::max<std::uint64_t>(1, group_board::turn
                                        / std::max<std::uint64_t>(1, weight));
}

}  // namespace troupe
