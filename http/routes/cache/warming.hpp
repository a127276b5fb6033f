// Putting many entries in: batch by batch, and what became of each.
//
// A brain: whoever warms asks for a batch, has it kept, and tells how that
// went. Entries that are wrong, or that the cache refuses, are told with their
// place; the others are kept all the same.

#pragma once

#include "http/routes/cache/entry_list.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::app_cache {

/// Entries that are put in with one message: a warming shares its thread with
/// requests that want to be quick.
inline constexpr std::size_t warm_batch = 256;

/// Entries of a warming whose refusal is told one by one.
inline constexpr std::size_t refusals_told_max = 100;

/// How places are told: from 0, or as lines from 1.
enum class place_kind : std::uint8_t { index, line };

/// An entry that was not kept.
struct entry_refusal {
  std::size_t place = 0;
  std::string key;
  std::string why;
};

class warming {
public:
  /// The text behind `entries` outlives this.
  warming(entry_list entries, entry_defaults by, place_kind places);

  /// Reads on until there is enough for a batch. Returns whether there is one.
  bool fill();

  /// What is to be kept now.
  const cache_changes& batch() const { return batch_; }

  /// How keeping the batch went.
  void take(const cache_receipts& receipts);

  std::uint64_t kept() const { return kept_; }
  std::uint64_t refused() const { return refused_; }
  /// The first `refusals_told_max`.
  const std::vector<entry_refusal>& refusals() const { return refusals_; }

  /// As JSON: `{"kept","refused_count","refused":[{"index","key","why"}]}`.
  std::string print() const;

private:
  void refuse(std::size_t at, const std::string& key, std::string_view why);

  entry_list entries_;
  entry_defaults by_;
  place_kind places_;
  std::size_t next_ = 0;
  std::uint64_t kept_ = 0;
  std::uint64_t refused_ = 0;
  std::vector<entry_refusal> refusals_;
  cache_changes batch_;
  std::vector<std::size_t> batch_places_;
};

}  // namespace troupe::http::app_cache
