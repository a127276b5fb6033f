// What the states of the parts mean for whoever watches the node.
//
// A brain: reports of the parts come in, checks with a status and a sentence
// come out. The worst check is the whole's.

#pragma once

#include "actors/contracts.hpp"
#include "actors/job.hpp"
#include "runtime/health_report.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// One provider, from how its keys stand; nothing if its pool did not answer.
///
///   every key usable            healthy
///   some resting or spent       degraded
///   none usable                 unhealthy
///   none usable, and all dead,
///   or no answer                critical
health_check check_provider(const std::string& provider,
                            const std::optional<std::vector<key_status>>& keys);

/// All queues, from their numbers by name; nothing of one that did not answer.
///
///   every queue takes jobs in, or is about to       healthy
///   some refuse, or do not answer                   degraded
health_check check_queues(
    const std::map<std::string, std::optional<queue_statistics>>& queues);

/// The log, from how many lines it had to drop since the last check.
health_check check_log(std::uint64_t dropped);

}  // namespace troupe
