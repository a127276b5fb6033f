#include "actors/schedule/schedule_codec.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace troupe {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view,
                     static_cast<std::size_t>(misfire_policy::count_)>
    policies{"once", "skip", "all"};

// What is not as written is an error, which ends in `read_schedule`.
struct misread {
  std::string why;
};

template <class T>
void put(json& to, const char* key, const T& value, const T& fallback) {
  if (value != fallback)
    to[key] = value;
}

template <class T>
void get(const json& from, const char* key, T& value) {
  const auto found = from.find(key);
  if (found == from.end())
    return;
  if constexpr (std::is_same_v<T, std::string>) {
    if (found->is_string()) {
      value = found->template get<std::string>();
      return;
    }
  } else if constexpr (std::is_floating_point_v<T>) {
    if (found->is_number()) {
      value = found->template get<T>();
      return;
    }
  } else if (found->is_number_integer()) {
    const auto number = found->template get<std::int64_t>();
    value = static_cast<T>(number);
    if (std::cmp_equal(value, number))
      return;
  }
  throw misread{std::string{key} + " is not what it should be"};
}

template <class Enum>
Enum get_enum(const json& from, const char* key, Enum fallback) {
  std::string word;
  get(from, key, word);
  if (word.empty())
    return fallback;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Enum::count_); ++i)
    if (name_of(static_cast<Enum>(i)) == word)
      return static_cast<Enum>(i);
  throw misread{std::string{key} + " is not a known word"};
}

json written(const job_backoff& b) {
  json to = json::object();
  to["kind"] = name_of(b.kind);
  to["delay"] = b.delay_ms;
  to["max"] = b.delay_max_ms;
  to["jitter"] = b.jitter;
  put(to, "delays", b.delays_ms, {});
  return to;
}

job_backoff read_backoff(const json& from) {
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

json written(const new_job& j) {
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
    to["backoff"] = written(*j.backoff);
  return to;
}

template <class T>
void get(const json& from, const char* key, std::optional<T>& value) {
  if (from.contains(key))
    get(from, key, value.emplace());
}

new_job read_job(const json& from) {
  new_job j;
  std::string data;
  get(from, "name", j.name);
  get(from, "group", j.group);
  get(from, "tenant", j.tenant);
  get(from, "data", data);
  get(from, "delay", j.delay_ms);
  get(from, "priority", j.priority);
  get(from, "attempts", j.attempts);
  get(from, "timeout", j.timeout_ms);
  if (const auto found = from.find("backoff");
      found != from.end() && found->is_object())
    j.backoff = read_backoff(*found);
  if (!data.empty())
    j.data = shared_bytes{std::move(data)};
  return j;
}

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
    w.job = read_job(*job);
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

std::string_view name_of(misfire_policy p) noexcept {
  const auto at = static_cast<std::size_t>(p);
  return at < policies.size() ? policies[at] : std::string_view{};
}

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
  to["job"] = written(w.job);
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
