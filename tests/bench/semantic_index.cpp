// What finding the nearest questions costs, and how many of them are found.
//
// Topics of growing size, in the dimensions of a small sentence model. Their
// vectors lie in clusters, as questions do: a few hundred subjects, and around
// each of them what people say about it. Sought is a new vector of one of the
// subjects. Beside the index stands a plain list of the same vectors: what it
// says is the truth that the recall is measured by.
//
// The last rows go on after as many removals and additions as there are
// vectors, the life of a cache that is full.
//
// Columns: time of a look-up (mean, p99) and of an addition in microseconds;
// part of the true eight nearest found, and of the nearest one alone. With an
// argument: the largest topic; 100,000 takes some minutes to build.

#include "actors/semantic_cache/neighbor_index.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <unordered_map>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using vector = std::vector<float>;

constexpr std::size_t dimensions = 384;
constexpr std::size_t subjects = 300;
constexpr std::size_t sought = 500;
constexpr std::size_t nearest_count = 8;

/// Length of what is said about a subject beside the subject's own 1: cosines
/// within a subject are then about 0.8, as those of sentence models are.
constexpr float spread = 0.5F;

class author {
public:
  author() {
    for (std::size_t i = 0; i < subjects; ++i)
      subjects_.push_back(any(1));
  }

  vector write() {
    auto v = any(spread);
    const auto& about = subjects_[random_() % subjects];
    for (std::size_t i = 0; i < dimensions; ++i)
      v[i] += about[i];
    return scaled(std::move(v), 1);
  }

private:
  vector any(float length) {
    std::normal_distribution<float> part;
    vector v(dimensions);
    for (auto& x : v)
      x = part(random_);
    return scaled(std::move(v), length);
  }

  static vector scaled(vector v, float length) {
    float sum = 0;
    for (const auto x : v)
      sum += x * x;
    for (auto& x : v)
      x *= length / std::sqrt(sum);
    return v;
  }

  std::mt19937 random_{7};
  std::vector<vector> subjects_;
};

double us_since(clock_type::time_point start) {
  return std::chrono::duration<double, std::micro>(clock_type::now() - start)
      .count();
}

std::vector<std::uint64_t>
truly_nearest(const std::unordered_map<std::uint64_t, vector>& all,
              const vector& to) {
  std::vector<std::pair<float, std::uint64_t>> by_distance;
  for (const auto& [id, v] : all) {
    float cosine = 0;
    for (std::size_t i = 0; i < dimensions; ++i)
      cosine += v[i] * to[i];
    by_distance.emplace_back(-cosine, id);
  }
  const auto count = std::min(nearest_count, by_distance.size());
  std::partial_sort(by_distance.begin(),
                    by_distance.begin() + static_cast<std::ptrdiff_t>(count),
                    by_distance.end());
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < count; ++i)
    ids.push_back(by_distance[i].second);
  return ids;
}

/// An index and the truth about it.
struct topic {
  void add(author& by) {
    auto v = by.write();
    const auto start = clock_type::now();
    index.add(next, v);
    adding_us += us_since(start);
    truth.emplace(next++, std::move(v));
  }

  // As the cache does when it is full: first room, then the newcomer.
  void turn_over(author& by) {
    const auto oldest = next - truth.size();
    index.remove(oldest);
    truth.erase(oldest);
    add(by);
  }

  troupe::neighbor_index index{dimensions};
  std::unordered_map<std::uint64_t, vector> truth;
  std::uint64_t next = 0;
  double adding_us = 0;
};

void seek(const topic& in, author& by, const char* what, std::size_t added) {
  std::vector<double> took;
  std::size_t found = 0;
  std::size_t expected = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < sought; ++i) {
    const auto v = by.write();
    const auto start = clock_type::now();
    const auto got = in.index.nearest(v, nearest_count);
    took.push_back(us_since(start));
    const auto true_ids = truly_nearest(in.truth, v);
    for (const auto id : true_ids)
      found += std::ranges::any_of(got, [&](auto& n) { return n.id == id; });
    expected += true_ids.size();
    first += !got.empty() && got.front().id == true_ids.front();
  }
  std::ranges::sort(took);
  double sum = 0;
  for (const auto t : took)
    sum += t;
  std::printf("%8zu %-10s %9.1f %9.1f %9.1f %10.3f %10.3f\n", in.truth.size(),
              what, sum / sought, took[sought * 99 / 100],
              in.adding_us / static_cast<double>(added),
              static_cast<double>(found) / static_cast<double>(expected),
              static_cast<double>(first) / sought);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t largest =
      argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  std::printf("%8s %-10s %9s %9s %9s %10s %10s\n", "vectors", "", "seek us",
              "p99", "add us", "recall", "of first");
  for (const std::size_t size : {16, 64, 256, 1'000, 1'100, 5'000, 100'000}) {
    if (size > largest)
      break;
    author by;
    topic in;
    while (in.truth.size() < size)
      in.add(by);
    seek(in, by, "filled", size);
    if (size > 5'000)
      break;
    in.adding_us = 0;
    for (std::size_t i = 0; i < size; ++i)
      in.turn_over(by);
    seek(in, by, "turned over", size);
  }
  return 0;
}
