// What the caches hold and did, for whoever wants to see it.
//
// Asked rarely, by people and their scripts: a messenger actor is spawned for
// each question, carries it to the desk and back, and is gone.

#pragma once

#include "actors/contracts.hpp"
#include "http/routes/lane.hpp"
#include "http/task.hpp"

#include <array>
#include <string>

namespace troupe::http {

inline constexpr auto cache_space_count =
    static_cast<std::size_t>(cache_space::count_);

/// By `cache_space`.
using space_statistics = std::array<cache_statistics, cache_space_count>;

struct cache_counts {
  space_statistics of_tenant;
  space_statistics of_all;
};

/// Zeros for what does not answer in time.
task<cache_counts> count_caches(lane& l, executor where, std::string tenant);

}  // namespace troupe::http
