#include "http/routes/queue/event_text.hpp"

#include "http/routes/queue/object_text.hpp"

#include <algorithm>

namespace troupe::http::app_queue {

namespace {

void append_event_object(std::string& out, const job_event& e) {
  object_text o{out};
  o.number("id", e.number).text("event", e.name).raw("data", e.data.view());
  o.end();
}

}  // namespace

void append_event(std::string& out, const job_event& e) {
  out.append("id: ");
  append_number(out, e.number);
  out.append("\nevent: ").append(e.name);
  auto data = e.data.view();
  do {
    const auto end = std::min(data.find_first_of("\r\n"), data.size());
    out.append("\ndata: ").append(data.substr(0, end));
    data.remove_prefix(std::min(end + 1, data.size()));
  } while (!data.empty());
  out.append("\n\n");
}

std::string print_events(const job_events& page, std::uint64_t after) {
  std::string out;
  object_text o{out};
  append_list(o.begin("events"), page.events, append_event_object);
  o.number("last", page.events.empty() ? after : page.events.back().number)
      .flag("ended", page.ended);
  o.end();
  return out;
}

}  // namespace troupe::http::app_queue
