#include "actors/new_job_codec.hpp"

#include "actors/record_tree.hpp"

#include <string>
#include <utility>

namespace troupe {

namespace {

using nlohmann::json;
using record_tree::get;
using record_tree::get_enum;
using record_tree::misread;
using record_tree::put;

json tree_of(const job_backoff& b) {
  json to = json::object();
  to["kind"] = name_of(b.kind);
  to["delay"] = b.delay_ms;
  to["max"] = b.delay_max_ms;
  to["jitter"] = b.jitter;
  put(to, "delays", b.delays_ms, {});
  return to;
}

job_backoff backoff_in(const json& from) {
  job_backoff b;
  b.kind = get_enum(from, "kind", b.kind);
  get(from, "delay", b.delay_ms);
  get(from, "max", b.delay_max_ms);
  get(from, "jitter", b.jitter);
  if (const auto found = from.find("delays"); found != from.end())
    for (const auto& x : *found) {
      if (!x.is_number_unsigned())
        throw misread{"delays is not what it should be"};
      b.delays_ms.push_back(x.get<std::uint64_t>());
    }
  return b;
}

json tree_of(const flow_child& c) {
  json to = json::object();
  put(to, "queue", c.queue, {});
  if (c.on_failure != child_policy::fail)
    to["on_failure"] = name_of(c.on_failure);
  to["job"] = troupe::tree_of(c.job);
  return to;
}

flow_child child_in(const json& from) {
  flow_child c;
  get(from, "queue", c.queue);
  c.on_failure = get_enum(from, "on_failure", c.on_failure);
  const auto job = from.find("job");
  if (job == from.end() || !job->is_object())
    throw misread{"a child is no job"};
  c.job = new_job_of(*job);
  return c;
}

}  // namespace

json tree_of(const new_job& j) {
  json to = json::object();
  put(to, "name", j.name, {});
  put(to, "group", j.group, {});
  put(to, "tenant", j.tenant, {});
  put(to, "data", std::string{j.data.view()}, {});
  put(to, "delay", j.delay_ms, {});
  if (j.priority)
    to["priority"] = *j.priority;
  if (j.attempts)
    to["attempts"] = *j.attempts;
  if (j.timeout_ms)
    to["timeout"] = *j.timeout_ms;
  if (j.backoff)
    to["backoff"] = tree_of(*j.backoff);
  for (const auto& child : j.children)
    to["children"].push_back(tree_of(child));
  return to;
}

new_job new_job_of(const json& from) {
  new_job j;
  std::string bytes;
  get(from, "name", j.name);
  get(from, "group", j.group);
  get(from, "tenant", j.tenant);
  get(from, "data", bytes);
  get(from, "delay", j.delay_ms);
  get(from, "priority", j.priority);
  get(from, "attempts", j.attempts);
  get(from, "timeout", j.timeout_ms);
  if (const auto found = from.find("backoff");
      found != from.end() && found->is_object())
    j.backoff = backoff_in(*found);
  if (const auto found = from.find("children"); found != from.end()) {
    if (!found->is_array())
      throw misread{"children is not what it should be"};
    for (const auto& child : *found)
      j.children.push_back(child_in(child));
  }
  if (!bytes.empty())
    j.data = shared_bytes{std::move(bytes)};
  return j;
}

}  // namespace troupe
