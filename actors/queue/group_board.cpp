#include "actors/queue/group_board.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr int highest = group_board::levels - 1;

}  // namespace

void group_board::put(job_group& g, const heads& h, job_time now) {
  raise(now);  // Who is due comes before who comes now.
  note_oldest(g, h.oldest);
  const auto level = level_at(h.key, now);
  if (may_go(g) && level == g.level_ && h.key == g.key_)
    return;
  withdraw(g);
  g.key_ = h.key;
  enter(g, level);
}

void group_board::park(job_group& g, const heads& h, job_time due) {
  note_oldest(g, h.oldest);
  withdraw(g);
  g.key_ = h.key;
  if (due == never)
    return;
  g.due_ = due;
  g.is_parked_ = true;
  parked_.insert(g);
}

void group_board::take_off(job_group& g) {
  withdraw(g);
  if (g.age_hook_.is_linked())
    ages_.erase(ages_.iterator_to(g));
  g.level_ = -1;
}

job_group* group_board::woken(job_time now) {
  return !parked_.empty() && parked_.begin()->due_ <= now ? &*parked_.begin()
                                                          : nullptr;
}

job_group* group_board::first(job_time now) {
  raise(now);
  for (auto level = turns_.rbegin(); level != turns_.rend(); ++level)
    if (!level->empty())
      return &*level->begin();
  return nullptr;
}

bool group_board::is_before(const job_group& a, const job_group& b) noexcept {
  return a.level_ != b.level_ ? a.level_ > b.level_ : by_turn{}(a, b);
}

void group_board::served(job_group& g) {
  auto& clock = clocks_[static_cast<std::size_t>(g.level_)];
  withdraw(g);
  // One that goes out of turn, for a tenant's wish, may be ahead of others.
  clock = std::max(clock, g.turn_);
  g.turn_ = clock + g.share_;
  g.entry_ = ++entries_;
}

std::optional<job_time> group_board::next_due() const noexcept {
  if (parked_.empty())
    return {};
  return parked_.begin()->due_;
}

std::optional<job_time> group_board::oldest() const noexcept {
  if (ages_.empty())
    return {};
  return ages_.begin()->oldest_;
}

void group_board::raise(job_time now) {
  while (!rising_.empty() && rising_.begin()->due_ <= now) {
    auto& g = *rising_.begin();
    withdraw(g);
    enter(g, level_at(g.key_, now));
  }
}

int group_board::level_at(job_time key, job_time now) const noexcept {
  if (key <= now || aging_ <= 0)
    return highest;
  const auto below = (key - now - 1) / aging_ + 1;  // Rounded up.
  return below >= highest ? 0 : highest - static_cast<int>(below);
}

std::uint64_t group_board::turn_in(const job_group& g,
                                   int level) const noexcept {
  const auto clock = clocks_[static_cast<std::size_t>(level)];
  if (g.level_ < 0)
    return clock + g.share_;
  const auto clock_there = clocks_[static_cast<std::size_t>(g.level_)];
  const auto ahead = g.turn_ > clock_there ? g.turn_ - clock_there : 0;
  return clock + std::min(ahead, g.share_);
}

void group_board::enter(job_group& g, int level) {
  const auto turn_then = turn_in(g, level);
  if (g.level_ != level || g.turn_ != turn_then)
    g.entry_ = ++entries_;
  g.turn_ = turn_then;
  g.level_ = static_cast<std::int8_t>(level);
  turns_[static_cast<std::size_t>(level)].insert(g);
  if (level == highest)
    return;
  g.due_ = g.key_ - (highest - 1 - level) * aging_;
  rising_.insert(g);
}

void group_board::withdraw(job_group& g) {
  if (may_go(g)) {
    auto& there = turns_[static_cast<std::size_t>(g.level_)];
    there.erase(there.iterator_to(g));
  }
  if (!g.rise_hook_.is_linked())
    return;
  auto& there = g.is_parked_ ? parked_ : rising_;
  there.erase(there.iterator_to(g));
  g.is_parked_ = false;
}

void group_board::note_oldest(job_group& g, job_time oldest) {
  if (g.age_hook_.is_linked()) {
    if (g.oldest_ == oldest)
      return;
    ages_.erase(ages_.iterator_to(g));
  }
  g.oldest_ = oldest;
  ages_.insert(g);
}

}  // namespace troupe
