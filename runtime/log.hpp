// What the program says about itself, on standard error, and never what its
// users said.
//
// Lines are either text for people or one JSON object each for machines:
//
//   2026-11-20T19:14:07.123Z info request id=req_1 status=200 ms=12.3
//   {"time":"2026-11-20T19:14:07.123Z","level":"info","event":"request",...}
//
// The scheduler's threads must not wait for a slow reader of standard error:
// lines go to a bounded buffer that a thread of its own writes out. What does
// not fit is dropped, counted, and the count is told.
//
// Secrets, prompts and answers never come near this file; a test reads a whole
// log for them.

#pragma once

#include <fmt/compile.h>
#include <fmt/format.h>
#include <spdlog/common.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace troupe::log {

enum class format : std::uint8_t { text, json };

/// Directs spdlog's default logger and all entries to standard error.
/// `level` is one of trace, debug, info, warn, error.
void open(std::string_view level, format as);

/// Writes out what is buffered. Call before the program ends.
void close();

/// Lines dropped because standard error was too slow.
std::uint64_t dropped();

/// One line, built field by field and written when it is destroyed:
///
///   log::entry{level::info, "request"}.add("id", id).add("status", 200);
class entry {
public:
  entry(spdlog::level::level_enum level, std::string_view event);
  ~entry();
  entry(const entry&) = delete;
  entry& operator=(const entry&) = delete;

  entry& add(std::string_view key, std::string_view value);

  template <std::integral Number>
  entry& add(std::string_view key, Number value) {
    if (on_) {
      begin(key);
      fmt::format_to(std::back_inserter(text_), FMT_COMPILE("{}"), value);
    }
    return *this;
  }

  /// A time, in milliseconds with three decimals.
  entry& add(std::string_view key, std::chrono::microseconds value) {
    if (on_) {
      begin(key);
      fmt::format_to(std::back_inserter(text_), FMT_COMPILE("{}.{:03}"),
                     value.count() / 1000, value.count() % 1000);
    }
    return *this;
  }

private:
  void begin(std::string_view key);

  spdlog::level::level_enum level_;
  bool on_;
  spdlog::memory_buf_t text_;
};

/// Appends `value` to `out` as a JSON string, quotes included. Bytes that are
/// not UTF-8 become U+FFFD, because a log line must stay parseable whatever a
/// client sent.
void append_json_string(spdlog::memory_buf_t& out, std::string_view value);

}  // namespace troupe::log
