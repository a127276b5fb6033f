#include "actors/worker_pool/pool_scaler.hpp"

#include <algorithm>

namespace troupe {

pool_scaler::pool_scaler(const config::worker_settings& settings)
    : settings_(settings), wanted_(within(settings.count)) {}

void pool_scaler::adopt(const config::worker_settings& settings) {
  if (settings.count != settings_.count && !by_hand_)
    wanted_ = settings.count;
  settings_ = settings;
  wanted_ = within(wanted_);
}

void pool_scaler::set(std::uint32_t count) {
  by_hand_ = count > 0;
  calm_ = 0;
  if (by_hand_)
    wanted_ = within(count);
}

void pool_scaler::look(const queue_statistics& queue) {
  if (by_hand_ || queue.paused)
    return;
  const auto age = static_cast<std::uint64_t>(
      std::max<std::int64_t>(settings_.scale_up_age.count(), 1));
  const bool is_late = queue.oldest_waiting_ms >= age;
  if (is_late || queue.waiting > settings_.scale_up_above) {
    calm_ = 0;
    wanted_ = within(wanted_ + std::max(wanted_ / 2, 1u));
  } else if (queue.waiting >= settings_.scale_down_below) {
    calm_ = 0;
  } else if (++calm_ >= calm_looks) {
    calm_ = 0;
    wanted_ = within(wanted_ > 0 ? wanted_ - 1 : 0);
  }
}

std::uint32_t pool_scaler::within(std::uint32_t count) const {
  return std::clamp(count, settings_.min,
                    std::max(settings_.min, settings_.max));
}

}  // namespace troupe
