// A child as it stands in NAME.children of its parent's queue.
//
// At first what it shall be, its own children counted in; when it has ended,
// what became of it in the place of that. Small JSON with short names, as
// job_codec.hpp has it; data and results are kept as texts, byte by byte.

#pragma once

#include "actors/flow.hpp"

#include <caf/expected.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// A child that has not ended, called `id`.
std::string record_of(const flow_child& child, std::string_view id);

/// One that has.
std::string record_of(const child_report& report);

struct child_record {
  child_view view;
  /// What it shall be, with its id, but without tenant and parent; nothing if
  /// it has ended.
  std::optional<new_job> job;
};

/// Errors: store_corrupt (what is wrong with it).
caf::expected<child_record> read_child(std::string_view record);

}  // namespace troupe
