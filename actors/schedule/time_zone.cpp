#include "actors/schedule/time_zone.hpp"

#include <date/tz.h>
#include <exception>

namespace troupe {

namespace {

constexpr std::string_view utc = "UTC";

/// America/Argentina/ComodRivadavia has 32.
constexpr std::size_t name_size_max = 64;

}  // namespace

void time_zone::make_ready() {
  try {
    date::get_tzdb();
  } catch (const std::exception&) {  // `find` will say so.
  }
}

std::optional<time_zone> time_zone::find(std::string_view name) {
  if (name == utc)
    return time_zone{};
  if (name.empty() || name.size() > name_size_max)
    return std::nullopt;
  try {
    return time_zone{date::locate_zone(name)};
  } catch (const std::exception&) {  // Nobody of this name, or no database.
    return std::nullopt;
  }
}

zone_stretch time_zone::at(sys_seconds t) const {
  if (!zone_)
    return {sys_seconds::min(), sys_seconds::max(), std::chrono::seconds{0}};
  const auto found = zone_->get_info(t);
  return {found.begin, found.end, found.offset};
}

std::string time_zone::name() const {
  return zone_ ? zone_->name() : std::string{utc};
}

}  // namespace troupe
