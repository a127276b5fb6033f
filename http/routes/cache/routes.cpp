#include "http/routes/cache/routes.hpp"

#include <array>

namespace troupe::http::app_cache {

namespace {

constexpr std::string_view base = "/api/cache";

constexpr std::array rows{
    route{"GET", place::key, action::get, "cache_get"},
    route{"HEAD", place::key, action::get, "cache_get"},
    route{"PUT", place::key, action::put, "cache_put"},
    route{"DELETE", place::key, action::drop, "cache_delete"},
    route{"POST", place::get, action::get_many, "cache_get_many"},
    route{"POST", place::warm, action::warm, "cache_warm"},
    route{"DELETE", place::root, action::purge, "cache_purge"},
    route{"GET", place::root, action::status, "cache_status"},
    route{"HEAD", place::root, action::status, "cache_status"},
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

std::span<const route> routes() noexcept {
  return rows;
}

std::string path_of(const route& r) {
  std::string path{base};
  switch (r.place) {
  case place::root:
    break;
  case place::key:
    path += "/{key}";
    break;
  case place::get:
    path += "/get";
    break;
  case place::warm:
    path += "/warm";
    break;
  }
  return path;
}

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
