#include "actors/queue/child_codec.hpp"

#include "actors/new_job_codec.hpp"
#include "actors/queue/finished_roll.hpp"
#include "actors/record_tree.hpp"
#include "runtime/errc.hpp"

#include <caf/make_message.hpp>

#include <utility>

namespace troupe {

namespace {

using nlohmann::json;
using record_tree::get;
using record_tree::get_enum;
using record_tree::misread;
using record_tree::put;

json begun(std::string_view queue, std::string_view id, child_policy policy) {
  json to = json::object();
  to["queue"] = queue;
  to["id"] = id;
  if (policy != child_policy::fail)
    to["on_failure"] = name_of(policy);
  return to;
}

std::string text_of(const json& tree) {
  // Bytes that are not UTF-8 cannot come from the door; here they end nothing.
  return tree.dump(-1, ' ', false, json::error_handler_t::replace);
}

child_record read_tree(const json& from) {
  child_record out;
  auto& view = out.view;
  get(from, "queue", view.queue);
  get(from, "id", view.id);
  view.on_failure = get_enum(from, "on_failure", view.on_failure);
  if (const auto job = from.find("job"); job != from.end()) {
    if (!job->is_object())
      throw misread{"job is not what it should be"};
    out.job = new_job_of(*job);
    out.job->id = view.id;
    return out;
  }
  view.ended = true;
  view.state = get_enum(from, "state", job_state::waiting);
  if (!is_over(view.state))
    throw misread{"it has not ended, and is no job"};
  get(from, "at", view.ended_at);
  get(from, "error", view.error);
  std::string result;
  get(from, "result", result);
  if (!result.empty())
    view.result = shared_bytes{std::move(result)};
  return out;
}

}  // namespace

std::string record_of(const flow_child& child, std::string_view id) {
  auto to = begun(child.queue, id, child.on_failure);
  to["job"] = tree_of(child.job);
  return text_of(to);
}

std::string record_of(const child_report& report) {
  auto to = begun(report.queue, report.id, report.parent.on_failure);
  to["state"] = name_of(report.state);
  to["at"] = report.ended_at;
  put(to, "error", report.error, {});
  put(to, "result", std::string{report.result.view()}, {});
  return text_of(to);
}

caf::expected<child_record> read_child(std::string_view record) {
  const auto refuse = [](const std::string& why) {
    return caf::make_error(errc::store_corrupt, "a child: " + why);
  };
  const auto tree = json::parse(record, nullptr, false);
  if (!tree.is_object())
    return refuse("not JSON");
  try {
    return read_tree(tree);
  } catch (const misread& m) {
    return refuse(m.why);
  } catch (const json::exception&) {
    return refuse("not the JSON it should be");
  }
}

}  // namespace troupe
