#include "actors/schedule/schedule_codec.hpp"

#include "actors/new_job_codec.hpp"
#include "actors/record_tree.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace troupe {

namespace {

using nlohmann::json;
using record_tree::get;
using record_tree::get_enum;
using record_tree::misread;
using record_tree::put;

schedule_view read_tree(const json& from) {
  schedule_view v;
  auto& w = v.wish;
  get(from, "id", w.id);
  get(from, "cron", w.cron);
  get(from, "every", w.every_ms);
  get(from, "zone", w.zone);
  get(from, "start", w.start_at);
  get(from, "end", w.end_at);
  get(from, "limit", w.limit);
  w.misfire = get_enum(from, "misfire", w.misfire);
  get(from, "catch_up", w.catch_up_max);
  if (const auto job = from.find("job"); job != from.end() && job->is_object())
    w.job = new_job_of(*job);
  auto& p = v.progress;
  get(from, "anchor", p.anchor);
  get(from, "next", p.next_at);
  get(from, "last", p.last_at);
  get(from, "made", p.made);
  if (!is_schedule_time(p.anchor) || !is_schedule_time(p.last_at)
      || !is_schedule_time(p.next_at.value_or(0)))
    throw misread{"a time is not one"};
  return v;
}

}  // namespace

std::string record_of(const schedule_wish& w, const schedule_progress& p) {
  const schedule_wish plain;
  json to = json::object();
  to["id"] = w.id;
  put(to, "cron", w.cron, {});
  put(to, "every", w.every_ms, {});
  put(to, "zone", w.zone, plain.zone);
  put(to, "start", w.start_at, {});
  put(to, "end", w.end_at, {});
  put(to, "limit", w.limit, {});
  if (w.misfire != plain.misfire)
    to["misfire"] = name_of(w.misfire);
  put(to, "catch_up", w.catch_up_max, plain.catch_up_max);
  put(to, "anchor", p.anchor, {});
  if (p.next_at)
    to["next"] = *p.next_at;
  put(to, "last", p.last_at, {});
  put(to, "made", p.made, {});
  to["job"] = tree_of(w.job);
  // Bytes that are not UTF-8 cannot come from the door; here they end nothing.
  return to.dump(-1, ' ', false, json::error_handler_t::replace);
}

caf::expected<schedule_view> read_schedule(schedule_number number,
                                           std::string_view record) {
  const auto refuse = [](const std::string& why) {
    return caf::make_error(errc::store_corrupt, "a schedule: " + why);
  };
  const auto tree = json::parse(record, nullptr, false);
  if (!tree.is_object())
    return refuse("not JSON");
  try {
    auto view = read_tree(tree);
    view.number = number;
    return view;
  } catch (const misread& m) {
    return refuse(m.why);
  } catch (const json::exception&) {
    return refuse("not the JSON it should be");
  }
}

}  // namespace troupe
