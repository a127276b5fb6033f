// Copies of a store, and whether one is whole.
//
// A copy is of one moment, and one file. It takes its name only once it is
// whole, examined and on the disk: what bears that name may be relied on. The
// original may be in use meanwhile, also by another process; its log grows for
// so long, because nothing that the copy has yet to read is moved.

#pragma once

#include "runtime/store/sqlite.hpp"

#include <filesystem>
#include <stop_token>

namespace troupe::sqlite {

/// Reads all there is: whether the trees hang together and every value is what
/// was written. A stop ends it early. Errors: store_corrupt (what),
/// store_failed.
caf::expected<void> examine(connection& c, const std::stop_token& until = {});

/// As above, of a store in a file, which is recognized first.
caf::expected<void> examine(const std::filesystem::path& file,
                            const std::stop_token& until = {});

/// Makes `to`, a copy of the store in `from`. Errors: store_failed: `to` is
/// there already, or there is no store in `from`; store_corrupt, store_full.
caf::expected<void> copy(const std::filesystem::path& from,
                         const std::filesystem::path& to);

}  // namespace troupe::sqlite
