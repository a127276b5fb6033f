#include "actors/contracts.hpp"

#include <array>

namespace troupe {

namespace {

constexpr std::array condition_names{
    std::string_view{"usable"},  std::string_view{"busy"},
    std::string_view{"spent"},   std::string_view{"cooling"},
    std::string_view{"probing"}, std::string_view{"dead"},
};

static_assert(condition_names.size()
              == static_cast<std::size_t>(key_condition::count_));

}  // namespace

std::string_view name_of(key_condition c) noexcept {
  return condition_names[static_cast<std::size_t>(c)];
}

}  // namespace troupe
