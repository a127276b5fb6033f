// Many entries in one text: the body of POST /api/cache/warm, and the file of
// `cache.warm`.
//
// JSON Lines, an entry each, or one JSON object that has them in `entries`:
//
//   {"key":"persona:1","value":"text","ttl":"long","tags":["persona"]}
//   {"key":"rates","value":{"eur":1.1},"ttl":300,"stale":60}
//
// `value` is a string, kept as text, or any other JSON, kept as it is written
// with the type application/json; `type` says otherwise. `negative` stands
// where `value` would: it is known that there is nothing.
//
// A brain. Entries are found first and read one by one, so that one that is
// wrong spoils no other and a large text is never held twice.

#pragma once

#include "actors/cached.hpp"
#include "http/routes/cache/query.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::http::app_cache {

/// Entries in one request. A file may have more.
inline constexpr std::size_t warm_entries_max = 10'000;

/// Views of the entries' JSON, in their order.
using entry_list = std::vector<std::string_view>;

/// The lines of JSON Lines; empty ones stay, so that places are line numbers.
entry_list lines_of(std::string_view text);

/// A body of POST /api/cache/warm.
struct warm_body {
  entry_list entries;  ///< Views into the text that was read.
  bool only_if_absent = false;
};

/// The entries of a JSON object with `entries` and `only_if_absent`.
std::variant<warm_body, wire::door_error> read_warm_body(std::string_view text);

/// An entry that is refused.
struct entry_fault {
  std::string key;  ///< Empty if that is what is wrong.
  std::string why;
};

/// Whose entries they become, and for how long if they do not say.
struct entry_defaults {
  std::string tenant;
  std::chrono::milliseconds ttl{0};
  bool only_if_absent = false;
  bool any_tenant = false;  ///< An entry may name another one.
};

/// Reads one entry's JSON.
std::variant<cache_change, entry_fault> read_entry(std::string_view text,
                                                   const entry_defaults& by);

/// Why the shard refused an entry.
std::string_view why_refused(cache_outcome o);

}  // namespace troupe::http::app_cache
