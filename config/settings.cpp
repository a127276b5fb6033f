#include "config/settings.hpp"

#include "config/choices.hpp"

namespace troupe::config {

std::string_view name_of(protocol p) noexcept {
  return choice_name(p);
}

}  // namespace troupe::config
