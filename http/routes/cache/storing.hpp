// PUT and DELETE: what is to be changed, and under which conditions.
//
// A brain: values in, values out. What a PUT may say, beside its body; all of
// it optional:
//
//   ?ttl= | x-troupe-cache-ttl | Cache-Control: max-age=   how long it is fresh
//   ?stale= | Cache-Control: stale-while-revalidate=       how long it is kept
//                                    beyond, for those who take a stale one
//   ?tags= | x-troupe-cache-tags     names to forget it by, with commas between
//   ?negative=true                   it is known that there is nothing
//   If-Match: "etag"                 only over this very entry
//   If-None-Match: *                 only if there is none
//   x-troupe-cache-lease: token      ends the caller's lease
//
// The query comes before the caller's own fields, those before Cache-Control.

#pragma once

#include "actors/cached.hpp"
#include "http/message.hpp"
#include "http/routes/cache/query.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::http::app_cache {

/// Largest value, bytes: that of a cached answer.
inline constexpr std::size_t value_size_max = 1u << 20;

/// Tags an entry may bear, and how long each may be, bytes: every one of them
/// is looked at when a tag is purged.
inline constexpr std::size_t tags_max = 16;
inline constexpr std::size_t tag_size_max = 64;

/// Longest media type, bytes.
inline constexpr std::size_t type_size_max = 128;

/// Adds the tags of `list`. Returns what is wrong with them, as the end of a
/// sentence.
std::string take_tags(std::string_view list, std::vector<std::string>& into);

/// Reads a PUT; `ttl` is for those that name none.
std::variant<cache_change, wire::door_error>
read_put(const request& req, cache_key key, std::chrono::milliseconds ttl);

/// Reads a DELETE of one entry, or of the lease that its field names.
std::variant<cache_change, wire::door_error> read_drop(const request& req,
                                                       cache_key key);

/// Reads a DELETE of many, by `pattern` or by `tag`.
std::variant<cache_purge, wire::door_error> read_purge(const request& req,
                                                       std::string_view tenant);

/// How a change ended that is no success; nothing if it is one.
maybe_fault fault_of(const cache_receipt& receipt);

/// The 413 for a value larger than `value_size_max`.
wire::door_error value_too_large();

}  // namespace troupe::http::app_cache
