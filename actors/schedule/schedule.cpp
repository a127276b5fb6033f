#include "actors/schedule/schedule.hpp"

#include <array>

namespace troupe {

namespace {

constexpr std::array<std::string_view,
                     static_cast<std::size_t>(misfire_policy::count_)>
    policies{"once", "skip", "all"};

}  // namespace

std::string_view name_of(misfire_policy p) noexcept {
  const auto at = static_cast<std::size_t>(p);
  return at < policies.size() ? policies[at] : std::string_view{};
}

}  // namespace troupe
