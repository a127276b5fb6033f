// Which purges are in force.
//
// A purge forgets all that was kept before it, at once, and looks at nothing to
// do so: it becomes a rule with a number from the same count as the entries'.
// Whoever comes upon an entry older than a rule asks whether the rule is about
// it. Meanwhile a pass over the slots, in slices, removes what nobody comes
// upon; when it is over the rule is `active` no more.
//
// Rules outlive their passes for those who began to compute something before
// and bring it after: that is old content too, and its tags are known only
// then. The last `past_max` rules are remembered; of whoever began before those
// it is supposed that a purge was about him.

#pragma once

#include "actors/cached.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

struct purge_rule {
  using time_point = std::chrono::steady_clock::time_point;

  cache_purge what;
  std::uint64_t sequence = 0;
  time_point at;
  std::uint64_t asker = 0;  ///< Who wants to know how many went.
  std::uint64_t count = 0;  ///< So many by now.
  std::uint32_t next = 0;   ///< The pass has yet to look at this slot,
  std::uint32_t end = 0;    ///< and at those before this one.
};

/// What a purge wants to know of an entry.
struct purge_subject {
  cache_space space;
  std::string_view tenant;
  std::string_view name;
  const std::vector<std::string>* tags;
};

/// Whether the purge is about it.
bool concerns(const cache_purge& what, const purge_subject& x) noexcept;

class purge_book {
public:
  /// Each costs every look-up of an older entry a comparison.
  static constexpr std::size_t active_max = 64;
  /// Purges during one computation; more of them are a flood.
  static constexpr std::size_t past_max = 256;

  /// In force, oldest first.
  std::deque<purge_rule>& active() { return active_; }
  const std::deque<purge_rule>& active() const { return active_; }

  void add(purge_rule rule) { active_.push_back(std::move(rule)); }

  /// One that needs no pass. @pre its number is the highest.
  void remember(purge_rule rule);

  /// The pass of the oldest is over. @pre there is one.
  purge_rule retire_oldest();

  /// The first rule about an entry of that number; null if there is none.
  purge_rule* find(const purge_subject& x, std::uint64_t sequence);

  /// Whether what was begun at that number must not be kept.
  bool forbids(const purge_subject& x, std::uint64_t begun) const;

private:
  std::deque<purge_rule> active_;
  std::deque<purge_rule> past_;  // As they ended.
  std::uint64_t forgotten_ = 0;  // The highest number that is not in `past_`.
};

}  // namespace troupe
