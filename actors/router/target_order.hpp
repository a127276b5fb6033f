// In which order the targets of a model are tried: the strategies.
//
//   priority   smallest number first; equals share by weight
//   weighted   drawn by weight (an A/B split), and so are those that follow
//   cost       cheapest for this very call first, by estimated tokens
//   latency    fastest first byte first; one not measured of late goes first,
//              for a small part of the calls, so that it is measured
//
// Pure: what is known about the targets comes in, an order comes out. Whether a
// target may be asked at all is not decided here.

#pragma once

#include "actors/contracts.hpp"
#include "actors/router/routing.hpp"

#include <boost/container/small_vector.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace troupe {

/// Part of the calls that measure what is not known, under `latency`.
inline constexpr double exploring_share = 0.05;

/// Price of a target without one, for comparing: it comes last.
inline constexpr double price_unknown = 1e12;

struct order_inputs {
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  /// Latency of a target, if it is known.
  std::function<std::optional<std::chrono::milliseconds>(target_index)> latency;
  /// Draws from [0, 1).
  std::function<double()> random;
};

/// Enough for most models without memory of its own.
using target_list = boost::container::small_vector<target_index, 4>;

/// All targets of `m`, best first.
target_list order_of(const routing& routes, const routing::model& m,
                     const order_inputs& in);

}  // namespace troupe
