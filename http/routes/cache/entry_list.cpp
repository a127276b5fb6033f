#include "http/routes/cache/entry_list.hpp"

#include "http/routes/cache/length.hpp"
#include "http/routes/cache/storing.hpp"
#include "http/wire/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace troupe::http::app_cache {

namespace {

using nlohmann::json;
namespace fast = wire::json;

constexpr std::string_view text_type = "text/plain; charset=utf-8";
constexpr std::string_view json_type = "application/json";

constexpr std::array entry_fields{
    std::string_view{"key"},      std::string_view{"value"},
    std::string_view{"ttl"},      std::string_view{"stale"},
    std::string_view{"tags"},     std::string_view{"type"},
    std::string_view{"negative"},
};

/// Deepest nesting of an entry: below that of the walk on the hot path.
constexpr int depth_max = 400;

std::optional<json> parse(std::string_view text) {
  bool deep = false;
  const auto guard = [&](int depth, json::parse_event_t, json&) {
    deep = deep || depth > depth_max;
    return !deep;
  };
  auto parsed = json::parse(text, guard, false);
  if (deep || parsed.is_discarded())
    return std::nullopt;
  return parsed;
}

/// A length of time that JSON may give as a number of seconds, too.
std::string text_of(const json& v) {
  if (v.is_string())
    return v.get<std::string>();
  if (v.is_number_unsigned())
    return std::to_string(v.get<std::uint64_t>());
  return {};
}

using complaint = std::string;  // Empty: there is none.

/// JSON as it was written: numbers beyond a double's keep their digits.
std::string_view raw_json_of(fast::document& doc, fast::value& v,
                             std::string_view text) {
  std::string_view raw;
  simdjson::ondemand::object members;
  simdjson::ondemand::array elements;
  const char kind = fast::kind_of(v);
  bool read = true;
  if (kind == '{')
    read = !v.get_object().get(members) && !members.raw_json().get(raw);
  else if (kind == '[')
    read = !v.get_array().get(elements) && !elements.raw_json().get(raw);
  else
    raw = fast::token_of(v);
  if (!read || raw.empty())
    return {};
  raw = text.substr(doc.offset_of(raw), raw.size());
  return raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
}

/// The JSON of the member `value` of `entry`. @pre it is sound, and has one
std::string_view raw_value_of(std::string_view entry) {
  std::string_view raw;
  fast::document doc{entry};
  if (auto root = doc.root())
    fast::each_member(*root, [&](std::string_view name, fast::value value) {
      if (name != "value")
        return fast::sound(value, 1);
      raw = raw_json_of(doc, value, entry);
      return true;
    });
  return raw;
}

complaint take_value(const json& v, std::string_view text, cache_change& into) {
  const bool is_text = v.is_string();
  auto bytes = is_text ? v.get<std::string>() : std::string{raw_value_of(text)};
  if (bytes.size() > value_size_max)
    return "value may have " + std::to_string(value_size_max)
           + " bytes at most";
  into.entry.size = bytes.size();
  into.entry.value = shared_bytes{std::move(bytes)};
  into.entry.type = is_text ? text_type : json_type;
  return {};
}

complaint take_ttl(const json& v, cache_change& into) {
  const auto ttl = read_lifetime(text_of(v));
  if (!ttl)
    return "ttl " + std::string{lifetime_shape};
  into.ttl_ms = static_cast<std::uint64_t>(ttl->count());
  return {};
}

complaint take_stale(const json& v, cache_change& into) {
  const auto length = read_length(text_of(v));
  if (!length || *length > ttl_max)
    return "stale must be seconds, or a duration such as 250ms or 5m";
  into.stale_ms = static_cast<std::uint64_t>(length->count());
  return {};
}

complaint take_tags(const json& v, cache_change& into) {
  if (!v.is_array())
    return "tags must be a list of strings";
  for (const auto& each : v) {
    const auto tag = each.is_string() ? each.get<std::string>() : "";
    if (const auto fault = fault_of_name(tag, tag_size_max); !fault.empty())
      return "tags must be strings; each " + fault;
    if (into.entry.tags.size() == tags_max)
      return "tags may be " + std::to_string(tags_max) + " at most";
    into.entry.tags.push_back(tag);
  }
  return {};
}

complaint take_type(const json& v, cache_change& into) {
  const auto type = v.is_string() ? v.get<std::string>() : "";
  if (const auto fault = fault_of_name(type, type_size_max); !fault.empty())
    return "type " + fault;
  into.entry.type = type;
  return {};
}

complaint take_negative(const json& v, cache_change& into) {
  if (!v.is_boolean())
    return "negative must be true or false";
  into.entry.negative = v.get<bool>();
  return {};
}

/// `type` comes after `value`, whose own type it replaces.
complaint take_fields(const json& entry, std::string_view text,
                      cache_change& into) {
  using taker = complaint (*)(const json&, cache_change&);
  constexpr std::array<std::pair<const char*, taker>, 5> takers{{
      {"ttl", take_ttl},
      {"stale", take_stale},
      {"tags", take_tags},
      {"type", take_type},
      {"negative", take_negative},
  }};
  if (const auto found = entry.find("value"); found != entry.end())
    if (auto wrong = take_value(*found, text, into); !wrong.empty())
      return wrong;
  for (const auto& [name, take] : takers)
    if (const auto found = entry.find(name); found != entry.end())
      if (auto wrong = take(*found, into); !wrong.empty())
        return wrong;
  if (into.entry.negative == entry.contains("value"))
    return into.entry.negative ? "what is known to be nothing has no value"
                               : "value is missing";
  return {};
}

complaint unknown_field(const json& entry, const entry_defaults& by) {
  for (const auto& [name, value] : entry.items())
    if (std::ranges::find(entry_fields, name) == entry_fields.end()
        && !(by.any_tenant && name == "tenant"))
      return "the field '" + name + "' means nothing here";
  return {};
}

complaint take_tenant(const json& entry, std::string& into) {
  const auto found = entry.find("tenant");
  if (found == entry.end())
    return {};
  if (!found->is_string())
    return "tenant must be a string";
  into = found->get<std::string>();
  return {};
}

complaint take_key(const json& entry, std::string& into) {
  const auto found = entry.find("key");
  if (found == entry.end() || !found->is_string())
    return "key must be a string";
  into = found->get<std::string>();
  if (const auto fault = fault_of_name(into, key_size_max); !fault.empty()) {
    into.clear();
    return "key " + fault;
  }
  return {};
}

}  // namespace

entry_list lines_of(std::string_view text) {
  entry_list lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    lines.push_back(trimmed(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::variant<warm_body, wire::door_error>
read_warm_body(std::string_view text) {
  warm_body body;
  bool has_entries = false;
  maybe_fault fault;
  fast::document doc{text};
  auto root = doc.root();
  const auto take_entry = [&](fast::value& v) {
    const auto raw = raw_json_of(doc, v, text);
    body.entries.push_back(raw);
    return !raw.empty();
  };
  const bool sound =
      root
      && fast::each_member(*root, [&](std::string_view name,
                                      fast::value value) {
           if (name == "entries" && fast::kind_of(value) == '[') {
             has_entries = true;
             return fast::each_element(value, 1, take_entry);
           }
           if (name == "only_if_absent") {
             const auto read = read_bool(fast::token_of(value));
             if (!read)
               fault = invalid(name, "'only_if_absent' must be true or false.");
             body.only_if_absent = read.value_or(false);
           } else {
             fault = invalid(name, "The field '" + std::string{name}
                                       + "' means nothing here.");
           }
           return fast::sound(value, 1);
         });
  if (!sound || !doc.at_end())
    return invalid("", "The body must be a JSON object, or JSON Lines with the "
                       "type application/x-ndjson.");
  if (fault)
    return std::move(*fault);
  if (!has_entries)
    return invalid("entries", "'entries' must be a list of entries.");
  return body;
}

std::variant<cache_change, entry_fault> read_entry(std::string_view text,
                                                   const entry_defaults& by) {
  const auto entry = parse(text);
  if (!entry || !entry->is_object())
    return entry_fault{{}, "an entry must be a JSON object"};
  entry_fault fault;
  fault.why = take_key(*entry, fault.key);
  cache_change change;
  change.verb = cache_verb::keep;
  change.ttl_ms = static_cast<std::uint64_t>(by.ttl.count());
  change.if_absent = by.only_if_absent;
  if (fault.why.empty())
    fault.why = unknown_field(*entry, by);
  if (fault.why.empty())
    fault.why = take_fields(*entry, text, change);
  auto tenant = by.tenant;
  if (fault.why.empty())
    fault.why = take_tenant(*entry, tenant);
  if (!fault.why.empty())
    return fault;
  change.key = {cache_space::application, std::move(tenant),
                std::move(fault.key)};
  return change;
}

std::string_view why_refused(cache_outcome o) {
  switch (o) {
  case cache_outcome::changed:
    return "there is an entry already";
  case cache_outcome::too_large:
    return "larger than the part of the cache that would have to hold it";
  default:
    return "the cache did not answer";
  }
}

}  // namespace troupe::http::app_cache
