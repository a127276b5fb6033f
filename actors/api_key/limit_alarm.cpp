#include "actors/api_key/limit_alarm.hpp"

#include <algorithm>

namespace troupe {

std::optional<double> limit_alarm::watch(key_limit limit, double used,
                                         std::span<const double> levels) {
  auto& told = told_[static_cast<std::size_t>(limit)];
  told = std::min(told, levels.size());
  while (told > 0 && used < levels[told - 1] - hysteresis)
    --told;
  std::optional<double> crossed;
  while (told < levels.size() && used >= levels[told])
    crossed = levels[told++];
  return crossed;
}

}  // namespace troupe
