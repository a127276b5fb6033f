#include "actors/outcome.hpp"

#include <array>

namespace troupe {

namespace {

constexpr std::array fault_names{
    std::string_view{"none"},           std::string_view{"transient"},
    std::string_view{"rate"},           std::string_view{"quota"},
    std::string_view{"credential"},     std::string_view{"context_length"},
    std::string_view{"content_filter"}, std::string_view{"client"},
    std::string_view{"malformed"},      std::string_view{"abandoned"},
};

static_assert(fault_names.size() == static_cast<std::size_t>(fault::count_));

}  // namespace

std::string_view name_of(fault f) noexcept {
  return fault_names[static_cast<std::size_t>(f)];
}

bool is_retryable(fault f) noexcept {
  switch (f) {
  case fault::transient:
  case fault::rate:
  case fault::quota:
  case fault::credential:
  case fault::malformed:
    return true;
  case fault::none:
  case fault::context_length:
  case fault::content_filter:
  case fault::client:
  case fault::abandoned:
  case fault::count_:
    return false;
  }
  return false;
}

}  // namespace troupe
