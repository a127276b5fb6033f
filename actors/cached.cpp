#include "actors/cached.hpp"

#include <array>

namespace troupe {

namespace {

constexpr std::array space_names{
    std::string_view{"completion"},
    std::string_view{"embedding"},
    std::string_view{"application"},
};
static_assert(space_names.size()
              == static_cast<std::size_t>(cache_space::count_));

constexpr std::array state_names{
    std::string_view{"fresh"},    std::string_view{"stale"},
    std::string_view{"negative"}, std::string_view{"absent"},
    std::string_view{"lead"},     std::string_view{"busy"},
};
static_assert(state_names.size()
              == static_cast<std::size_t>(cache_state::count_));

}  // namespace

std::string_view name_of(cache_space s) noexcept {
  return space_names[static_cast<std::size_t>(s)];
}

std::string_view name_of(cache_state s) noexcept {
  return state_names[static_cast<std::size_t>(s)];
}

}  // namespace troupe
