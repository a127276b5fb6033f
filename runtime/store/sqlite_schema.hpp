// How a store is laid out in an SQLite file, and how an old file becomes one of
// today.
//
// A space is a table "space.NAME": the key is the row's number, the value a
// blob, `seal` a hash of both, because SQLite would not notice a byte that
// turned over inside a value. The table "store" has one row: how many commits
// there have been.
//
// The header's application_id says that the file is ours, user_version by which
// schema. An older file is brought forward when it is opened, in one
// transaction; a newer one is refused, as is one of another program.

#pragma once

#include "runtime/store/sqlite.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace troupe::sqlite {

/// "trpe" in the header of every store.
inline constexpr std::int64_t application_id = 0x74727065;

/// What brings a file from the version before to the one of its place in the
/// list, counted from 1.
using migrations = std::span<const std::string_view>;

/// The schema's history. Append only.
migrations schema() noexcept;

/// Brings the file behind `c` to the last version. A file without anything in
/// it is at version 0. Errors: store_failed: a newer version, or not ours;
/// those of writing.
caf::expected<void> bring_forward(connection& c, migrations all);

/// As above, but changes nothing: whether the file is a store of a version that
/// this program can read or bring forward.
caf::expected<void> recognize(connection& c, migrations all);

/// Whether `name` may name a space.
bool is_space_name(std::string_view name) noexcept;

/// A space's table, quoted. @pre is_space_name(name)
std::string table_of(std::string_view name);

/// What is stored beside a value to know it by.
std::int64_t seal_of(std::int64_t key, std::string_view value) noexcept;

}  // namespace troupe::sqlite
