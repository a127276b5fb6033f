// What a shard of the caches did, counted by space and operation.
//
// The brain counts here, the body hands on what is new to the metrics: `drain`
// costs a few instructions when little has happened, so it may follow every
// message.

#pragma once

#include "actors/cached.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe {

/// The values of the metric's label, in its order.
enum class cache_operation : std::uint8_t {
  hit,
  miss,      ///< Nothing there: also when the asker leads.
  stale,     ///< Given past its time.
  negative,  ///< Known to be nothing.
  busy,      ///< Somebody else computed it, too long for the asker.
  keep,
  remove,
  evict,   ///< Went because there was no room.
  expire,  ///< Went because its time was over.
  purge,   ///< Went with many others.
  reject,  ///< A change that was refused.
  count_,
};

/// Returns `hit`, `miss`, ...
std::string_view name_of(cache_operation o) noexcept;

class cache_tally {
public:
  static constexpr auto spaces = static_cast<std::size_t>(cache_space::count_);
  static constexpr auto operations =
      static_cast<std::size_t>(cache_operation::count_);

  void count(cache_space s, cache_operation o) {
    const auto index =
        static_cast<std::size_t>(s) * operations + static_cast<std::size_t>(o);
    ++counts_[index];
    news_ |= std::uint64_t{1} << index;
  }

  std::uint64_t of(cache_space s, cache_operation o) const {
    return counts_[static_cast<std::size_t>(s) * operations
                   + static_cast<std::size_t>(o)];
  }

  /// Calls `tell(space, operation, how_many)` for all that was counted since it
  /// was called last.
  template <class Tell>
  void drain(Tell tell) {
    for (; news_ != 0; news_ &= news_ - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(news_));
      tell(static_cast<cache_space>(i / operations),
           static_cast<cache_operation>(i % operations), counts_[i] - told_[i]);
      told_[i] = counts_[i];
    }
  }

private:
  static_assert(spaces * operations <= 64, "the bits of news_");

  std::array<std::uint64_t, spaces * operations> counts_{};
  std::array<std::uint64_t, spaces * operations> told_{};
  std::uint64_t news_ = 0;  // Bit by bit, which of them were counted.
};

/// Notes `o` among what is told to people: a negative answer is a hit, and who
/// was told that somebody else computes has missed.
void note(cache_statistics& in, cache_operation o) noexcept;

}  // namespace troupe
