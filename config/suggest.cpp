#include "config/suggest.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace troupe::config {
namespace {

// Levenshtein's, with one row. Both names are at most suggestion_size_max long.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, suggestion_size_max + 1> row;
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view name,
                         std::span<const std::string_view> known) {
  if (name.size() > suggestion_size_max)
    return {};
  std::string_view best;
  auto best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto candidate : known) {
    if (candidate.size() > suggestion_size_max)
      continue;
    if (const auto d = distance(name, candidate); d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace troupe::config
