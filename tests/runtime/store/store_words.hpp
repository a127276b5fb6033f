// What tests of stores need: a directory of their own, changes in few words,
// and what errors say (runtime/error_words.hpp).

#pragma once

#include "runtime/error_words.hpp"
#include "runtime/store/store.hpp"
#include "tests/support/scratch.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <utility>

namespace troupe::testing {

inline constexpr auto key_min = std::numeric_limits<std::int64_t>::min();
inline constexpr auto key_max = std::numeric_limits<std::int64_t>::max();

inline record_change put(std::int64_t key, std::string value) {
  return {key, std::move(value)};
}

inline record_change erase(std::int64_t from, std::int64_t until) {
  return {from, std::nullopt, until};
}

inline record_range all_of(std::string space) {
  return {.space = std::move(space), .from = key_min, .to = key_max};
}

inline std::uint64_t store_seed() {
  const char* const given = std::getenv("STORE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10)
                          : std::random_device{}();
}

}  // namespace troupe::testing
