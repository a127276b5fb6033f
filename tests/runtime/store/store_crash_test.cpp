// A process that commits, killed at any moment: what it was told is kept is
// there, and each batch is whole or not there at all.
//
// The child writes the number of each commit into a pipe once that has
// returned. The test reads a random count of them and kills the child, which
// is then somewhere in the next commit, or in a checkpoint: they are made small
// so that there are many. The seed is printed; STORE_SEED repeats it, but not
// the moments.

#include "runtime/store/sqlite_store.hpp"
#include "tests/runtime/store/store_words.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::testing {

namespace {

constexpr int rounds = 30;
constexpr std::uint64_t commits_max = 60;  // Of one round, before it is killed.
constexpr std::int64_t records_a_batch = 5;

/// One record in each of many places: a torn one would show.
store_batch numbered(std::int64_t n) {
  store_batch result{{"jobs", {}}, {"papers", {}}, {"last", {}}};
  for (std::int64_t i = 0; i < records_a_batch; ++i) {
    result[0].changes.push_back(put(n * records_a_batch + i, "job"));
    result[1].changes.push_back(put(n + i * 1'000'000, std::string(900, 'p')));
  }
  result[2].changes = {put(0, std::to_string(n)), erase(n * 10, n * 10 + 9)};
  return result;
}

[[noreturn]] void commit_for_ever(const std::filesystem::path& file,
                                  std::int64_t from, int told) {
  auto s = open_sqlite_store(file, {.checkpoint_pages = 20});
  if (!s)
    ::_exit(1);
  for (auto n = from;; ++n) {
    if (!(*s)->commit(numbered(n)) || ::write(told, &n, sizeof n) != sizeof n)
      ::_exit(1);
    static_cast<void>((*s)->tidy());
  }
}

/// The last number that a child, killed after it said `count` of them, has
/// said.
std::int64_t run_and_kill(const std::filesystem::path& file, std::int64_t from,
                          std::uint64_t count) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const auto child = ::fork();
  if (child == 0)
    commit_for_ever(file, from, ends[1]);
  ::close(ends[1]);
  std::int64_t last = from - 1;
  std::int64_t next = 0;
  while (count > 0 && ::read(ends[0], &next, sizeof next) == sizeof next) {
    last = next;
    --count;
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(ends[0], &next, sizeof next) == sizeof next)
    last = next;  // Said before it died.
  ::close(ends[0]);
  return last;
}

std::size_t count(store_reader& in, const char* space) {
  auto range = all_of(space);
  range.records_max = 1'000'000;
  range.bytes_max = 1u << 30;
  const auto page = in.read(range);
  EXPECT_TRUE(page) << words_of(page.error());
  return page ? page->size() : 0;
}

TEST(store_crash, what_was_acknowledged_is_there_and_batches_are_whole) {
  const auto seed = store_seed();
  SCOPED_TRACE("STORE_SEED=" + std::to_string(seed));
  std::mt19937_64 random{seed};
  const scratch directory;
  const auto file = directory.path() / "jobs.db";
  std::int64_t next = 1;
  for (int round = 0; round < rounds; ++round) {
    const auto told = run_and_kill(file, next, random() % commits_max);
    const auto s = open_sqlite_store(file);
    ASSERT_TRUE(s) << words_of(s.error());
    const auto opened = (*s)->open_reader();
    ASSERT_TRUE(opened) << words_of(opened.error());
    auto& reader = **opened;
    const auto last = reader.read(all_of("last"));
    ASSERT_TRUE(last) << words_of(last.error());
    const auto kept = last->empty() ? 0 : std::stoll(last->front().value);
    ASSERT_GE(kept, told) << "an acknowledged commit is missing";
    ASSERT_LE(kept, told + 1) << "nobody asked for that";
    const auto whole = static_cast<std::size_t>(kept * records_a_batch);
    ASSERT_EQ(count(reader, "jobs"), whole);
    ASSERT_EQ(count(reader, "papers"), whole);
    ASSERT_TRUE((*s)->commit({})) << "a kill is no damage";
    next = kept + 1;
  }
  EXPECT_TRUE((*open_sqlite_store(file))->check());
  EXPECT_GT(next, rounds) << "hardly anything was committed";
}

TEST(store_crash, a_second_process_is_told_who_has_it) {
  const scratch directory;
  const auto file = directory.path() / "jobs.db";
  const auto s = open_sqlite_store(file);
  const auto owner = std::to_string(::getpid());
  const auto child = ::fork();
  if (child == 0) {
    const auto second = open_sqlite_store(file);
    const bool told = code_of(second) == errc::store_failed
                      && words_of(second.error()).find("process " + owner)
                             != std::string::npos;
    ::_exit(told ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace

}  // namespace troupe::testing
