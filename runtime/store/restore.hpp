// A backup takes a store's place.
//
// Nothing is deleted: a store that is there is moved aside, on request only.
// Nothing is changed before the backup has been copied beside it and the copy
// read from end to end. A process that has the store keeps it: restoring is
// refused meanwhile.

#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <filesystem>

namespace troupe {

/// What becomes of a store that is there already.
enum class old_store : std::uint8_t { refuses, moves_aside };

/// Where an old store went; empty: there was none.
struct restore_receipt {
  std::filesystem::path moved_to;
};

/// Puts a copy of the backup `from` in the place of the store `to`, whose
/// directory is made if need be. Errors: store_failed: there is a store, or a
/// process has it; store_corrupt: the backup is damaged; store_full.
caf::expected<restore_receipt> restore_store(const std::filesystem::path& from,
                                             const std::filesystem::path& to,
                                             old_store what_becomes);

}  // namespace troupe
