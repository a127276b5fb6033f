#include "runtime/store/sqlite_copy.hpp"

#include "runtime/store/sqlite_schema.hpp"
#include "runtime/store/store_lock.hpp"

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace troupe::sqlite {

namespace {

using namespace std::chrono_literals;

/// For another program to end a transaction.
constexpr auto busy_timeout = 5s;

/// Steps of SQLite's machine between two looks at whether to stop: about 1 ms.
constexpr int steps_between_looks = 50'000;

int wants_stop(void* token) {
  return static_cast<const std::stop_token*>(token)->stop_requested() ? 1 : 0;
}

caf::error corrupt(const connection& c, const std::string& what) {
  return caf::make_error(errc::store_corrupt, c.file().string() + ": " + what);
}

caf::expected<void> examine_trees(connection& c) {
  statement check;
  if (c.prepare("PRAGMA quick_check(1)", check) != SQLITE_OK
      || check.step() != SQLITE_ROW)
    return c.fault("cannot examine");
  const std::string finding{check.bytes(0)};
  if (finding != "ok")
    return corrupt(c, finding);
  return {};
}

caf::expected<void> examine_space(connection& c, const std::string& table) {
  statement rows;
  if (c.prepare("SELECT key, value, seal FROM \"" + table + '"', rows)
      != SQLITE_OK)
    return c.fault("cannot examine");
  int code = rows.step();
  for (; code == SQLITE_ROW; code = rows.step())
    if (rows.number(2) != seal_of(rows.number(0), rows.bytes(1)))
      return corrupt(c, "record " + std::to_string(rows.number(0)) + " of "
                            + table + " is not what was written");
  if (code != SQLITE_DONE)
    return c.fault("cannot examine");
  return {};
}

caf::expected<void> examine_values(connection& c) {
  statement tables;
  if (c.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'"
                " AND name GLOB 'space.*'",
                tables)
      != SQLITE_OK)
    return c.fault("cannot examine");
  std::vector<std::string> names;
  int code = tables.step();
  for (; code == SQLITE_ROW; code = tables.step())
    names.emplace_back(tables.bytes(0));
  if (code != SQLITE_DONE)
    return c.fault("cannot examine");
  for (const auto& name : names)
    if (auto done = examine_space(c, name); !done)
      return done;
  return {};
}

/// A store that is there, to be read.
caf::expected<connection> open_store(const std::filesystem::path& file) {
  auto c = connection::open(file, access::read, busy_timeout);
  if (!c)
    return c;
  if (auto known = recognize(*c, schema()); !known)
    return known.error();
  return c;
}

caf::expected<void> copy_pages(connection& from, connection& to) {
  auto* const copying =
      sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (copying == nullptr)
    return to.fault("cannot copy");
  const int code = sqlite3_backup_step(copying, -1);  // All of one moment.
  sqlite3_backup_finish(copying);
  if (code == SQLITE_DONE)
    return {};
  // Faults of reading, too, are told by the one that writes.
  return to.fault("cannot copy");
}

caf::expected<void> fill(connection& from, const std::filesystem::path& file) {
  auto to = connection::open(file, access::write, busy_timeout);
  if (!to)
    return to.error();
  // Whoever sees an unfinished copy throws it away.
  if (to->run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
      != SQLITE_OK)
    return to->fault("cannot copy");
  if (auto done = copy_pages(from, *to); !done)
    return done;
  // The original's mode came along; a copy is to be one file.
  if (to->run("PRAGMA journal_mode = DELETE") != SQLITE_OK)
    return to->fault("cannot copy");
  return examine(*to);
}

caf::expected<void> publish(const std::filesystem::path& file,
                            const std::filesystem::path& name) {
  if (auto done = sync_file(file); !done)
    return done;
  std::error_code trouble;
  std::filesystem::rename(file, name, trouble);
  if (trouble)
    return caf::make_error(errc::store_failed,
                           name.string()
                               + ": cannot be made: " + trouble.message());
  return sync_directory(name.parent_path());
}

}  // namespace

caf::expected<void> examine(connection& c, const std::stop_token& until) {
  auto token = until;
  sqlite3_progress_handler(c.handle(), steps_between_looks, wants_stop, &token);
  auto done = examine_trees(c);
  if (done)
    done = examine_values(c);
  sqlite3_progress_handler(c.handle(), 0, nullptr, nullptr);
  return done;
}

caf::expected<void> examine(const std::filesystem::path& file,
                            const std::stop_token& until) {
  auto c = open_store(file);
  if (!c)
    return c.error();
  return examine(*c, until);
}

caf::expected<void> copy(const std::filesystem::path& from,
                         const std::filesystem::path& to) {
  std::error_code ignored;
  if (std::filesystem::exists(to, ignored))
    return caf::make_error(errc::store_failed,
                           to.string() + ": is there already");
  auto original = open_store(from);
  if (!original)
    return original.error();
  auto unfinished = to;
  unfinished += ".partial";
  std::filesystem::remove(unfinished, ignored);
  auto done = fill(*original, unfinished);
  if (done)
    done = publish(unfinished, to);
  if (!done)
    std::filesystem::remove(unfinished, ignored);
  return done;
}

}  // namespace troupe::sqlite
