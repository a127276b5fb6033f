// What a client says about the cache, in its headers.
//
//   x-troupe-cache: on | off | refresh | semantic | tools    (one or more)
//   x-troupe-cache-ttl: 90 | very-short | short | medium | long | very-long
//   x-troupe-cache-tags: a, b
//   Cache-Control: no-store, no-cache, max-age=N, only-if-cached
//
// Words of troupe's own are read strictly, because whoever writes them means
// them: a wrong one is a 400 that names the header. Cache-Control is
// everyone's, so directives that troupe does not know are passed over, but a
// broken number is refused. Where the two disagree the stricter one holds:
// nobody gets, or leaves behind, what one of the headers forbids.

#pragma once

#include "http/message.hpp"
#include "http/wire/request_facts.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::http::wire {

/// Tags of one entry, and bytes of one tag: each is kept in an index.
inline constexpr std::size_t tags_max = 16;
inline constexpr std::size_t tag_size_max = 64;

struct cache_wish {
  /// What `x-troupe-cache` says.
  enum class word : std::uint8_t {
    none,     ///< Nothing: the policy decides.
    on,       ///< Said `on`, `semantic` or `tools`.
    refresh,  ///< As `on`, but computed anew.
    off,
  };

  word use = word::none;
  /// Whether a kept answer may be given, and this one be kept; of all headers.
  bool reads = true;
  bool keeps = true;
  /// A miss is a 504; the provider is not asked.
  bool only_if_cached = false;
  /// An answer to a question that means the same will do.
  bool semantic = false;
  /// Answers that call tools may be kept and given, too.
  bool tools = false;
  /// An older entry will not do.
  std::optional<std::chrono::seconds> max_age;
  /// How long the answer is to be kept, instead of the configured time.
  std::optional<std::chrono::seconds> ttl;
  /// Names to forget the answer by. No name twice.
  std::vector<std::string> tags;

  /// Whether the client asks for the cache in so many words.
  bool asked() const { return use == word::on || use == word::refresh; }
};

/// Reads the wish, or says what is wrong; `param` is then the header's name.
/// One look at each name where there is no such header.
std::variant<cache_wish, refusal> read_cache_wish(const header_list& headers);

/// Reads a list of tags as in `x-troupe-cache-tags`: commas between, each of
/// visible ASCII. Nothing if one is too long or there are too many.
std::optional<std::vector<std::string>> read_tags(std::string_view list);

}  // namespace troupe::http::wire
