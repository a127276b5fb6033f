// What a queue's book costs a job, without the store: time and memory.
//
//   bench_queue_book [JOBS]
//
// Jobs come in batches of 50, as 50 callers at once make them; each is leased
// and completed, 50 at once. Then a million wait: their memory, what reading
// them back costs, and a drain, in slices.

#include "actors/queue/queue_book.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace troupe;

/// Of this process: others do not matter.
double cpu_us() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6
         + static_cast<double>(t.tv_nsec) / 1e3;
}

constexpr std::size_t at_once = 50;

double us_since(double start) {
  return cpu_us() - start;
}

/// Resident memory of this process, in bytes.
double memory() {
  std::ifstream in{"/proc/self/statm"};
  double all = 0;
  double resident = 0;
  in >> all >> resident;
  return resident * 4'096;
}

std::shared_ptr<config::queue_settings> settings() {
  auto s = std::make_shared<config::queue_settings>();
  s->name = "bench";
  s->concurrency = 1'000'000;
  s->rate.max = 0;
  s->max_waiting = 10'000'000;
  return s;
}

/// Cuts and settles; returns the batch.
store_batch write(queue_book& book, job_time now) {
  auto cut = book.cut(now);
  if (!cut)
    return {};
  book.settle(cut->number, {}, now);
  return std::move(cut->batch);
}

new_jobs some_jobs(std::size_t count) {
  new_jobs out(count);
  for (auto& job : out)
    job.data = shared_bytes{std::string(100, 'x')};
  return out;
}

void measure_a_job_s_way(std::size_t jobs) {
  queue_book book{settings(), {.seed = 1}};
  job_time now = 1'000'000;
  book.begin(now);
  write(book, now);
  const auto batch = some_jobs(at_once);
  double adds = 0;
  double takes = 0;
  job_change done;
  done.verb = job_verb::complete;
  done.value = shared_bytes{std::string{"1"}};
  lease_wish wish;
  wish.max = at_once;
  for (std::size_t n = 0; n < jobs; n += at_once) {
    ++now;
    auto start = cpu_us();
    for (const auto& job : batch)
      if (!book.add({job}, now))
        std::abort();
    auto written = write(book, now);
    adds += us_since(start);
    start = cpu_us();
    const auto taken = book.take(wish, now);
    if (taken.size() != at_once)
      std::abort();
    write(book, now);
    for (const auto& t : taken) {
      done.id = t.job.id;
      done.token = t.job.token;
      if (book.change(done, now)->refused != job_refusal::none)
        std::abort();
    }
    write(book, now);
    takes += us_since(start);
    book.tally();
  }
  const auto count = static_cast<double>(jobs);
  std::printf("add, in batches of 50         %6.2f us a job (goal 1.5)\n",
              adds / count);
  std::printf("take and complete, likewise   %6.2f us a job (goal 2.5)\n",
              takes / count);
}

/// Records, in memory that is there before anything is measured.
struct kept_records {
  explicit kept_records(std::size_t jobs) : bytes(jobs * 128, ' ') {
    places.resize(jobs);
  }

  void keep(const record_change& c) {
    places[count++] = {.key = c.key, .from = used, .size = c.value->size()};
    std::copy(c.value->begin(), c.value->end(), bytes.begin() + used);
    used += static_cast<std::ptrdiff_t>(c.value->size());
  }

  struct place {
    std::int64_t key = 0;
    std::ptrdiff_t from = 0;
    std::size_t size = 0;
  };

  std::string bytes;
  std::vector<place> places;
  std::ptrdiff_t used = 0;
  std::size_t count = 0;
};

void measure_many(std::size_t jobs) {
  kept_records records{jobs};
  job_time now = 1'000'000;
  const auto count = static_cast<double>(jobs);
  {
    const auto before = memory();
    queue_book book{settings(), {.seed = 1}};
    book.begin(now);
    write(book, now);
    const auto batch = some_jobs(500);
    const auto start = cpu_us();
    for (std::size_t n = 0; n < jobs; n += batch.size()) {
      ++now;
      if (!book.add(batch, now))
        std::abort();
      for (const auto& space : write(book, now))
        if (space.space == book.spaces().jobs)
          for (const auto& change : space.changes)
            records.keep(change);
    }
    std::printf("add, in batches of 500        %6.2f us a job\n",
                us_since(start) / count);
    std::printf("memory                        %6.1f bytes a job (goal 130)\n",
                (memory() - before) / count);
  }
  queue_book book{settings(), {.seed = 1}};
  auto start = cpu_us();
  record r;
  for (const auto& p : records.places) {
    r.key = p.key;
    r.value.assign(records.bytes, static_cast<std::size_t>(p.from), p.size);
    if (!book.load(r, now))
      std::abort();
  }
  book.begin(now);
  std::printf("read back                     %6.2f us a job\n",
              us_since(start) / count);
  write(book, now);
  queue_order drain;
  drain.verb = queue_verb::drain;
  start = cpu_us();
  book.order(drain, now);
  double longest = 0;
  for (bool more = true; more;) {
    const auto slice = cpu_us();
    more = book.sweep(now);
    longest = std::max(longest, us_since(slice));
  }
  double batches = 0;
  double longest_cut = 0;
  for (;; ++batches) {
    const auto slice = cpu_us();
    if (write(book, now).empty())
      break;
    longest_cut = std::max(longest_cut, us_since(slice));
  }
  std::printf("drain                         %6.2f us a job, slice at most "
              "%.0f us, %.0f batches of at most %.0f us\n",
              us_since(start) / count, longest, batches, longest_cut);
}

}  // namespace

int main(int argc, char** argv) {
  const auto jobs =
      argc > 1 ? static_cast<std::size_t>(std::atoll(argv[1])) : 1'000'000;
  measure_many(jobs);
  measure_a_job_s_way(jobs);
}
