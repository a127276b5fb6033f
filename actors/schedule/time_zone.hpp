// A time zone: how far its clocks are from UTC, and from when to when.
//
// The rules come from the system's tz database (Debian: tzdata) through Howard
// Hinnant's date, the library that std::chrono's zones were made from; gcc 12
// has none of its own yet, and ICU would bring a database of its own that ages
// with us. UTC needs neither: it is known without a database.
//
// Limits: the first zone that is asked for costs some 10 ms, in which files are
// read, unless `make_ready` has; then a zone costs a fraction of one, once.
// What is read at the start stays: new rules need a restart. After 2037 clocks
// keep winter time.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace troupe {

using std::chrono::sys_seconds;

/// From `begin` to just before `end` the clocks show UTC + `offset`.
struct zone_stretch {
  sys_seconds begin;
  sys_seconds end;
  std::chrono::seconds offset{0};
};

class time_zone {
public:
  /// Takes note of which zones there are: 10 ms, on a thread that may take
  /// them. Who asks for one meanwhile waits for it.
  static void make_ready();

  /// UTC.
  time_zone() = default;

  /// A zone by its name: UTC, Europe/Berlin. Nothing if there is none of this
  /// name, or no database.
  static std::optional<time_zone> find(std::string_view name);

  /// The stretch that `t` is in.
  zone_stretch at(sys_seconds t) const;

  std::string name() const;

private:
  explicit time_zone(const date::time_zone* zone) : zone_(zone) {}

  const date::time_zone* zone_ = nullptr;  // Lives as long as the process.
};

}  // namespace troupe
