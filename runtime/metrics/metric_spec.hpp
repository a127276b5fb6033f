// What a metric is: the form of the lines that runtime/metrics/catalog.hpp
// lists.
//
// Labels are part of the declaration, so that whoever asks for an instrument
// gives as many values as there are labels, and nobody invents one.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe {

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

/// The most labels one metric has; more would multiply into too many series.
inline constexpr std::size_t metric_labels_max = 4;

struct metric_spec {
  std::string_view name;
  metric_kind kind;
  std::string_view help;  ///< One sentence.
  /// Label names; the first empty one ends the list. Each takes few values:
  /// what the configuration names, or the names of one of our enums.
  std::array<std::string_view, metric_labels_max> labels{};
};

}  // namespace troupe
