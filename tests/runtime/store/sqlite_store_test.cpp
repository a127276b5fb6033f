// The SQLite store does what every store does; and what it does of its own:
// files that are not its own, versions, who has it, and who may read it.

#include "runtime/store/sqlite_schema.hpp"
#include "runtime/store/sqlite_store.hpp"
#include "tests/runtime/store/conformance.hpp"

#include <array>
#include <fstream>

namespace troupe::testing {

struct sqlite_kind {
  static constexpr const char* file = "jobs.db";

  static caf::expected<std::unique_ptr<store>>
  open(const std::filesystem::path& directory) {
    return open_sqlite_store(directory / file);
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(sqlite, store_conformance, sqlite_kind);

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

sqlite::connection connect(const fs::path& file) {
  return std::move(*sqlite::connection::open(file, sqlite::access::write, 1s));
}

class sqlite_store_test : public ::testing::Test {
protected:
  caf::expected<std::unique_ptr<store>> open() {
    return open_sqlite_store(file_);
  }

  scratch scratch_;
  fs::path file_ = scratch_.path() / "jobs.db";
};

TEST_F(sqlite_store_test, is_one_file_and_its_lock_when_closed) {
  ASSERT_TRUE((*open())->commit({{"a", {put(1, "a")}}}));
  EXPECT_TRUE(fs::exists(file_));
  EXPECT_TRUE(fs::exists(file_.string() + ".lock"));
  EXPECT_FALSE(fs::exists(file_.string() + "-wal"));
}

TEST_F(sqlite_store_test, nobody_else_may_read_its_files) {
  const auto s = open();
  ASSERT_TRUE((*s)->commit({{"a", {put(1, "a")}}}));
  const auto copy = scratch_.path() / "copy.db";
  ASSERT_TRUE((*s)->back_up(copy));
  for (const auto& file : {file_.string(), file_.string() + "-wal",
                           file_.string() + ".lock", copy.string()})
    EXPECT_EQ(fs::status(file).permissions(),
              fs::perms::owner_read | fs::perms::owner_write)
        << file;
}

TEST_F(sqlite_store_test, says_which_process_has_it) {
  const auto s = open();
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_NE(words_of(second.error())
                .find("in use by process " + std::to_string(::getpid())),
            std::string::npos)
      << words_of(second.error());
}

TEST_F(sqlite_store_test, refuses_a_file_that_is_no_store) {
  std::ofstream{file_} << std::string(10'000, 'x');
  EXPECT_EQ(code_of(open()), errc::store_corrupt);
}

TEST_F(sqlite_store_test, refuses_the_store_of_another_program) {
  ASSERT_EQ(connect(file_).run("CREATE TABLE bookmarks (url TEXT)"), SQLITE_OK);
  const auto s = open();
  ASSERT_EQ(code_of(s), errc::store_failed);
  EXPECT_NE(words_of(s.error()).find("not a store of troupe"),
            std::string::npos);
}

TEST_F(sqlite_store_test, refuses_a_newer_version) {
  open();
  ASSERT_EQ(connect(file_).run("PRAGMA user_version = 99"), SQLITE_OK);
  const auto s = open();
  ASSERT_EQ(code_of(s), errc::store_failed);
  EXPECT_NE(words_of(s.error()).find("newer troupe (schema 99"),
            std::string::npos)
      << words_of(s.error());
}

// SQLite rolls back by itself when a disk fails, but not after this.
TEST_F(sqlite_store_test, a_commit_that_fails_midway_changes_nothing) {
  ASSERT_TRUE((*open())->commit({{"a", {put(1, "a")}}}));
  ASSERT_EQ(connect(file_).run("CREATE TRIGGER no BEFORE INSERT ON \"space.a\""
                               " WHEN new.key = 13"
                               " BEGIN SELECT RAISE(ABORT, 'no'); END"),
            SQLITE_OK);
  const auto s = open();
  const auto reader = (*s)->open_reader();
  EXPECT_EQ(code_of((*s)->commit(
                {{"new", {put(1, "b")}}, {"a", {put(2, "b"), put(13, "b")}}})),
            errc::store_failed);
  EXPECT_EQ(*(*reader)->read(all_of("a")), (records{{1, "a"}}));
  EXPECT_EQ(*(*reader)->read(all_of("new")), records{});
  ASSERT_TRUE((*s)->commit({{"new", {put(1, "c")}}, {"a", {put(2, "c")}}}));
  EXPECT_EQ(*(*reader)->read(all_of("a")), (records{{1, "a"}, {2, "c"}}));
  EXPECT_EQ(*(*reader)->read(all_of("new")), (records{{1, "c"}}));
}

TEST_F(sqlite_store_test, cannot_be_where_there_is_no_directory) {
  EXPECT_EQ(code_of(open_sqlite_store(scratch_.path() / "none" / "jobs.db")),
            errc::store_failed);
}

// -- versions
// ------------------------------------------------------------------

TEST_F(sqlite_store_test, brings_an_older_version_forward) {
  constexpr std::array<std::string_view, 1> old{"CREATE TABLE x (id INTEGER);"
                                                "INSERT INTO x VALUES (7)"};
  constexpr std::array<std::string_view, 3> now{
      old[0], "ALTER TABLE x ADD COLUMN more INTEGER",
      "UPDATE x SET more = id * 2"};
  auto c = connect(file_);
  ASSERT_TRUE(sqlite::bring_forward(c, old));
  ASSERT_TRUE(sqlite::bring_forward(c, now));
  ASSERT_TRUE(sqlite::bring_forward(c, now)) << "twice is once";
  std::int64_t more = 0;
  ASSERT_EQ(c.ask("SELECT more FROM x", more), SQLITE_OK);
  EXPECT_EQ(more, 14);
  EXPECT_EQ(code_of(sqlite::bring_forward(c, old)), errc::store_failed);
}

TEST_F(sqlite_store_test, a_step_that_fails_leaves_the_version_before) {
  constexpr std::array<std::string_view, 1> old{"CREATE TABLE x (id INTEGER)"};
  constexpr std::array<std::string_view, 3> bad{
      old[0], "INSERT INTO x VALUES (7)", "INSERT INTO nowhere VALUES (7)"};
  auto c = connect(file_);
  ASSERT_TRUE(sqlite::bring_forward(c, old));
  EXPECT_EQ(code_of(sqlite::bring_forward(c, bad)), errc::store_failed);
  std::int64_t found = -1;
  ASSERT_EQ(c.ask("SELECT count(*) FROM x", found), SQLITE_OK);
  EXPECT_EQ(found, 0);
  ASSERT_EQ(c.ask("PRAGMA user_version", found), SQLITE_OK);
  EXPECT_EQ(found, 1);
}

}  // namespace

}  // namespace troupe::testing
