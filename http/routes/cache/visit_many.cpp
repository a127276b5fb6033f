// What a visit does with many entries at once.

#include "http/cache/asking.hpp"
#include "http/cache/counting.hpp"
#include "http/cache/semantic_lookup.hpp"
#include "http/routes/cache/length.hpp"
#include "http/routes/cache/many.hpp"
#include "http/routes/cache/storing.hpp"
#include "http/routes/cache/visit.hpp"
#include "http/routes/cache/warming.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace troupe::http::app_cache {

namespace {

using nlohmann::ordered_json;

ordered_json print(const cache_statistics& s) {
  return {{"entries", s.entries},  {"bytes", s.bytes},
          {"hits", s.hits},        {"misses", s.misses},
          {"stale", s.stale},      {"evictions", s.evictions},
          {"expiries", s.expiries}};
}

ordered_json print(const space_statistics& of) {
  ordered_json all;
  for (std::size_t i = 0; i < of.size(); ++i)
    all[std::string{name_of(static_cast<cache_space>(i))}] = print(of[i]);
  return all;
}

std::string print(const cache_counts& counts, const std::string& tenant) {
  return ordered_json{
      {"tenant", {{"name", tenant}, {"spaces", print(counts.of_tenant)}}},
      {"spaces", print(counts.of_all)}}
      .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

bool is_lines(const request& req) {
  const auto type = req.headers.find("content-type");
  if (!type)
    return false;
  const auto essence = trimmed(type->substr(0, type->find(';')));
  return same_token(essence, "application/x-ndjson")
         || same_token(essence, "application/jsonl");
}

maybe_fault read_warm_query(const request& req, bool& only_if_absent) {
  return each_parameter(req.query(), [&](auto name, auto value) -> taken {
    if (name != "only_if_absent")
      return {.known = false};
    const auto read = read_bool(value);
    if (!read)
      return {true, invalid(name, "'only_if_absent' must be true or false.")};
    only_if_absent = *read;
    return {};
  });
}

std::variant<warm_body, wire::door_error> read_warming(const request& req) {
  bool only_if_absent = false;
  if (auto fault = read_warm_query(req, only_if_absent))
    return std::move(*fault);
  warm_body body;
  if (is_lines(req)) {
    body.entries = lines_of(req.body);
  } else {
    auto read = read_warm_body(req.body);
    if (auto* why = std::get_if<wire::door_error>(&read))
      return std::move(*why);
    body = std::move(std::get<warm_body>(read));
  }
  body.only_if_absent = body.only_if_absent || only_if_absent;
  if (body.entries.size() > warm_entries_max)
    return invalid("entries", "At most " + std::to_string(warm_entries_max)
                                  + " entries at once.");
  return body;
}

maybe_fault refuse_any_parameter(const request& req) {
  return each_parameter(req.query(),
                        [](auto, auto) { return taken{.known = false}; });
}

cache_questions questions_of(const std::vector<std::string>& keys,
                             const std::string& tenant) {
  cache_questions all(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    all[i].key = {cache_space::application, tenant, keys[i]};
  return all;
}

std::string print_deleted(std::uint64_t count) {
  return ordered_json{{"deleted", count}}.dump();
}

}  // namespace

// -- many out
// ------------------------------------------------------------------

// A tag may be on answers of models, too.
task<cache_receipt> visit::forget(cache_purge what) {
  auto all = co_await http::purge(lane_, res_.get_executor(), what);
  if (!what.tag.empty()) {
    forget_alike(lane_, what.tenant, what.tag);
    what.space = cache_space::completion;
    const auto answers = co_await http::purge(lane_, res_.get_executor(), what);
    all.count += answers.count;
    if (answers.outcome != cache_outcome::done)
      all.outcome = answers.outcome;
  }
  co_return all;
}

task<> visit::purge() {
  auto read = read_purge(req_, guest_.tenant);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  const auto receipt = co_await forget(std::get<cache_purge>(read));
  if (auto fault = fault_of(receipt)) {
    co_await refuse(std::move(*fault));
    co_return;
  }
  const auto body = print_deleted(receipt.count);
  const auto head = json_headers();
  co_await answer(200, head, body);
}

task<> visit::get_many() {
  auto fault = refuse_any_parameter(req_);
  if (fault) {
    co_await refuse(std::move(*fault));
    co_return;
  }
  auto read = read_keys(req_.body);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  const auto& keys = std::get<std::vector<std::string>>(read);
  const auto found = co_await find_all(lane_, res_.get_executor(),
                                       questions_of(keys, guest_.tenant));
  const auto body = print_found(keys, found);
  const auto head = json_headers();
  co_await answer(200, head, body);
}

// -- many in
// -------------------------------------------------------------------

task<> visit::warm() {
  auto read = read_warming(req_);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto& body = std::get<warm_body>(read);
  warming w{std::move(body.entries), defaults_for(body.only_if_absent),
            is_lines(req_) ? place_kind::line : place_kind::index};
  while (w.fill())
    co_await keep_batch(w);
  const auto text = w.print();
  const auto head = json_headers();
  co_await answer(200, head, text);
}

entry_defaults visit::defaults_for(bool only_if_absent) const {
  entry_defaults by;
  by.tenant = guest_.tenant;
  by.ttl = lane_.settings().cache.ttl;
  by.only_if_absent = only_if_absent;
  return by;
}

task<> visit::keep_batch(warming& w) {
  const auto receipts =
      co_await keep_all(lane_, res_.get_executor(), w.batch());
  w.take(receipts);
}

// -- in numbers
// ----------------------------------------------------------------

task<> visit::count() {
  auto fault = refuse_any_parameter(req_);
  if (fault) {
    co_await refuse(std::move(*fault));
    co_return;
  }
  const auto counts =
      co_await count_caches(lane_, res_.get_executor(), guest_.tenant);
  const auto body = print(counts, guest_.tenant);
  const auto head = json_headers();
  co_await answer(200, head, body);
}

}  // namespace troupe::http::app_cache
