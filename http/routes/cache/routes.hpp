// The endpoints of /api/cache, and which of them a request means.
//
//   GET|HEAD|PUT|DELETE /api/cache/{key}   one entry; {key} may hold slashes
//   GET                 /api/cache         what is kept, in numbers
//   DELETE              /api/cache?pattern=|tag=
//   POST                /api/cache/get     many at once
//   POST                /api/cache/warm    many in at once
//
// `get` and `warm` are endpoints for POST only; entries may be named so.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe::http::app_cache {

enum class action : std::uint8_t {
  get,
  put,
  drop,
  purge,
  get_many,
  warm,
  status
};

enum class place : std::uint8_t { root, key, get, warm };

struct route {
  std::string_view method;
  app_cache::place place;
  app_cache::action action;
  std::string_view name;
};

/// All of them.
std::span<const route> routes() noexcept;

/// `/api/cache/{key}` and the like.
std::string path_of(const route& r);

struct match {
  app_cache::action action = app_cache::action::get;
  std::string_view name;  ///< Of the route, for logs and metrics.
  /// Still percent-encoded; empty where the path has none.
  std::string_view key;
};

/// Nothing if the path is none of these, or does not take the method.
std::optional<match> find_route(std::string_view method, std::string_view path);

/// What an Allow field says of `path`; empty if it is none of these.
std::string_view methods_of(std::string_view path);

}  // namespace troupe::http::app_cache
