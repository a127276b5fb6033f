// How values are written in the configuration: the formats, as types.
//
// A format names the field's type (`value`), what a knob declares as default
// (`literal`) and as range (`bound`), reads and checks text, and prints a value
// in the form it reads; formats without a default do not print. A knob and a
// field whose types differ do not compile. One rule: a complaint describes what
// the text must be and never quotes it.

#pragma once

#include "config/base_url.hpp"
#include "config/choices.hpp"
#include "config/endpoint.hpp"
#include "config/measures.hpp"
#include "config/outcome.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe::config::as {

/// The bound of formats that have none.
struct unbounded {};

/// A number with a range: `Traits` says how it is written.
template <class Value, class Traits>
struct measure {
  using value = Value;
  using literal = Value;
  using bound = typename Traits::number;
  static constexpr bool secret = false;

  static std::string bounds(bound min, bound max) {
    return Traits::print(min) + " to " + Traits::print(max);
  }

  static outcome<value> read(std::string_view text, bound min, bound max) {
    const std::optional<bound> number = Traits::parse(text);
    if (!number)
      return complaint{std::string{"must be "} + Traits::shape};
    if (*number < min || *number > max)
      return complaint{"must lie between " + Traits::print(min) + " and "
                       + Traits::print(max)};
    return static_cast<value>(*number);
  }

  static value make(literal x) { return x; }
  static std::string print(value x) {
    return Traits::print(static_cast<bound>(x));
  }
};

struct count_traits {
  using number = std::int64_t;
  static constexpr auto shape = "a whole number";
  static constexpr auto parse = parse_count;
  static constexpr auto print = print_count;
};

struct size_traits {
  using number = std::int64_t;
  static constexpr auto shape = "a size such as 64KiB or 32MiB";
  static constexpr auto parse = parse_size;
  static constexpr auto print = print_size;
};

struct duration_traits {
  using number = std::chrono::milliseconds;
  static constexpr auto shape = "a duration such as 250ms, 15s, 5m, 24h or 7d";
  static constexpr auto parse = parse_duration;
  static constexpr auto print = print_duration;
};

struct number_traits {
  using number = double;
  static constexpr auto shape = "a number such as 2 or 0.10";
  static constexpr auto parse = parse_number;
  static constexpr auto print = print_number;
};

struct percent_traits {
  using number = double;
  static constexpr auto shape = "a percentage such as 30%";
  static constexpr auto parse = parse_percent;
  static constexpr auto print = print_percent;
};

using count = measure<std::uint32_t, count_traits>;
using large_count = measure<std::uint64_t, count_traits>;
using size = measure<std::uint64_t, size_traits>;
using duration = measure<std::chrono::milliseconds, duration_traits>;
using number = measure<double, number_traits>;
using percent = measure<double, percent_traits>;

/// Which characters a text may have.
enum class alphabet : std::uint8_t {
  name,     ///< ASCII letters and digits, `.`, `_` and `-`.
  queue,    ///< Lower-case letters, digits, `_` and `-`; no mark comes first.
  visible,  ///< Every ASCII character that leaves ink.
  any,      ///< Everything but control characters.
};

/// The complaint about `text`, if there is one.
std::optional<complaint> check_text(std::string_view text, alphabet a,
                                    std::size_t min, std::size_t max);

/// "1 to 64 characters".
std::string text_bounds(std::size_t min, std::size_t max);

/// A text of bounded length.
template <class Value, alphabet Alphabet, bool Secret = false>
struct text {
  using value = Value;
  using literal = std::string_view;
  using bound = std::size_t;  // bytes
  static constexpr bool secret = Secret;

  static std::string bounds(bound min, bound max) {
    return text_bounds(min, max);
  }
  static outcome<value> read(std::string_view t, bound min, bound max) {
    if (auto c = check_text(t, Alphabet, min, max))
      return *c;
    return value{t};
  }
  static value make(literal t) requires(!Secret) { return value{t}; }
  static std::string print(const value& t) requires(!Secret) { return t; }
};

using name = text<std::string, alphabet::name>;
using queue_name = text<std::string, alphabet::queue>;
using visible = text<std::string, alphabet::visible>;
using path = text<std::filesystem::path, alphabet::any>;
using secret = text<std::string, alphabet::visible, true>;

/// A provider's key. Its public id is given later, by its position.
struct key {
  using value = key_entry;
  using literal = std::string_view;
  using bound = std::size_t;  // bytes
  static constexpr bool secret = true;

  static std::string bounds(bound min, bound max);
  static outcome<value> read(std::string_view text, bound min, bound max);
};

/// A SHA-256 in hexadecimal; kept in lower case.
struct sha256 {
  using value = std::string;
  using literal = std::string_view;
  using bound = unbounded;
  static constexpr bool secret = true;

  static std::string bounds(bound, bound) { return "64 hexadecimal digits"; }
  static outcome<value> read(std::string_view text, bound, bound);
};

/// An address to listen on.
struct address {
  using value = endpoint;
  using literal = std::string_view;
  using bound = unbounded;
  static constexpr bool secret = false;

  static std::string bounds(bound, bound) { return "address and port"; }
  static outcome<value> read(std::string_view text, bound, bound);
  static value make(literal t) { return parse_endpoint(t).value_or(value{}); }
  static std::string print(const value& at) { return config::print(at); }
};

/// A provider's base URL. Secret because of what people put into URLs.
struct url {
  using value = base_url;
  using literal = std::string_view;
  using bound = unbounded;
  static constexpr bool secret = true;

  static std::string bounds(bound, bound) { return "http(s) URL"; }
  static outcome<value> read(std::string_view text, bound, bound) {
    return parse_base_url(text);
  }
};

/// Where something is sent: a base URL that stays as it is written.
struct link {
  using value = std::string;
  using literal = std::string_view;
  using bound = unbounded;
  static constexpr bool secret = true;

  static std::string bounds(bound, bound) { return "http(s) URL"; }
  static outcome<value> read(std::string_view text, bound, bound);
};

/// How urgent jobs are: a word or a number.
struct priority {
  using value = std::uint8_t;
  using literal = std::uint8_t;
  using bound = unbounded;
  static constexpr bool secret = false;

  static std::string bounds(bound, bound);
  static outcome<value> read(std::string_view text, bound, bound);
  static value make(literal x) { return x; }
  static std::string print(value x);
};

/// "auto, open, required".
std::string listing(std::span<const std::string_view> words);

/// The place of `text` in `words`, or the complaint that lists them.
outcome<std::size_t> find_choice(std::string_view text,
                                 std::span<const std::string_view> words);

/// One of an enum's words.
template <class E>
struct choice {
  using value = E;
  using literal = E;
  using bound = unbounded;
  static constexpr bool secret = false;

  static std::string bounds(bound, bound) { return listing(choices_of<E>); }
  static outcome<value> read(std::string_view text, bound, bound) {
    const auto found = find_choice(text, choices_of<E>);
    if (const auto* c = std::get_if<complaint>(&found))
      return *c;
    return static_cast<E>(std::get<std::size_t>(found));
  }
  static value make(literal x) { return x; }
  static std::string print(value x) { return std::string{choice_name(x)}; }
};

/// A log level, which the logger knows by its name.
struct level {
  using value = std::string;
  using literal = std::string_view;
  using bound = unbounded;
  static constexpr bool secret = false;

  static std::string bounds(bound, bound) { return listing(log_levels); }
  static outcome<value> read(std::string_view text, bound, bound);
  static value make(literal t) { return value{t}; }
  static std::string print(const value& t) { return t; }
};

}  // namespace troupe::config::as
