// What a running node cannot change about itself.
//
// Threads, sockets, the log, the rhythm of health checks, the number of cache
// shards, what they began with and what finds meanings are set up once; so is
// which queues there are and who does their jobs. A configuration that asks for
// others is applied without them, and they are named, so that nobody believes
// what is not so.

#pragma once

#include "config/settings.hpp"

#include <string_view>
#include <vector>

namespace troupe {

/// Paths of the settings that differ and need a restart.
std::vector<std::string_view> needing_restart(const config::settings& now,
                                              const config::settings& next);

/// `next` as a node that runs with `now` can have it. A queue that did not
/// change is the same object.
config::settings without_restart(const config::settings& now,
                                 config::settings next);

}  // namespace troupe
