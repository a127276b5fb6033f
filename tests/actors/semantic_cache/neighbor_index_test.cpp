// The index finds what a plain list would find, through growth, removals and
// the moves between list and graph.
//
// The list is exact and must agree to the last one; the graph may miss a few,
// and how few is part of the promise. Vectors are of few dimensions, so that
// the sanitizers have time for many steps.

#include "actors/semantic_cache/neighbor_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace troupe {
namespace {

using vector = std::vector<float>;

constexpr std::size_t dimensions = 12;
constexpr std::size_t wanted = 8;

class world {
public:
  vector any() {
    std::normal_distribution<float> part;
    vector v(dimensions);
    float sum = 0;
    for (auto& x : v) {
      x = part(random);
      sum += x * x;
    }
    for (auto& x : v)
      x /= std::sqrt(sum);
    return v;
  }

  void add() {
    const auto v = any();
    index.add(next, v);
    truth.emplace(next++, v);
  }

  void remove_any() {
    auto at = truth.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random() % truth.size()));
    index.remove(at->first);
    truth.erase(at);
  }

  std::vector<neighbor> truly_nearest(const vector& to) const {
    std::vector<neighbor> all;
    for (const auto& [id, v] : truth) {
      float cosine = 0;
      for (std::size_t i = 0; i < dimensions; ++i)
        cosine += v[i] * to[i];
      all.push_back({id, cosine});
    }
    std::ranges::sort(all, std::ranges::greater{}, &neighbor::cosine);
    all.resize(std::min(wanted, all.size()));
    return all;
  }

  // How many of the true neighbours are found; each with its true cosine.
  double recall(int looks) {
    double found = 0;
    double expected = 0;
    for (int i = 0; i < looks; ++i) {
      const auto to = any();
      const auto got = index.nearest(to, wanted);
      const auto expect = truly_nearest(to);
      EXPECT_TRUE(std::ranges::is_sorted(got, std::ranges::greater{},
                                         &neighbor::cosine));
      for (const auto& n : got)
        EXPECT_TRUE(truth.contains(n.id)) << "a removed one was found";
      for (const auto& e : expect) {
        const auto at = std::ranges::find(got, e.id, &neighbor::id);
        if (at == got.end())
          continue;
        ++found;
        EXPECT_NEAR(at->cosine, e.cosine, 1e-5);
      }
      expected += static_cast<double>(expect.size());
    }
    return expected == 0 ? 1 : found / expected;
  }

  std::mt19937 random{11};
  neighbor_index index{dimensions};
  std::map<std::uint64_t, vector> truth;
  std::uint64_t next = 1;
};

TEST(neighbor_index, of_nothing_finds_nothing) {
  world w;
  EXPECT_TRUE(w.index.nearest(w.any(), wanted).empty());
  w.index.remove(4);
  EXPECT_EQ(w.index.size(), 0U);
}

TEST(neighbor_index, as_a_list_agrees_with_the_truth_in_every_step) {
  world w;
  for (int step = 0; step < 4000; ++step) {
    if (w.truth.size() < listed_vectors_max
        && (w.truth.empty() || w.random() % 100 < 60))
      w.add();
    else
      w.remove_any();
    ASSERT_EQ(w.index.size(), w.truth.size());
    if (step % 40 == 0) {
      ASSERT_EQ(w.recall(1), 1.0) << "step " << step;
    }
  }
}

TEST(neighbor_index, as_a_graph_finds_nearly_all_of_them) {
  world w;
  while (w.truth.size() < 2 * listed_vectors_max)
    w.add();
  EXPECT_GT(w.recall(200), 0.97);
}

TEST(neighbor_index, keeps_finding_while_the_new_take_the_places_of_the_old) {
  world w;
  constexpr auto size = listed_vectors_max + 100;
  while (w.truth.size() < size)
    w.add();
  for (std::size_t i = 0; i < size; ++i) {
    w.remove_any();
    w.add();
  }
  EXPECT_EQ(w.index.size(), size);
  EXPECT_GT(w.recall(200), 0.95);
}

TEST(neighbor_index, shrinks_through_a_smaller_graph_to_a_list) {
  world w;
  while (w.truth.size() < 4 * listed_vectors_max)
    w.add();
  while (!w.truth.empty()) {
    w.remove_any();
    if (w.truth.size() % 200 == 0) {
      ASSERT_GT(w.recall(10), 0.9) << w.truth.size();
    }
  }
  EXPECT_TRUE(w.index.nearest(w.any(), wanted).empty());
  w.add();
  EXPECT_EQ(w.recall(5), 1.0);
}

TEST(neighbor_index, finds_one_at_a_time_and_more_than_there_are) {
  world w;
  for (int i = 0; i < 5; ++i)
    w.add();
  const auto to = w.any();
  EXPECT_EQ(w.index.nearest(to, 1).front().id, w.truly_nearest(to).front().id);
  EXPECT_EQ(w.index.nearest(to, 50).size(), 5U);
}

}  // namespace
}  // namespace troupe
