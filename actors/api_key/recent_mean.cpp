#include "actors/api_key/recent_mean.hpp"

#include <algorithm>
#include <cmath>

namespace troupe {

void recent_mean::add(milliseconds value, time_point now) {
  const auto ms = static_cast<double>(value.count());
  if (last_) {
    const std::chrono::duration<double> passed = now - *last_;
    const std::chrono::duration<double> whole = memory;
    mean_ms_ += (ms - mean_ms_) * (1 - std::exp(-passed / whole));
  } else {
    mean_ms_ = ms;
  }
  last_ = now;
}

recent_mean::milliseconds recent_mean::value() const {
  if (!last_)
    return milliseconds{0};
  return milliseconds{std::max(1ll, std::llround(mean_ms_))};
}

}  // namespace troupe
