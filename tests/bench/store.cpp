// What a change costs in the SQLite store, in the disk's time and in ours.
//
//   bench_store [DIRECTORY]
//
// Writes as a queue does: for each job a small record in one space and a larger
// one in another; then updates the small ones, as leases and ends of jobs do,
// and erases both. Prints commits a second (the disk's doing: the latency of
// its fdatasync stands above), the processor's time for each change (ours), and
// how long a tidy-up between commits takes. Then reads a million records, and
// opens the store again as after a crash.
//
// The numbers are of this machine and this disk; a tmpfs shows ours alone.

#include "runtime/store/sqlite_store.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace troupe;
using clock_type = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::size_t record_size = 120;
constexpr std::size_t paper_size = 300;
constexpr std::int64_t scanned_records = 1'000'000;
constexpr int probes = 100;

[[noreturn]] void fail(const caf::error& why) {
  std::fprintf(stderr, "bench_store: %s\n", caf::to_string(why).c_str());
  std::exit(EXIT_FAILURE);
}

void must(const caf::expected<void>& done) {
  if (!done)
    fail(done.error());
}

double since(clock_type::time_point began) {
  return std::chrono::duration<double>{clock_type::now() - began}.count();
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec)
         + static_cast<double>(now.tv_nsec) / 1e9;
}

void print_fsync_latency(const fs::path& directory) {
  const auto file = directory / "probe";
  const int descriptor = ::open(file.c_str(), O_CREAT | O_RDWR, 0600);
  const std::string block(8'192, 'x');
  std::vector<double> took;
  for (int i = 0; i < probes; ++i) {
    if (::pwrite(descriptor, block.data(), block.size(),
                 static_cast<off_t>(block.size()) * i)
        < 0)
      std::perror("bench_store: probe");
    const auto began = clock_type::now();
    ::fdatasync(descriptor);
    took.push_back(since(began) * 1e3);
  }
  ::close(descriptor);
  fs::remove(file);
  std::sort(took.begin(), took.end());
  std::printf("fdatasync of 8 KiB   p50 %.2f ms   p99 %.2f ms\n\n",
              took[probes / 2], took[probes * 99 / 100]);
}

// -- what a queue writes
// -------------------------------------------------------

enum class kind { add, update, erase };

store_batch batch_of(kind what, std::int64_t first, int jobs) {
  const std::string record(record_size, static_cast<char>('a' + first % 26));
  const std::string paper(paper_size, 'p');
  store_batch result{{"completions.jobs", {}}, {"completions.papers", {}}};
  if (what == kind::erase) {
    const auto last = first + jobs - 1;
    result[0].changes.push_back({first, std::nullopt, last});
    result[1].changes.push_back({first * 8, std::nullopt, last * 8 + 7});
    return result;
  }
  for (auto n = first; n < first + jobs; ++n) {
    result[0].changes.push_back({n, record});
    if (what == kind::add)
      result[1].changes.push_back({n * 8, paper});
  }
  return result;
}

struct tally {
  double seconds = 0;
  double processor = 0;
  double tidying_max = 0;
  int commits = 0;
  std::size_t changes = 0;  // Erased ranges count as what was in them.
};

tally run(store& s, kind what, int jobs, int commits) {
  tally result;
  for (int i = 0; i < commits; ++i) {
    const auto batch = batch_of(what, std::int64_t{i} * jobs + 1, jobs);
    const auto processor = processor_seconds();
    const auto began = clock_type::now();
    must(s.commit(batch));
    const auto tidying = clock_type::now();
    must(s.tidy());
    result.tidying_max = std::max(result.tidying_max, since(tidying));
    result.seconds += since(began);
    result.processor += processor_seconds() - processor;
  }
  result.commits = commits;
  result.changes = static_cast<std::size_t>(commits)
                   * static_cast<std::size_t>(jobs)
                   * (what == kind::update ? 1 : 2);
  return result;
}

void print(const char* what, int jobs, const tally& t) {
  std::printf("%-7s %4d jobs a commit: %7.0f commits/s %9.0f jobs/s   "
              "%6.2f us CPU a change   longest tidy-up %6.1f ms\n",
              what, jobs, t.commits / t.seconds,
              static_cast<double>(jobs) * t.commits / t.seconds,
              t.processor / static_cast<double>(t.changes) * 1e6,
              t.tidying_max * 1e3);
}

void measure_commits(const fs::path& directory) {
  for (const auto& [jobs, commits] :
       {std::pair{1, 1'000}, std::pair{50, 1'000}, std::pair{500, 400}}) {
    const auto file = directory / ("commits-" + std::to_string(jobs) + ".db");
    auto made = open_sqlite_store(file);
    if (!made)
      fail(made.error());
    auto& s = **made;
    print("add", jobs, run(s, kind::add, jobs, commits));
    print("update", jobs, run(s, kind::update, jobs, commits));
    print("erase", jobs, run(s, kind::erase, jobs, commits));
  }
}

// -- a million of them
// ---------------------------------------------------------

void scan(store& s) {
  auto reader = s.open_reader();
  if (!reader)
    fail(reader.error());
  const auto began = clock_type::now();
  record_range range{.space = "completions.jobs",
                     .from = 0,
                     .to = std::numeric_limits<std::int64_t>::max(),
                     .records_max = 10'000};
  std::size_t found = 0;
  for (;;) {
    const auto page = (*reader)->read(range);
    if (!page)
      fail(page.error());
    if (page->empty())
      break;
    found += page->size();
    range.from = page->back().key + 1;
  }
  std::printf("\nscan of %zu records of %zu B: %.3f s\n", found, record_size,
              since(began));
}

void measure_million(const fs::path& directory) {
  const auto file = directory / "million.db";
  constexpr int jobs = 5'000;
  {
    auto made = open_sqlite_store(file);
    if (!made)
      fail(made.error());
    const auto t = run(**made, kind::add, jobs, scanned_records / jobs);
    print("\nadd", jobs, t);
    scan(**made);
    // What a killed process leaves: the log, and its name in the lock.
    fs::copy(file, directory / "crashed.db");
    fs::copy(file.string() + "-wal", directory / "crashed.db-wal");
    fs::copy(file.string() + ".lock", directory / "crashed.db.lock");
    std::printf("file %.0f MiB, log %.0f MiB\n",
                static_cast<double>(fs::file_size(file)) / (1 << 20),
                static_cast<double>(fs::file_size(file.string() + "-wal"))
                    / (1 << 20));
    const auto began = clock_type::now();
    made->reset();
    std::printf("close: %.3f s\n", since(began));
  }
  const auto began = clock_type::now();
  auto again = open_sqlite_store(directory / "crashed.db");
  if (!again)
    fail(again.error());
  std::printf("open after a crash: %.3f s\n", since(began));
  const auto checking = clock_type::now();
  must((*again)->check());
  std::printf("check of all of it: %.3f s\n", since(checking));
  const auto copying = clock_type::now();
  must((*again)->back_up(directory / "copy.db"));
  std::printf("backup: %.3f s\n", since(copying));
}

}  // namespace

int main(int argc, char** argv) {
  const auto directory = fs::path{argc > 1 ? argv[1] : "."} / "bench_store";
  fs::remove_all(directory);
  fs::create_directories(directory);
  print_fsync_latency(directory);
  measure_commits(directory);
  measure_million(directory);
  fs::remove_all(directory);
  return EXIT_SUCCESS;
}
