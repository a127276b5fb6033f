#include "http/simulator/model_name.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace troupe::simulator {

namespace {

using std::chrono::milliseconds;

/// Longest time a name may ask for: a day, as for a daily quota.
constexpr std::uint64_t time_ms_max = 86'400'000;

/// Largest window a name may ask for: above every model's.
constexpr std::uint64_t window_max = 1'000'000'000;

/// Reads a name from left to right.
class words {
public:
  explicit words(std::string_view rest) : rest_(rest) {}

  bool empty() const { return rest_.empty(); }

  /// Whether `phrase` (one word or more) comes next; takes it if so.
  bool take(std::string_view phrase) {
    if (!rest_.starts_with(phrase)
        || (rest_.size() > phrase.size() && rest_[phrase.size()] != '-'))
      return false;
    drop(phrase.size());
    return true;
  }

  /// The next word if it is a number, cut to `max`.
  std::optional<std::uint64_t> take_number(std::uint64_t max) {
    const auto size = std::min(rest_.find('-'), rest_.size());
    std::uint64_t value = 0;
    const auto* end = rest_.data() + size;
    const auto [at, bad] = std::from_chars(rest_.data(), end, value);
    if (size == 0 || bad == std::errc::invalid_argument || at != end)
      return std::nullopt;
    drop(size);
    return bad == std::errc{} ? std::min(value, max) : max;
  }

  void skip() { drop(std::min(rest_.find('-'), rest_.size())); }

  std::string_view take_rest() {
    const auto rest = rest_;
    rest_ = {};
    return rest;
  }

private:
  void drop(std::size_t size) {
    rest_.remove_prefix(std::min(size + 1, rest_.size()));
  }

  std::string_view rest_;
};

struct fault_phrase {
  std::string_view phrase;
  fault_kind kind;
};

// Longer phrases stand before their own beginnings.
constexpr fault_phrase fault_phrases[] = {
    {"reset", fault_kind::reset},
    {"hang", fault_kind::hang},
    {"slow-first", fault_kind::slow_first},
    {"stall", fault_kind::stall},
    {"cut", fault_kind::cut},
    {"malformed", fault_kind::malformed},
    {"no-done", fault_kind::no_done},
    {"error-event", fault_kind::error_event},
    {"context", fault_kind::context_length},
    {"filter", fault_kind::content_filter},
    {"blocked", fault_kind::blocked},
    {"empty", fault_kind::empty_body},
    {"quota", fault_kind::quota},
    {"unknown", fault_kind::unknown_model},
};

bool take_fault(words& rest, model_wishes& wishes) {
  const auto retry_after =
      wishes.fails ? wishes.fails->retry_after : std::optional<milliseconds>{};
  for (const auto& [phrase, kind] : fault_phrases)
    if (rest.take(phrase)) {
      wishes.fails = fault{kind, 503, retry_after};
      return true;
    }
  auto ahead = rest;
  ahead.take("fault");
  const auto status = ahead.take_number(1'000);
  if (!status || *status < 400 || *status > 599)
    return false;
  rest = ahead;
  wishes.fails =
      fault{fault_kind::status, static_cast<unsigned>(*status), retry_after};
  return true;
}

void set_retry_after(model_wishes& wishes, std::uint64_t value) {
  if (!wishes.fails)
    wishes.fails = fault{fault_kind::status, 429, {}};
  wishes.fails->retry_after = milliseconds{value};
}

/// The words that say when something fails.
bool take_occasion(words& rest, model_wishes& wishes) {
  if (rest.take("retry-after-ms")) {
    set_retry_after(wishes, rest.take_number(time_ms_max).value_or(0));
  } else if (rest.take("retry-after")) {
    set_retry_after(wishes,
                    rest.take_number(time_ms_max / 1'000).value_or(0) * 1'000);
  } else if (rest.take("flaky")) {
    const auto percent = rest.take_number(100).value_or(50);
    wishes.chance = static_cast<double>(percent) / 100;
    if (!wishes.fails)
      wishes.fails = fault{};
  } else if (rest.take("flap")) {
    const auto up = rest.take_number(time_ms_max).value_or(0);
    const auto down = rest.take_number(time_ms_max).value_or(0);
    wishes.flap = flap_spans{milliseconds{up}, milliseconds{down}};
    if (!wishes.fails)
      wishes.fails = fault{};
  } else {
    return false;
  }
  return true;
}

/// The words that say what an answer is like.
bool take_manner(words& rest, model_wishes& wishes) {
  if (rest.take("tokens"))
    wishes.tokens = rest.take_number(tokens_asked_max);
  else if (rest.take("window"))
    wishes.window = rest.take_number(window_max);
  else if (rest.take("slow"))
    wishes.slow = true;
  else if (rest.take("think"))
    wishes.thinks = true;
  else
    return false;
  return true;
}

}  // namespace

model_wishes read_model_name(std::string_view name) {
  model_wishes wishes;
  if (name == "no-such-model") {
    wishes.fails = fault{fault_kind::unknown_model, 404, {}};
    return wishes;
  }
  if (!name.starts_with("sim-"))
    return wishes;
  bool early = false;
  words rest{name.substr(4)};
  while (!rest.empty()) {
    if (rest.take("once")) {
      if (!take_fault(rest, wishes) && !wishes.fails)
        wishes.fails = fault{};
      wishes.once = rest.take_rest();
    } else if (rest.take("early")) {
      early = true;
    } else if (!take_fault(rest, wishes) && !take_occasion(rest, wishes)
               && !take_manner(rest, wishes)) {
      rest.skip();
    }
  }
  if (wishes.fails)
    wishes.fails->early = early;
  return wishes;
}

}  // namespace troupe::simulator
