#include "runtime/store/sqlite_writer.hpp"

#include "runtime/store/sqlite_schema.hpp"

#include <algorithm>
#include <utility>

namespace troupe::sqlite {

namespace {

/// How long a log nobody tidies may grow, in checkpoints' worth.
constexpr int untidy_factor = 4;

int remember_log_pages(void* where, sqlite3*, const char*, int pages) {
  *static_cast<int*>(where) = pages;
  return SQLITE_OK;
}

/// Whether the batch is one that can be written at all.
bool is_valid(const store_batch& batch) {
  return std::all_of(batch.begin(), batch.end(), [](const space_changes& s) {
    return is_space_name(s.space);
  });
}

}  // namespace

caf::expected<writer> writer::start(connection c,
                                    const writer_options& options) {
  writer result;
  result.connection_ = std::move(c);
  auto& own = result.connection_;
  if (result.set_up(options) != SQLITE_OK)
    return own.fault("cannot open");
  if (auto done = bring_forward(own, schema()); !done)
    return done.error();
  std::int64_t commits = 0;
  if (own.ask("SELECT commits FROM store", commits) != SQLITE_OK
      || result.prepare() != SQLITE_OK)
    return own.fault("cannot open");
  result.commits_ = static_cast<std::uint64_t>(commits);
  result.checkpoint_pages_ = options.checkpoint_pages;
  return result;
}

int writer::set_up(const writer_options& options) {
  const int code = connection_.run(
      // Of a file yet to be made.
      "PRAGMA page_size = "
      + std::to_string(options.page_size)
      // Reads the header: a file that is none shows here.
      + "; PRAGMA journal_mode = WAL"
        "; PRAGMA synchronous = FULL"
        "; PRAGMA cell_size_check = ON"
        "; PRAGMA trusted_schema = OFF"
        "; PRAGMA temp_store = MEMORY"
        // Debian's default writes pages only to blank them.
        "; PRAGMA secure_delete = FAST"
        "; PRAGMA cache_size = -"
      + std::to_string(options.cache_kib));
  // In place of SQLite's own checkpoints in the midst of a commit.
  sqlite3_wal_hook(connection_.handle(), remember_log_pages, log_pages_.get());
  return code;
}

int writer::prepare() {
  int code = connection_.prepare("BEGIN IMMEDIATE", begin_);
  if (code == SQLITE_OK)
    code = connection_.prepare("UPDATE store SET commits = ?1", count_);
  if (code == SQLITE_OK)
    code = connection_.prepare("COMMIT", commit_);
  if (code == SQLITE_OK)
    code = connection_.prepare("ROLLBACK", roll_back_);
  return code;
}

caf::expected<void> writer::commit(const store_batch& batch) {
  if (!is_valid(batch))
    return caf::make_error(errc::store_failed, "a space has no proper name");
  if (write(batch) == SQLITE_OK) {
    ++commits_;
    return {};
  }
  auto why = connection_.fault("cannot commit");
  // SQLite rolls back by itself after some faults, and not after others.
  if (sqlite3_get_autocommit(connection_.handle()) == 0)
    roll_back_.run();
  // Of tables that have been unmade, too.
  spaces_.clear();
  return why;
}

int writer::write(const store_batch& batch) {
  if (const int code = begin_.run(); code != SQLITE_OK)
    return code;
  for (const auto& changes : batch)
    if (const int code = write(changes); code != SQLITE_OK)
      return code;
  count_.bind(1, static_cast<std::int64_t>(commits_ + 1));
  if (const int code = count_.run(); code != SQLITE_OK)
    return code;
  return commit_.run();
}

int writer::write(const space_changes& changes) {
  space* to = nullptr;
  if (const int code = find_space(changes.space, to); code != SQLITE_OK)
    return code;
  for (const auto& c : changes.changes) {
    auto& how = c.value ? to->put : to->erase;
    how.bind(1, c.key);
    if (c.value) {
      how.bind(2, *c.value);
      how.bind(3, seal_of(c.key, *c.value));
    } else {
      how.bind(2, c.until);
    }
    if (const int code = how.run(); code != SQLITE_OK)
      return code;
  }
  return SQLITE_OK;
}

int writer::find_space(const std::string& name, space*& result) {
  const auto found = spaces_.find(name);
  if (found != spaces_.end()) {
    result = &found->second;
    return SQLITE_OK;
  }
  const auto table = table_of(name);
  space made;
  int code = connection_.run("CREATE TABLE IF NOT EXISTS " + table
                             + " (key INTEGER PRIMARY KEY,"
                               " value BLOB NOT NULL, seal INTEGER NOT NULL)");
  if (code == SQLITE_OK)
    code = connection_.prepare("REPLACE INTO " + table + " VALUES (?1, ?2, ?3)",
                               made.put);
  if (code == SQLITE_OK)
    code = connection_.prepare(
        "DELETE FROM " + table + " WHERE key BETWEEN ?1 AND ?2", made.erase);
  if (code != SQLITE_OK)
    return code;
  result = &spaces_.emplace(name, std::move(made)).first->second;
  return SQLITE_OK;
}

caf::expected<void> writer::tidy() {
  if (*log_pages_ < checkpoint_pages_)
    return {};
  int in_log = 0;
  int moved = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr,
                                SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  if (code == SQLITE_OK) {
    // What readers kept from being moved is not worth another try at once.
    *log_pages_ = in_log - moved;
    return {};
  }
  // Another program's checkpoint.
  if ((code & 0xff) == SQLITE_BUSY)
    return {};
  return connection_.fault("cannot checkpoint");
}

bool writer::is_untidy() const noexcept {
  return *log_pages_ >= untidy_factor * checkpoint_pages_;
}

}  // namespace troupe::sqlite
