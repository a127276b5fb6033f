// The provider's memory: everything that one request changes for the next.
//
// Limits, chance, what was seen before, and the statistics. Takes the time as
// an argument; knows no lock (provider.hpp has the one around it).

#pragma once

#include "http/simulator/bounded_set.hpp"
#include "http/simulator/inbox.hpp"
#include "http/simulator/model_name.hpp"
#include "http/simulator/prompt.hpp"
#include "http/simulator/rate_limiter.hpp"
#include "http/simulator/settings.hpp"
#include "http/simulator/statistics.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe::simulator {

/// Now, on both clocks.
struct instant {
  std::chrono::steady_clock::time_point steady;
  std::chrono::system_clock::time_point wall;
};

/// A request that asks to be served.
struct visit {
  std::string_view key;
  std::uint64_t tokens = 0;  ///< In and out together.
  std::string_view model;
  model_wishes wishes;
  cache_wish cache;
};

struct verdict {
  std::uint64_t number = 0;  ///< Of this request; decides its chances.
  rate_verdict rate;
  std::optional<fault> befalls;
  bool cached = false;  ///< Whether the prompt's prefix was seen before.
};

class desk {
public:
  /// Tokens of `once`, prefixes of prompts and models that flap, remembered.
  static constexpr std::size_t memory_max = 10'000;

  explicit desk(const settings& rules);

  /// Decides what becomes of a request.
  verdict admit(const visit& by, instant now);

  /// A number for a request that is not admitted.
  std::uint64_t number() { return ++number_; }

  statistics& records() { return records_; }
  inbox& letters() { return letters_; }

  /// Forgets everything, and starts chance again from the seed.
  void reset();

private:
  std::optional<fault> draw(const visit& by, instant now);
  bool is_up(const visit& by, instant now);

  std::vector<fault_chance> chances_;
  std::uint64_t seed_;
  std::uint64_t number_ = 0;
  std::uint64_t admitted_ = 0;
  rate_limiter limiter_;
  bounded_set once_{memory_max};
  bounded_set prefixes_{memory_max};
  /// Since when each model flaps: since it was first asked for.
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> flaps_;
  statistics records_;
  inbox letters_;
};

}  // namespace troupe::simulator
