#include "actors/api_key/limit_window.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace troupe {

bool limit_window::fits(std::uint64_t amount, time_point now) {
  if (limit_ == 0)
    return true;
  forget(now);
  const auto taken = booked_ + held_;
  return taken <= limit_ && clamped(amount) <= limit_ - taken;
}

std::optional<limit_window::time_point>
limit_window::fits_at(std::uint64_t amount, time_point now) {
  if (fits(amount, now))
    return now;
  auto taken = booked_ + held_;
  for (const auto& l : lines_) {
    taken -= l.amount;
    if (taken <= limit_ && clamped(amount) <= limit_ - taken)
      return l.last + length_;
  }
  return std::nullopt;
}

void limit_window::book(std::uint64_t amount, time_point now) {
  forget(now);
  amount = std::min(amount, amount_max);
  booked_ += amount;
  if (!lines_.empty() && now - lines_.back().first < length_ / resolution) {
    lines_.back().last = now;
    lines_.back().amount += amount;
  } else {
    lines_.push_back({now, now, amount});
  }
}

void limit_window::unbook(std::uint64_t amount) {
  amount = std::min(amount, amount_max);
  assert(!lines_.empty() && lines_.back().amount >= amount);
  lines_.back().amount -= amount;
  booked_ -= amount;
}

void limit_window::hold(std::uint64_t amount) {
  held_ += std::min(amount, amount_max);
}

void limit_window::release(std::uint64_t amount) {
  amount = std::min(amount, amount_max);
  assert(held_ >= amount);
  held_ -= amount;
}

void limit_window::book_held(time_point now) {
  if (held_ > 0)
    book(held_, now);
  held_ = 0;
}

std::uint64_t limit_window::free(time_point now) {
  forget(now);
  const auto taken = booked_ + held_;
  if (limit_ == 0 || taken == 0)
    return std::numeric_limits<std::uint64_t>::max();
  return limit_ - std::min(taken, limit_);
}

double limit_window::free_share(time_point now) {
  if (limit_ == 0)
    return 1;
  forget(now);
  const auto taken = std::min(booked_ + held_, limit_);
  return static_cast<double>(limit_ - taken) / static_cast<double>(limit_);
}

void limit_window::forget(time_point now) {
  while (!lines_.empty() && now - lines_.front().last >= length_) {
    booked_ -= lines_.front().amount;
    lines_.pop_front();
  }
}

}  // namespace troupe
