// POST /api/cache/get: many entries in one question, and the answer in JSON.
//
//   {"keys":["a","b"]}  ->
//   {"entries":{"a":{"value":...,"encoding":"json","etag":...,"age_ms":...,
//                    "ttl_ms":...,"type":...}},
//    "missing":["b"]}
//
// `encoding` says what `value` is: `json` - the value itself, kept as JSON;
// `text` - a string; `base64` - a string of bytes that are no UTF-8.
//
// A brain. Values are appended to the answer, not gathered in a tree: a
// thousand of them may be large.

#pragma once

#include "actors/cached.hpp"
#include "http/routes/cache/query.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::http::app_cache {

/// Keys in one question.
inline constexpr std::size_t keys_max = 1'000;

/// Most bytes of values in one answer. What does not fit is listed in
/// `omitted`, to be asked for again.
inline constexpr std::size_t answer_size_max = 16u << 20;

/// Reads the body of a question.
std::variant<std::vector<std::string>, wire::door_error>
read_keys(std::string_view text);

/// The answer: `found` in the order of `keys`. Known to be nothing is missing.
std::string print_found(const std::vector<std::string>& keys,
                        const cache_findings& found);

}  // namespace troupe::http::app_cache
