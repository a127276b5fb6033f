#include "runtime/store/restore.hpp"

#include "runtime/store/sqlite_copy.hpp"
#include "runtime/store/store_lock.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace troupe {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

fs::path with(const fs::path& file, const std::string& suffix) {
  return file.string() + suffix;
}

caf::error trouble(const fs::path& file, const std::string& why) {
  return caf::make_error(errc::store_failed, file.string() + ": " + why);
}

caf::expected<void> make_directory(const fs::path& directory) {
  std::error_code why;
  if (directory.empty() || fs::is_directory(directory, why))
    return {};
  if (!fs::create_directories(directory, why))
    return trouble(directory, "cannot be made: " + why.message());
  fs::permissions(directory, fs::perms::owner_all, why);
  return {};
}

caf::expected<void> move(const fs::path& from, const fs::path& to) {
  std::error_code why;
  fs::rename(from, to, why);
  if (why)
    return trouble(from, "cannot be moved: " + why.message());
  return {};
}

/// A name nothing bears yet.
fs::path name_aside(const fs::path& file) {
  std::error_code ignored;
  for (int n = 1;; ++n) {
    auto name = with(file, ".before-restore-" + std::to_string(n));
    if (!fs::exists(name, ignored))
      return name;
  }
}

/// Its log is a part of it, and goes along.
caf::expected<fs::path> move_aside(const fs::path& file) {
  std::error_code ignored;
  const auto aside = name_aside(file);
  if (fs::exists(with(file, "-wal"), ignored))
    if (auto done = move(with(file, "-wal"), with(aside, "-wal")); !done)
      return done.error();
  fs::remove(with(file, "-shm"), ignored);
  if (auto done = move(file, aside); !done)
    return done.error();
  return aside;
}

caf::expected<std::uint64_t> commits_of(const fs::path& file) {
  auto c = sqlite::connection::open(file, sqlite::access::read, 1s);
  if (!c)
    return c.error();
  std::int64_t commits = 0;
  if (c->ask("SELECT commits FROM store", commits) != SQLITE_OK)
    return c->fault("cannot read");
  return static_cast<std::uint64_t>(commits);
}

/// All that can fail without harm.
caf::expected<std::uint64_t> prepare(const fs::path& from, const fs::path& to,
                                     const fs::path& copy,
                                     old_store what_becomes) {
  std::error_code ignored;
  if (what_becomes == old_store::refuses && fs::exists(to, ignored))
    return trouble(to, "there is a store already; --force moves it aside");
  fs::remove(copy, ignored);
  if (auto done = sqlite::copy(from, copy); !done)
    return done.error();
  return commits_of(copy);
}

caf::expected<restore_receipt> replace(const fs::path& to,
                                       const fs::path& copy) {
  restore_receipt result;
  std::error_code ignored;
  if (fs::exists(to, ignored)) {
    auto aside = move_aside(to);
    if (!aside)
      return aside.error();
    result.moved_to = std::move(*aside);
  }
  // A log without its file would be taken for the new one's.
  if (fs::exists(with(to, "-wal"), ignored))
    if (auto done = move(with(to, "-wal"), name_aside(with(to, "-wal"))); !done)
      return done.error();
  if (auto done = move(copy, to); !done)
    return done.error();
  if (auto done = sync_directory(to.parent_path()); !done)
    return done.error();
  return result;
}

}  // namespace

caf::expected<restore_receipt> restore_store(const fs::path& from,
                                             const fs::path& to,
                                             old_store what_becomes) {
  if (auto made = make_directory(to.parent_path()); !made)
    return made.error();
  auto lock = store_lock::take(to);
  if (!lock)
    return lock.error();
  const auto copy = with(to, ".restoring");
  const auto commits = prepare(from, to, copy, what_becomes);
  if (!commits) {
    if (lock->was_left_clean())
      lock->leave_clean(lock->commits_before());
    return commits.error();
  }
  auto done = replace(to, copy);
  if (done)
    lock->leave_clean(*commits);
  return done;
}

}  // namespace troupe
