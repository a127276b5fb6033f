#include "runtime/log.hpp"

#include "runtime/log_sink.hpp"

#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <unistd.h>

namespace troupe::log {

namespace {

// The logger of entries: its lines come formatted but for time and level.
constexpr std::string_view entry_logger = "entry";

struct state {
  std::shared_ptr<sink> out;
  std::shared_ptr<spdlog::logger> entries;
  format as = format::text;
};

state& current() {
  static state s;
  return s;
}

/// Length of the UTF-8 sequence at the start of `s`, or 0 if it is none
/// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view s) {
  const auto at = [&](std::size_t i) {
    return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) {
    return (at(i) & 0xC0u) == 0x80u;
  };
  const auto a = at(0);
  if (a < 0x80)
    return 1;
  if (a >= 0xC2 && a <= 0xDF)
    return follows(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    const bool legal =
        !(a == 0xE0 && at(1) < 0xA0) && !(a == 0xED && at(1) > 0x9F);
    return legal && follows(1) && follows(2) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    const bool legal =
        !(a == 0xF0 && at(1) < 0x90) && !(a == 0xF4 && at(1) > 0x8F);
    return legal && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// What stands in JSON as it is: printable ASCII but for quote and backslash.
bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void append(spdlog::memory_buf_t& out, std::string_view s) {
  out.append(s.data(), s.data() + s.size());
}

/// Puts time and level before a line, in the chosen shape.
class shape final : public spdlog::formatter {
public:
  explicit shape(log::format as) : as_(as) {}

  void format(const spdlog::details::log_msg& msg,
              spdlog::memory_buf_t& out) override {
    const std::string_view text{msg.payload.data(), msg.payload.size()};
    const bool fields =
        std::string_view{msg.logger_name.data(), msg.logger_name.size()}
        == entry_logger;
    const auto level = spdlog::level::to_string_view(msg.level);
    if (as_ == format::text) {
      append_time(msg.time, out);
      fmt::format_to(std::back_inserter(out), " {} ",
                     std::string_view{level.data(), level.size()});
      append(out, text);
    } else {
      append(out, R"({"time":")");
      append_time(msg.time, out);
      fmt::format_to(std::back_inserter(out), R"(","level":"{}",)",
                     std::string_view{level.data(), level.size()});
      if (fields) {
        append(out, text);
      } else {
        append(out, R"("message":)");
        append_json_string(out, text);
      }
      append(out, "}");
    }
    append(out, "\n");
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<shape>(as_);
  }

private:
  // The second's text is kept: lines come in bursts.
  void append_time(spdlog::log_clock::time_point at,
                   spdlog::memory_buf_t& out) {
    using namespace std::chrono;
    const auto ms = duration_cast<milliseconds>(at.time_since_epoch()).count();
    if (const auto second = static_cast<std::time_t>(ms / 1000);
        second != second_) {
      second_ = second;
      text_ = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(second));
    }
    fmt::format_to(std::back_inserter(out), "{}.{:03}Z", text_, ms % 1000);
  }

  log::format as_;
  std::time_t second_ = -1;
  std::string text_;
};

}  // namespace

void open(std::string_view level, format as) {
  auto& s = current();
  s.as = as;
  s.out = std::make_shared<sink>(STDERR_FILENO);
  s.out->set_formatter(std::make_unique<shape>(as));
  const auto threshold = spdlog::level::from_str(std::string{level});
  s.entries =
      std::make_shared<spdlog::logger>(std::string{entry_logger}, s.out);
  s.entries->set_level(threshold);
  auto plain = std::make_shared<spdlog::logger>("", s.out);
  plain->set_level(threshold);
  spdlog::set_default_logger(std::move(plain));
}

void close() {
  if (auto& s = current(); s.out)
    s.out->flush();
}

std::uint64_t dropped() {
  return current().out ? current().out->dropped() : 0;
}

entry::entry(spdlog::level::level_enum level, std::string_view event)
    : level_(level),
      on_(current().entries && current().entries->should_log(level)) {
  if (!on_)
    return;
  if (current().as == format::text) {
    append(text_, event);
  } else {
    append(text_, R"("event":)");
    append_json_string(text_, event);
  }
}

entry::~entry() {
  if (on_)
    current().entries->log(level_,
                           spdlog::string_view_t{text_.data(), text_.size()});
}

void entry::begin(std::string_view key) {
  if (current().as == format::text) {
    append(text_, " ");
    append(text_, key);
    append(text_, "=");
  } else {
    append(text_, ",\"");
    append(text_, key);
    append(text_, "\":");
  }
}

entry& entry::add(std::string_view key, std::string_view value) {
  if (!on_)
    return *this;
  begin(key);
  const bool plain =
      current().as == format::text && !value.empty()
      && value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
                                 "QRSTUVWXYZ0123456789-_./:@+,")
             == std::string_view::npos;
  if (plain)
    append(text_, value);
  else
    append_json_string(text_, value);
  return *this;
}

void append_json_string(spdlog::memory_buf_t& out, std::string_view value) {
  append(out, "\"");
  while (!value.empty()) {
    const auto plain = static_cast<std::size_t>(
        std::find_if_not(value.begin(), value.end(), is_plain) - value.begin());
    append(out, value.substr(0, plain));
    value.remove_prefix(plain);
    if (value.empty())
      break;
    const auto c = static_cast<unsigned char>(value.front());
    const auto length = utf8_length(value);
    if (length == 0) {
      append(out, "\\ufffd");
      value.remove_prefix(1);
      continue;
    }
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else if (c < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    } else {
      append(out, value.substr(0, length));
    }
    value.remove_prefix(length);
  }
  append(out, "\"");
}

}  // namespace troupe::log
