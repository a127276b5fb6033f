#include "http/routes/cache/routes.hpp"

#include <array>

namespace troupe::http::app_cache {

namespace {

constexpr std::string_view base = "/api/cache";

enum class place : std::uint8_t { root, key, get, warm };

struct row {
  std::string_view method;
  app_cache::place place;
  app_cache::action action;
  std::string_view name;
};

constexpr std::array rows{
    row{"GET", place::key, action::get, "cache_get"},
    row{"HEAD", place::key, action::get, "cache_get"},
    row{"PUT", place::key, action::put, "cache_put"},
    row{"DELETE", place::key, action::drop, "cache_delete"},
    row{"POST", place::get, action::get_many, "cache_get_many"},
    row{"POST", place::warm, action::warm, "cache_warm"},
    row{"DELETE", place::root, action::purge, "cache_purge"},
    row{"GET", place::root, action::status, "cache_status"},
    row{"HEAD", place::root, action::status, "cache_status"},
};

/// What stands behind `/api/cache/`; empty for `/api/cache` itself, nothing for
/// paths elsewhere.
std::optional<std::string_view> behind_root(std::string_view path) {
  if (!path.starts_with(base))
    return std::nullopt;
  path.remove_prefix(base.size());
  if (path.empty())
    return path;
  if (path.front() != '/')
    return std::nullopt;
  path.remove_prefix(1);
  return path;
}

bool fits(place p, std::string_view behind) {
  switch (p) {
  case place::root:
    return behind.empty();
  case place::key:
    return !behind.empty();
  case place::get:
    return behind == "get";
  case place::warm:
    return behind == "warm";
  }
  return false;
}

}  // namespace

std::optional<match> find_route(std::string_view method,
                                std::string_view path) {
  const auto behind = behind_root(path);
  if (!behind)
    return std::nullopt;
  for (const auto& r : rows)
    if (r.method == method && fits(r.place, *behind))
      return match{r.action, r.name,
                   r.place == place::key ? *behind : std::string_view{}};
  return std::nullopt;
}

std::string_view methods_of(std::string_view path) {
  const auto behind = behind_root(path);
  if (!behind)
    return {};
  if (behind->empty())
    return "GET, HEAD, DELETE";
  if (fits(place::get, *behind) || fits(place::warm, *behind))
    return "GET, HEAD, PUT, DELETE, POST";
  return "GET, HEAD, PUT, DELETE";
}

}  // namespace troupe::http::app_cache
