// Opens the durable state of a node.

#pragma once

#include "actors/durable_state.hpp"

#include <filesystem>

namespace troupe {

/// Opens the queues' store in `directory`, which is made, for the owner alone,
/// if it is not there. If it cannot be opened, the log says why, and so does
/// the result.
durable_state open_durable_state(const std::filesystem::path& directory);

}  // namespace troupe
