// Files that are not what they were: logs cut short, bytes turned over.
//
// Each test lets a store fill, takes its files as a dead process would leave
// them, hurts the copy, and opens that. The rule: what was acknowledged is
// there, or the store says that it is damaged and takes no more; and no reader
// is ever given what nobody wrote.

#include "runtime/store/sqlite_store.hpp"
#include "tests/runtime/store/store_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

namespace troupe::testing {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t commits = 60;

/// In two spaces, long enough to fill pages.
store_batch numbered(std::int64_t n) {
  return {{"jobs", {put(n, "job " + std::to_string(n))}},
          {"papers", {put(n * 8, std::string(700, static_cast<char>(n)))}}};
}

records all_jobs() {
  records result;
  for (std::int64_t n = 1; n <= commits; ++n)
    result.push_back({n, "job " + std::to_string(n)});
  return result;
}

enum class log_state { in_use, moved };

class sqlite_damage_test : public ::testing::Test {
protected:
  /// A store as its process left it when it was killed.
  void leave_behind(log_state log) {
    const scratch before;
    const auto file = before.path() / "jobs.db";
    auto s = open_sqlite_store(
        file, {.checkpoint_pages = log == log_state::moved ? 1 : 1'000'000});
    ASSERT_TRUE(s) << words_of(s.error());
    for (std::int64_t n = 1; n <= commits; ++n) {
      ASSERT_TRUE((*s)->commit(numbered(n)));
      ASSERT_TRUE((*s)->tidy());
    }
    for (const char* part : {"", "-wal", "-shm", ".lock"})
      fs::remove(file_.string() + part);
    for (const char* part : {"", "-wal", ".lock"})
      fs::copy(file.string() + part, file_.string() + part);
    // All that is in it was moved; it would hide what is done to the file.
    if (log == log_state::moved)
      fs::remove(this->log());
  }

  static std::string content_of(const fs::path& file) {
    std::ostringstream content;
    content << std::ifstream{file, std::ios::binary}.rdbuf();
    return content.str();
  }

  void turn_over(const fs::path& file, std::size_t at) {
    auto content = content_of(file);
    ASSERT_LT(at, content.size());
    content[at] = static_cast<char>(content[at] ^ 0x10);
    std::ofstream{file, std::ios::binary} << content;
  }

  fs::path log() const { return file_.string() + "-wal"; }

  caf::expected<records> read(store& s, const std::string& space) {
    const auto reader = s.open_reader();
    if (!reader)
      return reader.error();
    return (*reader)->read(all_of(space));
  }

  /// Whether the store says that it is damaged, now or once asked to look.
  static bool is_refused(store& s) {
    static_cast<void>(s.check());
    return code_of(s.commit({{"jobs", {put(1'000, "more")}}}))
           == errc::store_corrupt;
  }

  scratch scratch_;
  fs::path file_ = scratch_.path() / "jobs.db";
};

TEST_F(sqlite_damage_test, a_store_whose_process_died_is_whole) {
  for (const auto log : {log_state::in_use, log_state::moved}) {
    leave_behind(log);
    const auto s = open_sqlite_store(file_);
    ASSERT_TRUE(s) << words_of(s.error());
    EXPECT_EQ(*read(**s, "jobs"), all_jobs());
    EXPECT_FALSE(is_refused(**s));
  }
}

TEST_F(sqlite_damage_test, a_log_cut_short_is_noticed) {
  leave_behind(log_state::in_use);
  const auto whole = fs::file_size(log());
  for (const auto left :
       {whole - 1, whole / 2, std::uintmax_t{32}, std::uintmax_t{0}}) {
    leave_behind(log_state::in_use);
    fs::resize_file(log(), left);
    auto s = open_sqlite_store(file_);
    ASSERT_TRUE(s) << words_of(s.error());
    const auto refused = (*s)->commit(numbered(commits + 1));
    EXPECT_EQ(code_of(refused), errc::store_corrupt);
    EXPECT_NE(words_of(refused.error()).find("commits are missing"),
              std::string::npos)
        << words_of(refused.error());
    // What is left is read: the first commits, whole.
    const auto jobs = *read(**s, "jobs");
    EXPECT_LT(jobs.size(), static_cast<std::size_t>(commits));
    EXPECT_EQ(jobs.size(), read(**s, "papers")->size());
  }
}

TEST_F(sqlite_damage_test, what_is_missing_is_missing_after_a_restart_too) {
  leave_behind(log_state::in_use);
  fs::resize_file(log(), fs::file_size(log()) / 2);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(code_of((*open_sqlite_store(file_))->commit(numbered(99))),
              errc::store_corrupt);
  // The operator's word that it is to go on without.
  fs::remove(file_.string() + ".lock");
  EXPECT_TRUE((*open_sqlite_store(file_))->commit(numbered(99)));
}

TEST_F(sqlite_damage_test, an_old_copy_in_its_place_is_noticed) {
  {
    auto s = open_sqlite_store(file_);
    ASSERT_TRUE((*s)->commit(numbered(1)));
    ASSERT_TRUE((*s)->back_up(scratch_.path() / "old.db"));
    ASSERT_TRUE((*s)->commit(numbered(2)));
  }
  fs::rename(scratch_.path() / "old.db", file_);
  EXPECT_EQ(code_of((*open_sqlite_store(file_))->commit(numbered(3))),
            errc::store_corrupt);
}

TEST_F(sqlite_damage_test, a_value_that_turned_over_is_noticed_when_read) {
  leave_behind(log_state::moved);
  open_sqlite_store(file_);  // Moves the rest of the log, and removes it.
  const auto at = content_of(file_).find("job 30");
  ASSERT_NE(at, std::string::npos);
  turn_over(file_, at);
  auto s = open_sqlite_store(file_);
  ASSERT_TRUE(s);
  EXPECT_TRUE((*s)->commit(numbered(99))) << "nobody has read it yet";
  const auto page = read(**s, "jobs");
  ASSERT_EQ(code_of(page), errc::store_corrupt);
  EXPECT_NE(words_of(page.error()).find("record 30 of jobs"), std::string::npos)
      << words_of(page.error());
  EXPECT_EQ(code_of((*s)->commit(numbered(100))), errc::store_corrupt);
  EXPECT_EQ(read(**s, "papers")->size(), static_cast<std::size_t>(commits + 1))
      << "what is whole is read all the same";
}

TEST_F(sqlite_damage_test, damage_is_looked_for_after_a_death) {
  leave_behind(log_state::moved);
  const auto at = content_of(file_).find("job 30");
  ASSERT_NE(at, std::string::npos);
  turn_over(file_, at);
  auto s = open_sqlite_store(file_);
  ASSERT_TRUE(s);
  // On a thread of its own, meanwhile: nobody has asked.
  while (code_of((*s)->commit({})) != errc::store_corrupt)
    std::this_thread::yield();
}

TEST_F(sqlite_damage_test, no_turned_byte_in_the_log_is_overlooked) {
  leave_behind(log_state::in_use);
  const auto size = content_of(log()).size();
  std::mt19937_64 random{store_seed()};
  for (int i = 0; i < 60; ++i) {
    leave_behind(log_state::in_use);
    const auto at = random() % size;
    SCOPED_TRACE("byte " + std::to_string(at));
    turn_over(log(), at);
    const auto s = open_sqlite_store(file_);
    if (!s) {
      EXPECT_EQ(code_of(s), errc::store_corrupt);
      continue;
    }
    const auto jobs = read(**s, "jobs");
    if (!is_refused(**s)) {
      EXPECT_EQ(*jobs, all_jobs());
    }
  }
}

TEST_F(sqlite_damage_test, no_turned_byte_in_the_file_is_overlooked) {
  leave_behind(log_state::moved);
  open_sqlite_store(file_);
  const auto whole = content_of(file_);
  const auto lock = content_of(file_.string() + ".lock");
  const auto seed = store_seed();
  SCOPED_TRACE("STORE_SEED=" + std::to_string(seed));
  std::mt19937_64 random{seed};
  for (int i = 0; i < 300; ++i) {
    std::ofstream{file_, std::ios::binary} << whole;
    std::ofstream{file_.string() + ".lock", std::ios::binary} << lock;
    const auto at = random() % whole.size();
    SCOPED_TRACE("byte " + std::to_string(at));
    turn_over(file_, at);
    const auto s = open_sqlite_store(file_);
    if (!s)
      continue;
    const auto jobs = read(**s, "jobs");
    const auto expected = all_jobs();
    if (jobs) {
      for (const auto& job : *jobs)
        ASSERT_NE(std::find(expected.begin(), expected.end(), job),
                  expected.end())
            << job.key << " = " << job.value;
    }
    if (!is_refused(**s)) {
      ASSERT_TRUE(jobs) << words_of(jobs.error());
      ASSERT_EQ(*jobs, expected);
    }
  }
}

}  // namespace

}  // namespace troupe::testing
