// How often each policy of retention hits, and what it costs.
//
// One million questions over shards as a node has them by default (64 of 156
// entries), each miss kept: Zipf popularity of several slopes over catalogues
// of two sizes, the same with a scan through it, a popular set that moves, and
// a loop a little larger than the cache. `best` is Belady's rule, which knows
// the future: nobody can do better.
//
// Given `--lines`, prints tab-separated values for other programs.

#include "actors/cache_shard/retention.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace {

using troupe::retention;
using trace = std::vector<std::uint64_t>;

constexpr std::size_t shards = 64;
constexpr std::size_t entries_a_shard = 156;
constexpr std::size_t questions = 1'000'000;

std::uint64_t hash_of(std::uint64_t key) {
  return XXH3_64bits(&key, sizeof key);
}

class shard {
public:
  explicit shard(std::unique_ptr<retention> who) : who_(std::move(who)) {}

  bool ask(std::uint64_t key, std::uint64_t hash) {
    if (const auto found = slots_.find(key); found != slots_.end()) {
      who_->used(found->second);
      return true;
    }
    who_->missed(hash);
    keep(key, hash);
    return false;
  }

private:
  void keep(std::uint64_t key, std::uint64_t hash) {
    auto s = static_cast<retention::slot>(keys_.size());
    if (free_.empty()) {
      keys_.push_back(key);
    } else {
      s = free_.back();
      free_.pop_back();
      keys_[s] = key;
    }
    slots_[key] = s;
    who_->added(s, hash);
    if (slots_.size() <= entries_a_shard)
      return;
    const auto out = who_->victim();
    who_->removed(out);
    slots_.erase(keys_[out]);
    free_.push_back(out);
  }

  std::unique_ptr<retention> who_;
  std::unordered_map<std::uint64_t, retention::slot> slots_;
  std::vector<std::uint64_t> keys_;
  std::vector<retention::slot> free_;
};

struct measured {
  double hits;  // percent
  double ns;    // a question
};

measured run(const trace& asked,
             const std::function<std::unique_ptr<retention>()>& make) {
  std::vector<shard> all;
  for (std::size_t i = 0; i < shards; ++i)
    all.emplace_back(make());
  std::size_t hits = 0;
  const auto begun = std::chrono::steady_clock::now();
  for (const auto key : asked) {
    const auto hash = hash_of(key);
    hits += all[hash % shards].ask(key, hash);
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  const auto n = static_cast<double>(asked.size());
  return {100.0 * static_cast<double>(hits) / n,
          std::chrono::duration<double, std::nano>(took).count() / n};
}

// Throws out what is asked for latest, in one large cache.
double best(const trace& asked) {
  constexpr std::size_t room = shards * entries_a_shard;
  std::vector<std::size_t> next(asked.size(), asked.size());
  std::unordered_map<std::uint64_t, std::size_t> seen;
  for (std::size_t i = asked.size(); i-- > 0;) {
    if (const auto found = seen.find(asked[i]); found != seen.end())
      next[i] = found->second;
    seen[asked[i]] = i;
  }
  std::set<std::pair<std::size_t, std::uint64_t>> kept;
  std::unordered_map<std::uint64_t, std::size_t> due;
  std::size_t hits = 0;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (const auto found = due.find(asked[i]); found != due.end()) {
      ++hits;
      kept.erase({found->second, asked[i]});
      due.erase(found);
    }
    kept.emplace(next[i], asked[i]);
    due[asked[i]] = next[i];
    if (kept.size() > room) {
      const auto last = std::prev(kept.end());
      due.erase(last->second);
      kept.erase(last);
    }
  }
  return 100.0 * static_cast<double>(hits) / static_cast<double>(asked.size());
}

class zipf {
public:
  zipf(std::size_t catalogue, double slope) {
    double sum = 0;
    for (std::size_t i = 1; i <= catalogue; ++i)
      sums_.push_back(sum += std::pow(static_cast<double>(i), -slope));
  }

  template <class Draws>
  std::uint64_t operator()(Draws& draws) const {
    std::uniform_real_distribution<> any{0, sums_.back()};
    return static_cast<std::uint64_t>(
        std::ranges::upper_bound(sums_, any(draws)) - sums_.begin());
  }

private:
  std::vector<double> sums_;
};

trace plain(std::size_t catalogue, double slope) {
  const zipf popular{catalogue, slope};
  std::mt19937_64 draws{1};
  trace made(questions);
  for (auto& key : made)
    key = popular(draws);
  return made;
}

// Every fourth question is part of a scan that never comes back.
trace with_scan() {
  auto made = plain(100'000, 0.9);
  for (std::size_t i = 0; i < made.size(); i += 4)
    made[i] = 1'000'000 + i;
  return made;
}

// What is popular changes ten times.
trace moving() {
  auto made = plain(100'000, 0.9);
  for (std::size_t i = 0; i < made.size(); ++i)
    made[i] += i / (questions / 10) * 1'000'000;
  return made;
}

trace loop() {
  trace made(questions);
  for (std::size_t i = 0; i < made.size(); ++i)
    made[i] = i % (shards * entries_a_shard * 5 / 4);
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  const bool lines = argc > 1 && std::string_view{argv[1]} == "--lines";
  struct {
    const char* name;
    trace asked;
  } const all[] = {
      {"zipf 0.7 of 100,000", plain(100'000, 0.7)},
      {"zipf 0.9 of 100,000", plain(100'000, 0.9)},
      {"zipf 1.1 of 100,000", plain(100'000, 1.1)},
      {"zipf 0.9 of 1,000,000", plain(1'000'000, 0.9)},
      {"zipf 0.9 and a scan", with_scan()},
      {"zipf 0.9 that moves", moving()},
      {"a loop of 5/4 the room", loop()},
  };
  if (!lines)
    std::printf("%-24s %8s %10s %8s %10s %10s\n", "hit ratio, %", "LRU",
                "W-TinyLFU", "best", "LRU ns", "TinyLFU ns");
  for (const auto& [name, asked] : all) {
    const auto lru =
        run(asked, [] { return troupe::make_lru(entries_a_shard, 1); });
    const auto lfu =
        run(asked, [] { return troupe::make_tiny_lfu(entries_a_shard, 1); });
    std::printf(lines ? "%s\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f\n"
                      : "%-24s %8.2f %10.2f %8.2f %10.0f %10.0f\n",
                name, lru.hits, lfu.hits, best(asked), lru.ns, lfu.ns);
  }
}
