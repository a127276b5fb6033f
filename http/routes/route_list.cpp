#include "http/routes/route_list.hpp"

#include "http/routes/cache/routes.hpp"
#include "http/routes/chat.hpp"
#include "http/routes/explain.hpp"
#include "http/routes/own_routes.hpp"
#include "http/routes/queue/routes.hpp"
#include "http/routes/workers.hpp"
#include "http/wire/endpoint.hpp"

#include <algorithm>
#include <utility>

namespace troupe::http {

namespace {

/// As a Gemini client has it, or with the name of a model behind.
std::string path_of(const wire::endpoint_row& row) {
  std::string path{row.path};
  if (path.ends_with('/'))
    path += "{model}";
  if (row.protocol != config::protocol::gemini)
    return path;
  return path.starts_with('/') ? "/v1beta" + path
                               : "/v1beta/models/{model}:" + path;
}

void append(route_list& all, route_list more) {
  for (auto& each : more)
    all.push_back(std::move(each));
}

}  // namespace

route_list model_routes() {
  route_list all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(wire::endpoint::count_);
       ++i) {
    const auto& row = wire::row_of(static_cast<wire::endpoint>(i));
    all.push_back({row.method, path_of(row)});
  }
  return all;
}

route_list queue_routes() {
  route_list all;
  for (const auto& r : app_queue::routes())
    all.push_back({r.method, app_queue::path_of(r)});
  return all;
}

route_list cache_routes() {
  route_list all;
  for (const auto& r : app_cache::routes())
    if (r.method != "HEAD")
      all.push_back({r.method, app_cache::path_of(r)});
  return all;
}

route_list all_routes() {
  auto all = model_routes();
  append(all, queue_routes());
  append(all, cache_routes());
  for (const auto& r : own_routes)
    all.push_back({r.method, std::string{r.path}});
  all.push_back({"POST", std::string{chat_path}});
  all.push_back({"POST", std::string{explain_path}});
  all.push_back({"GET", std::string{workers_path}});
  all.push_back({"POST", std::string{workers_path}});
  std::ranges::sort(all);
  const auto twice = std::ranges::unique(all);
  all.erase(twice.begin(), twice.end());
  return all;
}

}  // namespace troupe::http
