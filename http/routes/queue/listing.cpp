#include "http/routes/queue/listing.hpp"

#include "http/routes/cache/query.hpp"
#include "http/routes/queue/work.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace troupe::http::app_queue {

namespace {

using app_cache::invalid;
using app_cache::maybe_fault;
using app_cache::taken;

std::optional<std::uint64_t> count_in(std::string_view text) {
  std::uint64_t count = 0;
  const auto* const end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, count);
  if (text.empty() || failed != std::errc{} || at != end)
    return std::nullopt;
  return count;
}

taken wrong(std::string_view name, std::string_view must) {
  return {true, invalid(name, "'" + std::string{name} + "' must be "
                                  + std::string{must} + ".")};
}

taken take_state(std::string_view text, job_query& into) {
  into.any_state = text == "any";
  if (into.any_state)
    return {};
  for (std::size_t i = 0; i < static_cast<std::size_t>(job_state::count_); ++i)
    if (name_of(static_cast<job_state>(i)) == text) {
      into.state = static_cast<job_state>(i);
      return {};
    }
  return wrong("state", "waiting, delayed, waiting_children, active, "
                        "completed, failed, dead, paused or any");
}

taken take_limit(std::string_view text, std::uint32_t& into) {
  const auto count = count_in(text);
  if (!count || *count == 0 || *count > page_max)
    return wrong("limit",
                 "a whole number from 1 to " + std::to_string(page_max));
  into = static_cast<std::uint32_t>(*count);
  return {};
}

/// `name` is where a page begins.
template <class Number>
taken take_place(std::string_view name, std::string_view text, Number& into) {
  const auto number = count_in(text);
  if (!number || !std::in_range<Number>(*number))
    return wrong(name, "the 'next' of an earlier page");
  into = static_cast<Number>(*number);
  return {};
}

taken take_order(std::string_view text, job_query& into) {
  if (text != "asc" && text != "desc")
    return wrong("order", "asc or desc");
  into.newest_first = text == "desc";
  return {};
}

taken take_with_data(std::string_view text, job_query& into) {
  if (text != "0" && text != "1")
    return wrong("data", "0 or 1");
  into.with_data = text == "1";
  return {};
}

taken take_parameter(std::string_view name, std::string_view text,
                     job_query& into) {
  if (name == "state")
    return take_state(text, into);
  if (name == "limit")
    return take_limit(text, into.limit);
  if (name == "after")
    return take_place(name, text, into.after);
  if (name == "order")
    return take_order(text, into);
  if (name == "data")
    return take_with_data(text, into);
  if (name == "name")
    into.name = text;
  else if (name == "group")
    into.group = text;
  else
    return {.known = false};
  return {};
}

taken take_last_event(std::string_view text, events_wish& into) {
  const auto number = count_in(text);
  if (!number)
    return wrong("last_event_id", "the id of an event of this job");
  into.after = *number;
  return {};
}

taken take_wait(std::string_view text, events_wish& into) {
  const auto count = count_in(text);
  if (!count || *count > wait_max_ms)
    return wrong("wait_ms",
                 "a whole number from 0 to " + std::to_string(wait_max_ms));
  into.wait_ms = *count;
  return {};
}

bool wants_page(const request& req) {
  const auto accept = req.headers.find("accept").value_or("");
  return accept.find("application/json") != accept.npos
         && accept.find("text/event-stream") == accept.npos;
}

}  // namespace

query_read read_query(const request& req, const std::string& tenant) {
  job_query asked;
  asked.tenant = tenant;
  auto fault =
      app_cache::each_parameter(req.query(), [&](auto name, auto text) {
        return take_parameter(name, text, asked);
      });
  if (fault)
    return std::move(*fault);
  return asked;
}

children_read read_children(const request& req, const std::string& id,
                            const std::string& tenant) {
  children_query asked;
  asked.id = id;
  asked.tenant = tenant;
  auto fault = app_cache::each_parameter(
      req.query(), [&](std::string_view name, std::string_view text) -> taken {
        if (name == "from")
          return take_place(name, text, asked.from);
        if (name == "limit")
          return take_limit(text, asked.limit);
        return {.known = false};
      });
  if (fault)
    return std::move(*fault);
  return asked;
}

schedules_read read_schedules(const request& req, const std::string& tenant) {
  schedule_query asked;
  asked.tenant = tenant;
  auto fault = app_cache::each_parameter(
      req.query(), [&](std::string_view name, std::string_view text) -> taken {
        if (name == "after")
          return take_place(name, text, asked.after);
        if (name == "limit")
          return take_limit(text, asked.limit);
        return {.known = false};
      });
  if (fault)
    return std::move(*fault);
  return asked;
}

std::string link_to_next(const request& req, std::uint64_t next,
                         std::string_view name) {
  std::string link{"<"};
  link.append(req.path()).push_back('?');
  auto rest = req.query();
  while (!rest.empty()) {
    const auto pair = app_cache::take_pair(rest);
    if (!pair.empty() && pair.substr(0, pair.find('=')) != name)
      link.append(pair).push_back('&');
  }
  return link.append(name)
      .append("=")
      .append(std::to_string(next))
      .append(">; rel=\"next\"");
}

stream_read read_stream(const request& req, const std::string& id,
                        const std::string& tenant) {
  stream_wish wish;
  wish.events.id = id;
  wish.events.tenant = tenant;
  wish.as_page = wants_page(req);
  auto fault = app_cache::each_parameter(
      req.query(), [&](std::string_view name, std::string_view text) -> taken {
        if (name == "last_event_id")
          return take_last_event(text, wish.events);
        if (name == "wait_ms" && wish.as_page)
          return take_wait(text, wish.events);
        return {.known = false};
      });
  if (const auto last = req.headers.find("last-event-id");
      !fault && last && !last->empty())
    fault = take_last_event(*last, wish.events).fault;
  if (fault)
    return std::move(*fault);
  return wish;
}

}  // namespace troupe::http::app_queue
