// Disks that are full, and directories that may not be written to.
//
// The full disk is a small file system in memory, mounted for the test, which
// takes root; without that the tests say that they are skipped.

#include "runtime/store/sqlite_store.hpp"
#include "tests/runtime/store/store_words.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::testing {

namespace {

namespace fs = std::filesystem;

constexpr int everybody_else = 65'534;  // "nobody".

/// A file system of 4 MiB.
class small_disk {
public:
  small_disk() {
    if (::mount("none", at_.path().c_str(), "tmpfs", 0, "size=4m") == 0)
      mounted_ = true;
    else
      why_not_ = std::strerror(errno);
  }

  ~small_disk() {
    if (mounted_)
      ::umount2(at_.path().c_str(), MNT_DETACH);
  }

  bool mounted() const { return mounted_; }
  const std::string& why_not() const { return why_not_; }
  const fs::path& path() const { return at_.path(); }

  void allow_writing(bool allowed) {
    const unsigned long flags = MS_REMOUNT | (allowed ? 0 : MS_RDONLY);
    ASSERT_EQ(::mount("none", path().c_str(), "tmpfs", flags, nullptr), 0);
  }

private:
  scratch at_;
  bool mounted_ = false;
  std::string why_not_;
};

#define REQUIRE_DISK(disk)                                                     \
  if (!(disk).mounted())                                                       \
  GTEST_SKIP() << "no file system can be mounted here, so a "                  \
                  "full disk is not tried: "                                   \
               << (disk).why_not()

store_batch numbered(std::int64_t n) {
  return {{"jobs", {put(n, std::to_string(n))}},
          {"papers", {put(n, std::string(20'000, 'x'))}}};
}

/// Commits from `first` on until the disk is full; returns the first that did
/// not fit.
std::int64_t fill(store& s, std::int64_t first) {
  for (auto n = first;; ++n) {
    const auto done = s.commit(numbered(n));
    if (done)
      continue;
    EXPECT_EQ(code_of(done), errc::store_full) << words_of(done.error());
    return n;
  }
}

void expect_jobs(store& s, std::int64_t until) {
  const auto reader = s.open_reader();
  ASSERT_TRUE(reader) << words_of(reader.error());
  for (const char* space : {"jobs", "papers"}) {
    auto range = all_of(space);
    range.bytes_max = 100u << 20;
    const auto page = (*reader)->read(range);
    ASSERT_TRUE(page) << words_of(page.error());
    EXPECT_EQ(page->size(), static_cast<std::size_t>(until));
  }
}

TEST(sqlite_disk, a_full_disk_refuses_what_is_new_and_loses_nothing) {
  const small_disk disk;
  REQUIRE_DISK(disk);
  const auto ballast = disk.path() / "ballast";
  std::ofstream{ballast} << std::string(1u << 20, 'x');
  const auto file = disk.path() / "jobs.db";
  auto s = open_sqlite_store(file);
  ASSERT_TRUE(s) << words_of(s.error());
  const auto kept = fill(**s, 1) - 1;
  ASSERT_GT(kept, 20);
  expect_jobs(**s, kept);
  EXPECT_EQ(code_of((*s)->commit(numbered(kept + 1))), errc::store_full);
  // It goes on by itself once there is room.
  fs::remove(ballast);
  const auto more = fill(**s, kept + 1) - 1;
  EXPECT_GT(more, kept);
  expect_jobs(**s, more);
  EXPECT_TRUE((*s)->check());
  s->reset();
  s = open_sqlite_store(file);
  ASSERT_TRUE(s) << words_of(s.error());
  expect_jobs(**s, more);
}

TEST(sqlite_disk, a_process_that_died_on_a_full_disk_lost_nothing) {
  const small_disk disk;
  REQUIRE_DISK(disk);
  auto s = open_sqlite_store(disk.path() / "jobs.db");
  ASSERT_TRUE(s);
  const auto kept = fill(**s, 1) - 1;
  const scratch elsewhere;
  for (const char* part : {"jobs.db", "jobs.db-wal", "jobs.db.lock"})
    fs::copy(disk.path() / part, elsewhere.path() / part);
  auto again = open_sqlite_store(elsewhere.path() / "jobs.db");
  ASSERT_TRUE(again) << words_of(again.error());
  expect_jobs(**again, kept);
  EXPECT_TRUE((*again)->check());
  EXPECT_TRUE((*again)->commit(numbered(kept + 1)));
}

TEST(sqlite_disk, a_full_disk_takes_no_new_store) {
  const small_disk disk;
  REQUIRE_DISK(disk);
  std::ofstream{disk.path() / "ballast"} << std::string(8u << 20, 'x');
  const auto s = open_sqlite_store(disk.path() / "jobs.db");
  EXPECT_EQ(code_of(s), errc::store_full);
}

TEST(sqlite_disk, a_backup_that_does_not_fit_leaves_nothing_behind) {
  const small_disk disk;
  REQUIRE_DISK(disk);
  const scratch elsewhere;
  auto s = open_sqlite_store(elsewhere.path() / "jobs.db");
  ASSERT_TRUE((*s)->commit({{"papers", {put(1, std::string(8u << 20, 'x'))}}}));
  const auto done = (*s)->back_up(disk.path() / "copy.db");
  EXPECT_EQ(code_of(done), errc::store_full) << words_of(done.error());
  EXPECT_TRUE(fs::is_empty(disk.path()));
}

TEST(sqlite_disk, a_read_only_disk_refuses_what_is_new) {
  small_disk disk;
  REQUIRE_DISK(disk);
  const auto file = disk.path() / "jobs.db";
  ASSERT_TRUE((*open_sqlite_store(file))->commit(numbered(1)));
  disk.allow_writing(false);
  const auto refused = open_sqlite_store(file);
  EXPECT_EQ(code_of(refused), errc::store_full) << words_of(refused.error());
  disk.allow_writing(true);
  const auto s = open_sqlite_store(file);
  ASSERT_TRUE(s) << words_of(s.error());
  expect_jobs(**s, 1);
}

// In a process of its own, which is not root: root may write anywhere.
TEST(sqlite_disk, a_directory_it_may_not_write_to_is_refused) {
  const scratch directory;
  fs::permissions(directory.path(),
                  fs::perms::owner_read | fs::perms::owner_exec
                      | fs::perms::others_read | fs::perms::others_exec);
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(everybody_else) != 0)
      ::_exit(1);
    const auto s = open_sqlite_store(directory.path() / "jobs.db");
    ::_exit(code_of(s) == errc::store_full ? 0 : 2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  fs::permissions(directory.path(), fs::perms::owner_all);
}

}  // namespace

}  // namespace troupe::testing
