#include "http/routes/cache/storing.hpp"

#include "http/routes/cache/length.hpp"
#include "http/routes/cache/lookup.hpp"
#include "http/routes/cache/tokens.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::http::app_cache {

namespace {

using std::chrono::milliseconds;

/// What HTTP calls bytes of which it knows nothing.
constexpr std::string_view type_unknown = "application/octet-stream";

/// Worth waiting before asking a shard again that has just died.
constexpr milliseconds restart_pause{1000};

std::uint64_t in_ms(milliseconds length) {
  return static_cast<std::uint64_t>(length.count());
}

maybe_fault take_ttl(std::string_view name, std::string_view value,
                     cache_change& into) {
  const auto ttl = read_lifetime(value);
  if (!ttl)
    return invalid(name, "'" + std::string{name} + "' "
                             + std::string{lifetime_shape} + ".");
  into.ttl_ms = in_ms(*ttl);
  return std::nullopt;
}

maybe_fault take_stale(std::string_view name, std::string_view value,
                       cache_change& into) {
  const auto length = read_length(value);
  if (!length || *length > ttl_max)
    return invalid(name, "'" + std::string{name}
                             + "' must be seconds, or a duration such as 250ms "
                               "or 5m; at most 30d.");
  into.stale_ms = in_ms(*length);
  return std::nullopt;
}

maybe_fault take_tag_list(std::string_view name, std::string_view value,
                          cache_change& into) {
  if (auto fault = take_tags(value, into.entry.tags); !fault.empty())
    return invalid(name, "'" + std::string{name} + "' " + fault + ".");
  return std::nullopt;
}

maybe_fault take_negative(std::string_view value, cache_change& into) {
  const auto read = read_bool(value);
  if (!read)
    return invalid("negative", "'negative' must be true or false.");
  into.entry.negative = *read;
  return std::nullopt;
}

/// The seconds of `directive` in a Cache-Control field. Zero is none: it is
/// what browsers' fetch adds unasked to a request that shall not be cached.
std::uint64_t seconds_of(std::string_view field, std::string_view directive) {
  while (!field.empty()) {
    const auto item = take_item(field);
    const auto equals = item.find('=');
    if (equals == item.npos || !same_token(item.substr(0, equals), directive))
      continue;
    const auto text = item.substr(equals + 1);
    std::uint64_t seconds = 0;
    const auto* end = text.data() + text.size();
    const auto [at, failed] = std::from_chars(text.data(), end, seconds);
    const auto longest = static_cast<std::uint64_t>(ttl_max.count());
    if (failed == std::errc{} && at == end)
      return std::min(seconds, longest);
  }
  return 0;
}

void take_cache_control(std::string_view field, cache_change& into) {
  if (const auto fresh = seconds_of(field, "max-age"); fresh > 0)
    into.ttl_ms = fresh * 1000;
  if (const auto beyond = seconds_of(field, "stale-while-revalidate");
      beyond > 0)
    into.stale_ms = beyond * 1000;
}

maybe_fault take_lease(std::string_view value, cache_change& into) {
  const auto token = read_token(value);
  if (!token)
    return invalid(lease_field, "'" + std::string{lease_field}
                                    + "' must be a lease as it was given.");
  into.token = *token;
  return std::nullopt;
}

maybe_fault take_if_match(std::string_view value, cache_change& into) {
  const auto etag = read_etag(value);
  if (!etag)
    return invalid("If-Match", "'If-Match' must be one ETag as it was given, "
                               "with its quotes.");
  into.if_match = *etag;
  return std::nullopt;
}

maybe_fault take_if_none_match(std::string_view value, cache_change& into) {
  if (trimmed(value) != "*")
    return invalid("If-None-Match", "'If-None-Match' may be nothing but * "
                                    "where an entry is put.");
  into.if_absent = true;
  return std::nullopt;
}

maybe_fault take_type(std::string_view value, cache_change& into) {
  if (const auto fault = fault_of_name(value, type_size_max); !fault.empty())
    return invalid("Content-Type", "'Content-Type' " + fault + ".");
  into.entry.type = value;
  return std::nullopt;
}

maybe_fault refuse_encoding(std::string_view value) {
  if (same_token(trimmed(value), "identity"))
    return std::nullopt;
  auto why = invalid("Content-Encoding",
                     "Encoded values are not taken: what is put is given back "
                     "byte by byte, without the encoding's name.");
  why.status = 415;
  return why;
}

maybe_fault take_field(header_list::field f, cache_change& into) {
  if (same_token(f.name, "x-troupe-cache-ttl"))
    return take_ttl("x-troupe-cache-ttl", f.value, into);
  if (same_token(f.name, "x-troupe-cache-tags"))
    return take_tag_list("x-troupe-cache-tags", f.value, into);
  if (same_token(f.name, lease_field))
    return take_lease(f.value, into);
  if (same_token(f.name, "if-match"))
    return take_if_match(f.value, into);
  if (same_token(f.name, "if-none-match"))
    return take_if_none_match(f.value, into);
  if (same_token(f.name, "content-type"))
    return take_type(f.value, into);
  if (same_token(f.name, "content-encoding"))
    return refuse_encoding(f.value);
  return std::nullopt;
}

taken take_parameter(std::string_view name, std::string_view value,
                     cache_change& into) {
  if (name == "ttl")
    return {true, take_ttl(name, value, into)};
  if (name == "stale")
    return {true, take_stale(name, value, into)};
  if (name == "tags")
    return {true, take_tag_list(name, value, into)};
  if (name == "negative")
    return {true, take_negative(value, into)};
  return {.known = false};
}

}  // namespace

std::string take_tags(std::string_view list, std::vector<std::string>& into) {
  while (!list.empty()) {
    const auto tag = take_item(list);
    if (auto fault = fault_of_name(tag, tag_size_max); !fault.empty())
      return "are tags with commas between; each " + fault;
    if (into.size() == tags_max)
      return "may be " + std::to_string(tags_max) + " tags at most";
    into.emplace_back(tag);
  }
  return {};
}

std::variant<cache_change, wire::door_error>
read_put(const request& req, cache_key key, milliseconds ttl) {
  cache_change change;
  change.key = std::move(key);
  change.verb = cache_verb::keep;
  change.ttl_ms = in_ms(ttl);
  change.entry.type = type_unknown;
  if (const auto field = req.headers.find("cache-control"))
    take_cache_control(*field, change);
  for (const auto field : req.headers)
    if (auto fault = take_field(field, change))
      return std::move(*fault);
  auto fault = each_parameter(req.query(), [&](auto name, auto value) {
    return take_parameter(name, value, change);
  });
  if (fault)
    return std::move(*fault);
  if (req.body.size() > value_size_max)
    return value_too_large();
  if (change.entry.negative && !req.body.empty())
    return invalid("negative", "What is known to be nothing has no value.");
  change.entry.size = req.body.size();
  change.entry.value = shared_bytes{req.body};
  return change;
}

std::variant<cache_change, wire::door_error> read_drop(const request& req,
                                                       cache_key key) {
  if (auto fault = each_parameter(
          req.query(), [](auto, auto) { return taken{.known = false}; }))
    return std::move(*fault);
  cache_change change;
  change.key = std::move(key);
  change.verb = cache_verb::remove;
  maybe_fault fault;
  if (const auto field = req.headers.find("if-match"))
    fault = take_if_match(*field, change);
  if (const auto field = req.headers.find(lease_field); field && !fault) {
    fault = take_lease(*field, change);
    change.verb = cache_verb::yield;
  }
  if (fault)
    return std::move(*fault);
  return change;
}

std::variant<cache_purge, wire::door_error>
read_purge(const request& req, std::string_view tenant) {
  cache_purge what;
  what.space = cache_space::application;
  what.tenant = tenant;
  auto fault = each_parameter(req.query(), [&](auto name, auto value) -> taken {
    if (name != "pattern" && name != "tag")
      return {.known = false};
    const auto size_max = name == "tag" ? tag_size_max : key_size_max;
    if (const auto bad = fault_of_name(value, size_max); !bad.empty())
      return {true, invalid(name, "'" + std::string{name} + "' " + bad + ".")};
    (name == "tag" ? what.tag : what.pattern) = value;
    return {};
  });
  if (fault)
    return std::move(*fault);
  if (what.pattern.empty() == what.tag.empty())
    return invalid("pattern",
                   "Say either which 'pattern' or which 'tag' goes, such as "
                   "?pattern=persona:*.");
  return what;
}

maybe_fault fault_of(const cache_receipt& receipt) {
  wire::door_error why;
  switch (receipt.outcome) {
  case cache_outcome::done:
    return std::nullopt;
  case cache_outcome::absent:
    why.status = 404;
    why.code = "not_found";
    why.message = "Nothing is kept under this key.";
    break;
  case cache_outcome::changed:
    why.status = 412;
    why.code = "precondition_failed";
    why.message = receipt.etag == 0
                      ? "Nothing is kept under this key."
                      : "Something else is kept under this key by now; the "
                        "ETag is of that.";
    break;
  case cache_outcome::lead_lost:
    why.status = 409;
    why.code = "lease_lost";
    why.message = "This lease has ended: its time is over, or the key was "
                  "changed meanwhile.";
    break;
  case cache_outcome::too_large:
    why.status = 413;
    why.code = "no_room";
    why.message = "The entry is larger than the part of the cache that would "
                  "have to hold it (cache.max_bytes, cache.tenant_max_bytes).";
    break;
  default:
    why.status = 503;
    why.code = "cache_lost";
    why.message = "The cache did not answer: it may have happened, or not.";
    why.retry_after = restart_pause;
  }
  return why;
}

wire::door_error value_too_large() {
  wire::door_error why;
  why.status = 413;
  why.code = "value_too_large";
  why.message =
      "A value may have " + std::to_string(value_size_max) + " bytes at most.";
  return why;
}

}  // namespace troupe::http::app_cache
