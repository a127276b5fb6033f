#include "http/routes/cache/lookup.hpp"

#include "http/routes/cache/length.hpp"
#include "http/routes/cache/tokens.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::http::app_cache {

namespace {

using std::chrono::milliseconds;

/// Worth waiting before asking again for what somebody is computing.
constexpr milliseconds busy_pause{1000};

std::uint64_t in_ms(milliseconds length) {
  return static_cast<std::uint64_t>(length.count());
}

taken take_length(std::string_view name, std::string_view value,
                  milliseconds min, milliseconds max, std::uint64_t& into) {
  const auto length = read_length(value);
  if (!length || *length < min || *length > max)
    return {true,
            invalid(name, "'" + std::string{name}
                              + "' must be seconds, or a duration such as "
                                "250ms or 5m; at most "
                              + std::to_string(max.count() / 1000) + " s.")};
  into = in_ms(*length);
  return {};
}

taken take_stale(std::string_view value, bool& into) {
  const auto read = read_bool(value);
  if (!read)
    return {true, invalid("stale", "'stale' must be true or false.")};
  into = *read;
  return {};
}

std::string_view word_of(cache_state s) {
  switch (s) {
  case cache_state::fresh:
    return "hit";
  case cache_state::stale:
    return "stale";
  case cache_state::negative:
    return "negative";
  case cache_state::busy:
    return "busy";
  default:
    return "miss";
  }
}

}  // namespace

std::variant<std::string, wire::door_error> read_key(std::string_view encoded) {
  auto key = decoded(encoded, plus::itself);
  if (!key)
    return invalid("key", "The key is not properly percent-encoded.");
  if (const auto fault = fault_of_name(*key, key_size_max); !fault.empty())
    return invalid("key", "The key " + fault + ".");
  return std::move(*key);
}

std::variant<cache_question, wire::door_error> read_lookup(const request& req,
                                                           cache_key key) {
  cache_question asked;
  asked.key = std::move(key);
  auto fault = each_parameter(
      req.query(), [&](std::string_view name, std::string_view value) -> taken {
        if (name == "lease")
          return take_length(name, value, milliseconds{1}, lease_max,
                             asked.lead_ms);
        if (name == "wait")
          return take_length(name, value, milliseconds{0}, wait_max,
                             asked.wait_ms);
        if (name == "stale")
          return take_stale(value, asked.stale_is_good);
        return {.known = false};
      });
  if (fault)
    return std::move(*fault);
  return asked;
}

header_list head_of(const cache_finding& found, unsigned status) {
  header_list head;
  if (status != 304 && !found.entry.type.empty())
    head.add("Content-Type", found.entry.type);
  head.add("ETag", print_etag(found.etag));
  head.add("Age", std::to_string(found.age_ms / 1000));
  head.add("Cache-Control", "max-age=" + std::to_string(found.ttl_ms / 1000));
  head.add("x-troupe-cache", word_of(found.state));
  return head;
}

unsigned status_of(const request& req, const cache_finding& found) {
  const auto known = req.headers.find("if-none-match");
  return known && lists_etag(*known, found.etag) ? 304 : 200;
}

wire::door_error absence_of(const cache_finding& found) {
  wire::door_error why;
  why.status = 404;
  switch (found.state) {
  case cache_state::negative:
    why.code = "known_absent";
    why.message = "It is known that there is nothing under this key.";
    break;
  case cache_state::busy:
    why.status = 409;
    why.code = "being_computed";
    why.message = "Somebody else computes what belongs under this key.";
    why.retry_after = busy_pause;
    break;
  case cache_state::lead:
    why.code = "not_found";
    why.message = "Nothing is kept under this key; the lease to compute it is "
                  "yours.";
    break;
  default:
    why.code = "not_found";
    why.message = "Nothing is kept under this key.";
  }
  return why;
}

header_list absence_head_of(const cache_finding& found) {
  auto head = json_headers();
  head.add("x-troupe-cache", word_of(found.state));
  if (found.state == cache_state::lead)
    head.add(lease_field, print_token(found.token));
  if (found.state == cache_state::negative) {
    head.add("ETag", print_etag(found.etag));
    head.add("Age", std::to_string(found.age_ms / 1000));
    head.add("Cache-Control", "max-age=" + std::to_string(found.ttl_ms / 1000));
  }
  return head;
}

std::string lease_body(wire::door_error why, std::uint64_t token,
                       std::uint64_t lead_ms) {
  auto body = nlohmann::ordered_json::parse(wire::error_body(std::nullopt, why),
                                            nullptr, false);
  body["lease"] = {{"token", print_token(token)}, {"expires_in_ms", lead_ms}};
  return body.dump();
}

}  // namespace troupe::http::app_cache
