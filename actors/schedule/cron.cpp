#include "actors/schedule/cron.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace troupe {

namespace {

using namespace std::chrono;
using config::complaint;

/// The 29th of February is a given weekday once in 28 years, and once in 40 if
/// a century without that day lies between.
constexpr auto horizon = years{40};
constexpr auto last_year = year{9999};

struct alias {
  std::string_view name;
  std::string_view pattern;
};

constexpr std::array aliases{
    alias{"@yearly", "0 0 1 1 *"},  alias{"@annually", "0 0 1 1 *"},
    alias{"@monthly", "0 0 1 * *"}, alias{"@weekly", "0 0 * * 0"},
    alias{"@daily", "0 0 * * *"},   alias{"@midnight", "0 0 * * *"},
    alias{"@hourly", "0 * * * *"}};

constexpr std::array<std::string_view, 12> month_names{
    "jan", "feb", "mar", "apr", "may", "jun",
    "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{
    "sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/// What one field may be.
struct field_rule {
  std::string_view name;
  int min;
  int max;
  std::span<const std::string_view> words;  ///< From `min` on.
  bool may_be_unasked = false;              ///< `?`
};

constexpr std::array<field_rule, 6> rules{
    {{"second", 0, 59, {}},
     {"minute", 0, 59, {}},
     {"hour", 0, 23, {}},
     {"day", 1, 31, {}, true},
     {"month", 1, 12, month_names},
     {"weekday", 0, 7, weekday_names, true}}};

// ASCII, whatever the locale.
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> fields_of(std::string_view text) {
  static constexpr std::string_view blanks = " \t";
  std::vector<std::string_view> fields;
  for (;;) {
    const auto start = text.find_first_not_of(blanks);
    if (start == text.npos)
      return fields;
    text.remove_prefix(start);
    const auto end = std::min(text.find_first_of(blanks), text.size());
    fields.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

/// Reads one field into the numbers it names.
class field_reader {
public:
  explicit field_reader(const field_rule& rule) : rule_(rule) {}

  std::variant<std::vector<int>, complaint> read(std::string_view field) {
    for (const auto part : split(field, ','))
      if (!read_part(part))
        return complaint{std::string{rule_.name} + ": " + why_};
    return std::move(named_);
  }

private:
  bool refuse(std::string why) {
    why_ = std::move(why);
    return false;
  }

  // The largest number there is, Sunday counted once.
  int last() const { return std::min(rule_.max, rule_.min + size() - 1); }
  int size() const {
    return rule_.words.size() == 7 ? 7 : rule_.max - rule_.min + 1;
  }

  bool read_part(std::string_view part) {
    const auto slash = part.find('/');
    const auto range = part.substr(0, slash);
    int step = 1;
    if (slash != part.npos && !read_step(part.substr(slash + 1), step))
      return false;
    int from = rule_.min;
    int to = last();
    if (range != "*" && !(range == "?" && rule_.may_be_unasked)) {
      const auto dash = range.find('-');
      if (!read_number(range.substr(0, dash), from))
        return false;
      if (dash != range.npos) {
        if (!read_end(range.substr(dash + 1), from, to))
          return false;
      } else if (slash == part.npos) {
        to = from;
      } else if (from > to) {
        to = from;  // 7/2: Sunday, and that was it.
      }
    }
    for (int x = from; x <= to; x += step)
      named_.push_back(x);
    return true;
  }

  bool read_end(std::string_view text, int from, int& to) {
    if (!read_number(text, to))
      return false;
    // fri-sun: the week ends with Sunday too.
    if (to < from && to == 0 && rule_.max == 7)
      to = 7;
    if (to < from)
      return refuse("a range must not end before it begins");
    return true;
  }

  bool read_step(std::string_view text, int& step) {
    if (!read_digits(text, step))
      return refuse("a step must be a number such as */5");
    if (step < 1 || step > size())
      return refuse("a step must lie between 1 and " + std::to_string(size()));
    return true;
  }

  bool read_number(std::string_view text, int& number) {
    std::string word{text};
    std::ranges::transform(word, word.begin(), lower);
    if (const auto found = std::ranges::find(rule_.words, word);
        found != rule_.words.end()) {
      number = rule_.min + static_cast<int>(found - rule_.words.begin());
      return true;
    }
    if (!read_digits(text, number))
      return refuse(text.empty() ? "a number is missing" : not_a_number());
    if (number < rule_.min || number > rule_.max)
      return refuse("must lie between " + std::to_string(rule_.min) + " and "
                    + std::to_string(rule_.max));
    return true;
  }

  std::string not_a_number() const {
    std::string why = "must be numbers";
    if (!rule_.words.empty())
      why += " or names such as " + std::string{rule_.words.front()};
    return why + ", ranges, lists and steps; L, W and # are not known";
  }

  static bool read_digits(std::string_view text, int& number) {
    const auto* const end = text.data() + text.size();
    const auto [at, code] = std::from_chars(text.data(), end, number);
    return code == std::errc{} && at == end && text.front() != '-';
  }

  const field_rule& rule_;
  std::vector<int> named_;
  std::string why_;
};

template <std::size_t Size>
std::optional<int> first_from(const std::bitset<Size>& in, int from) {
  for (auto i = static_cast<std::size_t>(from); i < Size; ++i)
    if (in[i])
      return static_cast<int>(i);
  return std::nullopt;
}

}  // namespace

class cron_parser {
public:
  config::outcome<cron_pattern> parse(std::string_view text) {
    auto fields = fields_of(text);
    if (fields.size() != 5 && fields.size() != 6)
      return complaint{"must have five fields (minute hour day month weekday), "
                       "six with seconds before them, or be a word such as "
                       "@daily"};
    if (fields.size() == 5)
      fields.insert(fields.begin(), "0");
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (!read(i, fields[i]))
        return complaint_;
    const auto is_any = [](std::string_view f) {
      return f.starts_with('*') || f == "?";
    };
    pattern_.any_day_ = is_any(fields[3]);
    pattern_.any_weekday_ = is_any(fields[5]);
    // Any year is as good as another: the horizon goes over all there are.
    if (!pattern_.next_after(local_days{year{2000} / 1 / 1}))
      return complaint{"day: no month it names has such a day"};
    return pattern_;
  }

private:
  bool read(std::size_t index, std::string_view field) {
    auto result = field_reader{rules[index]}.read(field);
    if (auto* c = std::get_if<complaint>(&result)) {
      complaint_ = std::move(*c);
      return false;
    }
    for (const int x : std::get<std::vector<int>>(result))
      note(index, static_cast<std::size_t>(x));
    return true;
  }

  void note(std::size_t index, std::size_t x) {
    switch (index) {
    case 0:
      pattern_.seconds_.set(x);
      return;
    case 1:
      pattern_.minutes_.set(x);
      return;
    case 2:
      pattern_.hours_.set(x);
      return;
    case 3:
      pattern_.days_.set(x);
      return;
    case 4:
      pattern_.months_.set(x);
      return;
    default:
      pattern_.weekdays_.set(x % pattern_.weekdays_.size());
    }
  }

  cron_pattern pattern_;
  complaint complaint_;
};

config::outcome<cron_pattern> cron_pattern::parse(std::string_view text) {
  if (text.size() > size_max)
    return complaint{"must have at most " + std::to_string(size_max)
                     + " characters"};
  if (text.starts_with('@')) {
    const auto found = std::ranges::find(aliases, text, &alias::name);
    if (found == aliases.end())
      return complaint{"must be one of @yearly, @monthly, @weekly, @daily and "
                       "@hourly, if it begins with @"};
    text = found->pattern;
  }
  return cron_parser{}.parse(text);
}

bool cron_pattern::names_day(year_month_day day) const {
  if (!months_[static_cast<unsigned>(day.month())])
    return false;
  const bool by_day = days_[static_cast<unsigned>(day.day())];
  const bool by_weekday = weekdays_[weekday{local_days{day}}.c_encoding()];
  return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

// The first time of day named from `t` on.
std::optional<seconds> cron_pattern::next_in_day(seconds t) const {
  const hh_mm_ss from{t};
  const auto h0 = static_cast<int>(from.hours().count());
  const auto m0 = static_cast<int>(from.minutes().count());
  const auto s0 = static_cast<int>(from.seconds().count());
  for (auto h = first_from(hours_, h0); h; h = first_from(hours_, *h + 1)) {
    const bool first_hour = *h == h0;
    for (auto m = first_from(minutes_, first_hour ? m0 : 0); m;
         m = first_from(minutes_, *m + 1)) {
      const bool first_minute = first_hour && *m == m0;
      if (const auto s = first_from(seconds_, first_minute ? s0 : 0))
        return hours{*h} + minutes{*m} + seconds{*s};
    }
  }
  return std::nullopt;
}

std::optional<local_seconds> cron_pattern::next_after(local_seconds t) const {
  t += seconds{1};
  auto day = floor<days>(t);
  auto time = t - day;
  const year_month_day first{day};
  const auto end = std::min(first.year() + horizon, last_year);
  for (;;) {
    const year_month_day date{day};
    if (date.year() > end)
      return std::nullopt;
    if (!months_[static_cast<unsigned>(date.month())]) {
      day = local_days{(date.year() / date.month() + months{1}) / 1};
    } else {
      if (names_day(date))
        if (const auto found = next_in_day(time))
          return day + *found;
      day += days{1};
    }
    time = seconds{0};
  }
}

bool cron_pattern::names(local_seconds t) const {
  const auto day = floor<days>(t);
  const hh_mm_ss time{t - day};
  const auto count = [](auto part) {
    return static_cast<std::size_t>(part.count());
  };
  return names_day(year_month_day{day}) && hours_[count(time.hours())]
         && minutes_[count(time.minutes())] && seconds_[count(time.seconds())];
}

}  // namespace troupe
