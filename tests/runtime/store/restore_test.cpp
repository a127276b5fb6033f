// A backup takes a store's place: only if it is whole, only if nobody has the
// store, and without deleting anything.

#include "runtime/store/restore.hpp"
#include "runtime/store/sqlite_store.hpp"
#include "tests/runtime/store/store_words.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace troupe::testing {

namespace {

namespace fs = std::filesystem;

class restore_test : public ::testing::Test {
protected:
  /// A backup of a store that holds record 1, made in a place of its own.
  restore_test() {
    auto s = open_sqlite_store(elsewhere_.path() / "jobs.db");
    EXPECT_TRUE((*s)->commit({{"jobs", {put(1, "backed up")}}}));
    EXPECT_TRUE((*s)->back_up(backup_));
  }

  void make_store() {
    auto s = open_sqlite_store(file_);
    for (std::int64_t n = 1; n <= 5; ++n)
      ASSERT_TRUE((*s)->commit({{"jobs", {put(n, "newer")}}}));
  }

  static records jobs_in(const fs::path& file) {
    auto s = open_sqlite_store(file);
    EXPECT_TRUE(s) << words_of(s.error());
    return *(*(*s)->open_reader())->read(all_of("jobs"));
  }

  scratch elsewhere_;
  scratch directory_;
  fs::path backup_ = elsewhere_.path() / "backup.db";
  fs::path file_ = directory_.path() / "state" / "jobs.db";
};

TEST_F(restore_test, makes_a_store_where_there_was_none) {
  const auto done = restore_store(backup_, file_, old_store::refuses);
  ASSERT_TRUE(done) << words_of(done.error());
  EXPECT_EQ(done->moved_to, fs::path{});
  EXPECT_EQ(jobs_in(file_), (records{{1, "backed up"}}));
  EXPECT_TRUE((*open_sqlite_store(file_))->commit({{"jobs", {put(2, "x")}}}));
}

TEST_F(restore_test, refuses_to_touch_a_store_unless_told_to) {
  fs::create_directory(file_.parent_path());
  make_store();
  EXPECT_EQ(code_of(restore_store(backup_, file_, old_store::refuses)),
            errc::store_failed);
  EXPECT_EQ(jobs_in(file_).size(), 5u);
}

TEST_F(restore_test, moves_the_old_store_aside_and_deletes_nothing) {
  fs::create_directory(file_.parent_path());
  make_store();
  for (int i = 0; i < 2; ++i) {
    const auto done = restore_store(backup_, file_, old_store::moves_aside);
    ASSERT_TRUE(done) << words_of(done.error());
    EXPECT_EQ(jobs_in(done->moved_to).size(), i == 0 ? 5u : 1u);
  }
  // Fewer commits than there were, but nobody calls that damage.
  EXPECT_TRUE((*open_sqlite_store(file_))->commit({{"jobs", {put(2, "x")}}}));
}

TEST_F(restore_test, the_old_stores_log_goes_along) {
  fs::create_directory(file_.parent_path());
  const scratch running;
  {
    auto s = open_sqlite_store(running.path() / "jobs.db");
    ASSERT_TRUE((*s)->commit({{"jobs", {put(7, "in the log")}}}));
    for (const char* part : {"jobs.db", "jobs.db-wal", "jobs.db.lock"})
      fs::copy(running.path() / part, file_.parent_path() / part);
  }
  const auto done = restore_store(backup_, file_, old_store::moves_aside);
  ASSERT_TRUE(done) << words_of(done.error());
  EXPECT_EQ(jobs_in(file_), (records{{1, "backed up"}}));
  EXPECT_EQ(jobs_in(done->moved_to), (records{{7, "in the log"}}));
}

TEST_F(restore_test, refuses_while_somebody_has_the_store) {
  fs::create_directory(file_.parent_path());
  auto s = open_sqlite_store(file_);
  const auto done = restore_store(backup_, file_, old_store::moves_aside);
  ASSERT_EQ(code_of(done), errc::store_failed);
  EXPECT_NE(words_of(done.error()).find("in use by process"),
            std::string::npos);
  EXPECT_TRUE((*s)->commit({{"jobs", {put(1, "mine")}}}));
}

TEST_F(restore_test, a_damaged_backup_changes_nothing) {
  fs::create_directory(file_.parent_path());
  make_store();
  std::fstream file{backup_, std::ios::binary | std::ios::in | std::ios::out};
  std::string content{std::istreambuf_iterator<char>{file}, {}};
  const auto at = content.find("backed up");
  ASSERT_NE(at, std::string::npos);
  file.seekp(static_cast<std::streamoff>(at));
  file << 'B' << std::flush;
  EXPECT_EQ(code_of(restore_store(backup_, file_, old_store::moves_aside)),
            errc::store_corrupt);
  EXPECT_EQ(jobs_in(file_).size(), 5u);
  EXPECT_FALSE(fs::exists(file_.string() + ".before-restore-1"));
}

TEST_F(restore_test, what_is_no_backup_is_refused) {
  const auto nothing = directory_.path() / "none.db";
  EXPECT_EQ(code_of(restore_store(nothing, file_, old_store::refuses)),
            errc::store_failed);
  EXPECT_FALSE(fs::exists(nothing));
  std::ofstream{nothing} << "hello";
  EXPECT_EQ(code_of(restore_store(nothing, file_, old_store::refuses)),
            errc::store_corrupt);
  EXPECT_FALSE(fs::exists(file_));
}

}  // namespace

}  // namespace troupe::testing
