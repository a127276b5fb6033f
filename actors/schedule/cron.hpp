// A cron pattern: `30 4 1,15 * mon`, and which local times it names.
//
//   second   0-59             only of six fields; of five it is 0
//   minute   0-59
//   hour     0-23
//   day      1-31             `?` is `*`
//   month    1-12 or jan-dec
//   weekday  0-7 or sun-sat   0 and 7 are Sunday; `?` is `*`
//
// A field is `*` or a list of numbers, ranges (`9-17`) and either with a step
// (`*/15`, `10-40/10`; `5/20` is 5 to the end by 20). As in cron, where day and
// weekday are both restricted, a day need only be named by one of them; a field
// that begins with `*` does not restrict. @yearly, @monthly, @weekly, @daily
// and @hourly stand for what they say, as do @annually and @midnight. What goes
// beyond cron (L, W, #) is refused, and so is @reboot.
//
// Limit: this file knows calendars, not zones: those are in cron_times.hpp.

#pragma once

#include "config/outcome.hpp"

#include <bitset>
#include <chrono>
#include <optional>
#include <string_view>

namespace troupe {

using std::chrono::local_seconds;

class cron_pattern {
public:
  /// Longer ones are refused.
  static constexpr std::size_t size_max = 256;

  /// The complaint names the field: "hour: must lie between 0 and 23". A
  /// pattern that no day of any year fits is refused too.
  static config::outcome<cron_pattern> parse(std::string_view text);

  /// The first time named that is later; nothing after the year 9999.
  std::optional<local_seconds> next_after(local_seconds t) const;

  bool names(local_seconds t) const;

  /// Whether it names times in each hour of the day.
  bool names_every_hour() const { return hours_.all(); }

private:
  friend class cron_parser;

  bool names_day(std::chrono::year_month_day day) const;
  std::optional<std::chrono::seconds> next_in_day(std::chrono::seconds t) const;

  std::bitset<60> seconds_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;    // From 1.
  std::bitset<13> months_;  // From 1.
  std::bitset<7> weekdays_;
  bool any_day_ = false;  // The field begins with `*`.
  bool any_weekday_ = false;
};

}  // namespace troupe
