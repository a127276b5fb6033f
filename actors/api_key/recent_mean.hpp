// A mean in which what is long ago weighs little.
//
// Each new value weighs the more the longer ago the last one came: after
// `memory` without any, the old mean has lost two thirds of its weight. So the
// mean is one over time, not over counts: a burst of answers moves it no more
// than a single one that took as long.

#pragma once

#include <chrono>
#include <optional>

namespace troupe {

class recent_mean {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using milliseconds = std::chrono::milliseconds;

  /// Long enough to outlast one slow answer among quick ones, short enough to
  /// notice within half a minute that a provider has become slow.
  static constexpr milliseconds memory = std::chrono::seconds{30};

  /// Takes a value into account. @pre time does not run backwards.
  void add(milliseconds value, time_point now);

  /// The mean, at least 1 ms; 0 if there was no value yet.
  milliseconds value() const;

private:
  double mean_ms_ = 0;
  std::optional<time_point> last_;
};

}  // namespace troupe
