// Cron patterns and records of schedules: any bytes are taken or refused, and
// what is taken means something.

#include "actors/schedule/cron_times.hpp"
#include "actors/schedule/schedule_book.hpp"
#include "actors/schedule/schedule_codec.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace {

using namespace troupe;
using fuzz::choices;
using fuzz::require;

// The year that begins before clocks are put forward, somewhere in it.
sys_seconds some_time(choices& choose) {
  return std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}
         + std::chrono::hours{choose.below(256) * 34};
}

void check_pattern(choices choose) {
  static const auto berlin = time_zone::find("Europe/Berlin");
  const auto start = some_time(choose);
  const auto text = choose.rest();
  const auto parsed = cron_pattern::parse(text);
  if (const auto* c = std::get_if<config::complaint>(&parsed)) {
    require(!c->text.empty(), "a complaint says something");
    require(std::ranges::all_of(c->text,
                                [](char x) { return x >= ' ' && x < 0x7f; }),
            "a complaint does not quote");
    return;
  }
  const auto& p = std::get<cron_pattern>(parsed);
  local_seconds local{start.time_since_epoch()};
  for (int i = 0; i < 5; ++i) {
    const auto next = p.next_after(local);
    require(next.has_value(), "what is taken comes up");
    require(*next > local && p.names(*next), "later, and as it was named");
    local = *next;
  }
  auto t = start;
  for (int i = 0; berlin && i < 5; ++i) {
    const auto next = next_after(p, *berlin, t);
    require(next && *next > t, "in a zone too, and later");
    require(next_after(p, *berlin, *next - std::chrono::seconds{1}) == next,
            "whoever asks just before hears the same");
    t = *next;
  }
}

void check_record(choices choose) {
  const std::string text{choose.rest()};
  const auto read = read_schedule(1, text);
  if (!read)
    return;
  const auto once = record_of(read->wish, read->progress);
  const auto again = read_schedule(1, once);
  require(again.engaged(), "what was written is read");
  require(record_of(again->wish, again->progress) == once,
          "and is what was written");
  schedule_book book;
  if (!book.load({1, text}))
    return;
  constexpr job_time now = 1'795'219'200'000;
  const auto due = book.due(now, 1'000);
  require(due.jobs.size() <= 100, "a long absence is no flood");
  const auto next = book.next_call();
  require(!next || *next > now, "what was given out is not due again");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      "*/15 9-17 * * mon-fri",
      "30 4 1,15 * 5",
      "0 0 29 2 *",
      "10/20 0-59/7 */2 ? jan,Jul SUN",
      "@weekly",
      R"({"id":"a","cron":"0 2 * * *","zone":"Europe/Berlin","next":1795000000000,"misfire":"all","catch_up":7,"job":{"data":"{\"x\":1}","priority":8}})",
      R"({"id":"b","every":60000,"anchor":1790000000000,"next":1790000060000,"made":3,"limit":9,"job":{"tenant":"t","backoff":{"kind":"custom","delays":[1,2],"jitter":0.5}}})",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  check_pattern({bytes, size});
  check_record({bytes, size});
  return 0;
}
