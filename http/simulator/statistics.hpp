// What the simulator did, for tests to read back (`GET /_sim/stats`).
//
// Counts by key, model, status and fault, and the last attempts one by one.
// Everything is bounded: names beyond the first thousand are counted as
// "other". A key that is long enough to be a real one appears as its end only.

#pragma once

#include "http/simulator/json_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace troupe::simulator {

/// One request, answered.
struct attempt {
  std::chrono::system_clock::time_point at;
  std::string key;
  std::string model;
  std::string path;
  unsigned status = 0;
  std::string fault;  ///< Or why it was refused; empty if it went well.
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
};

/// `key` if it is too short for a secret, else `...` and its last six letters.
std::string public_name_of_key(std::string_view key);

class statistics {
public:
  /// Attempts kept: about 3 MB.
  static constexpr std::size_t attempts_max = 10'000;
  /// Different keys, models, ... counted by name.
  static constexpr std::size_t names_max = 1'000;
  /// Bytes of a model's or path's name that are kept.
  static constexpr std::size_t name_size_max = 96;

  void record(attempt one);
  /// A client left before its answer was over.
  void record_left() { ++left_; }
  void clear() { *this = statistics{}; }

  /// The counts and the last `attempts` attempts of keys that begin with `key`,
  /// oldest first.
  json report(std::size_t attempts, std::string_view key = {}) const;

private:
  using counts = std::map<std::string, std::uint64_t, std::less<>>;

  static void count(counts& in, const std::string& name);

  std::uint64_t requests_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t input_tokens_ = 0;
  std::uint64_t output_tokens_ = 0;
  counts by_key_;
  counts by_model_;
  counts by_path_;
  counts by_status_;
  counts by_fault_;
  std::deque<attempt> attempts_;
};

}  // namespace troupe::simulator
