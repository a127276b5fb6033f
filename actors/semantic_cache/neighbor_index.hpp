// Which vectors are nearest to one?
//
//   up to 1,024 vectors    a plain list: every one of them is compared
//   more                   a graph (hnswlib): some hundreds are compared
//
// Topics are many and mostly tiny, one conversation each, and for those a list
// is smaller, exact, and as fast: both take 60 us at 1,000 vectors of 384
// parts, and there the graph begins to win (tests/bench/semantic_index.cpp). It
// finds nearly all: a missed neighbour is a missed hit, never a wrong one.
//
// A vector that is removed from the graph stays as a way point until its place
// is taken by a new one, so in a full cache, where each newcomer pushes one
// out, nothing grows. When fewer than half of the places are in use the rest is
// moved to a new, smaller graph, or back to a list.
//
// Limits: all vectors have one length. Adding to a graph takes 0.1 ms, 1.6 ms
// where it takes a removed one's place, and the move 0.1 ms for each vector.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace troupe {

/// The largest plain list.
inline constexpr std::size_t listed_vectors_max = 1024;

/// A vector that was added, and how near it is.
struct neighbor {
  std::uint64_t id = 0;
  float cosine = 0;
};

class neighbor_index {
public:
  using vector_view = std::span<const float>;

  explicit neighbor_index(std::size_t dimensions);
  ~neighbor_index();

  neighbor_index(const neighbor_index&) = delete;
  neighbor_index& operator=(const neighbor_index&) = delete;

  std::size_t dimensions() const { return dimensions_; }
  std::size_t size() const { return places_.size(); }

  /// @pre `v` is of length 1 and has `dimensions()` parts; `id` is new.
  void add(std::uint64_t id, vector_view v);

  /// Nothing happens if there is no such id.
  void remove(std::uint64_t id);

  /// At most `count` of them, nearest first.
  std::vector<neighbor> nearest(vector_view v, std::size_t count) const;

private:
  struct graph;  // Keeps hnswlib out of every other file.

  void list(std::uint64_t id, vector_view v);
  void unlist(std::size_t place);
  void move_to_graph(std::size_t room);
  void move_to_list();
  vector_view listed(std::size_t place) const;

  std::size_t dimensions_;
  std::unordered_map<std::uint64_t, std::size_t> places_;  // By id.
  std::vector<std::uint64_t> ids_;                         // By place.
  std::vector<float> list_;        // The vectors by place; empty in a graph.
  std::vector<std::size_t> free_;  // Places of the graph.
  std::unique_ptr<graph> graph_;
};

}  // namespace troupe
