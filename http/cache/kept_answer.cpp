#include "http/cache/kept_answer.hpp"

#include "http/cache/cache_use.hpp"
#include "http/cache/packing.hpp"
#include "http/wire/replay/play.hpp"

#include <utility>

namespace troupe::http {

namespace {

header_list headers_of(const cache_finding& found, std::string_view type,
                       cache_use how) {
  header_list made;
  made.add("Content-Type", type);
  made.add("Age", std::to_string(found.age_ms / 1000));
  made.add("x-troupe-model", found.entry.model);
  made.add("x-troupe-provider", found.entry.provider);
  made.add("x-troupe-attempts", "0");
  made.add("x-troupe-cache", name_of(how));
  return made;
}

}  // namespace

std::optional<kept_answer> answer_from(const cache_finding& found,
                                       wire::endpoint e,
                                       const flight_shape& shape,
                                       cache_use how) {
  kept_answer made;
  made.streams = shape.streams;
  made.body = unpack(found.entry);
  std::string_view type = found.entry.type;
  if (shape.streams) {
    wire::play_options options;
    if (shape.asks_usage)
      options.usage = wire::usage_wish::yes;
    if (shape.json_array)
      options.framing = wire::framing::json_array;
    else
      type = "text/event-stream";
    made.body = wire::play_stream(e, made.body, options);
  }
  if (made.body.empty())
    return std::nullopt;
  made.headers = headers_of(found, type, how);
  return made;
}

task<> give(responder& res, const kept_answer& answer) {
  if (answer.streams) {
    res.start(200, answer.headers);
    co_await res.write(answer.body);
    co_await res.finish();
  } else {
    co_await res.send(200, answer.headers, answer.body);
  }
}

}  // namespace troupe::http
