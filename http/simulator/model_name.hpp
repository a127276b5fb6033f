// What a model's name asks of the simulator.
//
// A name that begins with `sim-` is read word by word; the words and their
// meaning are one table in README.md, and any number of them combine:
// `sim-tokens-200-stall` is an answer of 200 tokens that stalls in its middle.
// Every other name, and every word not in the table, is an ordinary model.

#pragma once

#include "http/simulator/fault.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::simulator {

/// Longest answer a name may ask for: about 400 kB, enough to outgrow every
/// buffer on the way.
inline constexpr std::uint64_t tokens_asked_max = 100'000;

/// A target that fails by the clock: well for a while, ill for a while, and
/// again.
struct flap_spans {
  std::chrono::milliseconds up{0};
  std::chrono::milliseconds down{0};
};

/// The wishes in a model's name.
struct model_wishes {
  std::optional<fault> fails;
  /// Chance that `fails` happens; 1 but for `flaky`.
  double chance = 1;
  /// With `once`: `fails` happens only the first time this token is seen.
  std::optional<std::string> once;
  /// With `flap`: `fails` happens only while the model is down.
  std::optional<flap_spans> flap;
  /// Longest prompt in tokens, instead of the provider's own limit.
  std::optional<std::uint64_t> window;
  /// Exact length of the answer in tokens.
  std::optional<std::uint64_t> tokens;
  /// With `slow`: the first token is late and the rest come slowly.
  bool slow = false;
  /// With `think`: the model thinks without being asked to.
  bool thinks = false;
};

/// Reads a model's name. Never fails.
model_wishes read_model_name(std::string_view name);

}  // namespace troupe::simulator
