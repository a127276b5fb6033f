#include "runtime/store/sqlite_schema.hpp"

#define XXH_INLINE_ALL
#include <algorithm>
#include <array>
#include <xxhash.h>

namespace troupe::sqlite {

namespace {

constexpr std::array history{
    // 1: counts its commits.
    std::string_view{"CREATE TABLE store (id INTEGER PRIMARY KEY, "
                     "commits INTEGER NOT NULL);"
                     "INSERT INTO store VALUES (1, 0);"},
};

constexpr std::size_t space_name_size_max = 128;

caf::error refusal(const connection& c, const std::string& why) {
  return caf::make_error(errc::store_failed, c.file().string() + ": " + why);
}

/// Finds out the file's version; 0 if there is nothing in it yet.
caf::expected<std::int64_t> version_of(connection& c, migrations all) {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t tables = 0;
  if (c.ask("PRAGMA application_id", application) != SQLITE_OK
      || c.ask("PRAGMA user_version", version) != SQLITE_OK
      || c.ask("SELECT count(*) FROM sqlite_schema", tables) != SQLITE_OK)
    return c.fault("cannot read its header");
  if (application == 0 && version == 0 && tables == 0)
    return 0;
  if (application != application_id)
    return refusal(c, "this is not a store of troupe");
  const auto known = static_cast<std::int64_t>(all.size());
  if (version > known)
    return refusal(c, "written by a newer troupe (schema "
                          + std::to_string(version) + ", this one knows "
                          + std::to_string(known) + ')');
  if (version < 1)
    return refusal(c, "its schema has no version");
  return version;
}

bool migrate(connection& c, migrations all, std::int64_t from) {
  for (const auto step : all.subspan(static_cast<std::size_t>(from)))
    if (c.run(std::string{step}) != SQLITE_OK)
      return false;
  const auto to = std::to_string(all.size());
  return c.run("PRAGMA application_id = " + std::to_string(application_id))
             == SQLITE_OK
         && c.run("PRAGMA user_version = " + to) == SQLITE_OK
         && c.run("COMMIT") == SQLITE_OK;
}

}  // namespace

migrations schema() noexcept {
  return history;
}

caf::expected<void> bring_forward(connection& c, migrations all) {
  const auto version = version_of(c, all);
  if (!version)
    return version.error();
  if (*version == static_cast<std::int64_t>(all.size()))
    return {};
  if (c.run("BEGIN IMMEDIATE") != SQLITE_OK)
    return c.fault("cannot bring it to this version");
  if (migrate(c, all, *version))
    return {};
  auto why = c.fault("cannot bring it to this version");
  c.run("ROLLBACK");
  return why;
}

caf::expected<void> recognize(connection& c, migrations all) {
  const auto version = version_of(c, all);
  if (!version)
    return version.error();
  if (*version == 0)
    return refusal(c, "there is nothing in it");
  return {};
}

bool is_space_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'
           || c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= space_name_size_max
         && std::all_of(name.begin(), name.end(), allowed);
}

std::string table_of(std::string_view name) {
  return "\"space." + std::string{name} + '"';
}

std::int64_t seal_of(std::int64_t key, std::string_view value) noexcept {
  const auto whole = XXH3_64bits_withSeed(value.data(), value.size(),
                                          static_cast<XXH64_hash_t>(key));
  return static_cast<std::int32_t>(whole);  // Four bytes in the file.
}

}  // namespace troupe::sqlite
