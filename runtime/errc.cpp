#include "runtime/errc.hpp"

#include <array>
#include <ostream>
#include <string>

namespace troupe {

namespace {

constexpr std::array names{
    std::string_view{"none"},
    std::string_view{"invalid_setting"},
    std::string_view{"unauthorized"},
    std::string_view{"unknown_model"},
    std::string_view{"no_provider"},
    std::string_view{"keys_cooling"},
    std::string_view{"keys_dead"},
    std::string_view{"deadline_exceeded"},
    std::string_view{"overloaded"},
    std::string_view{"shutting_down"},
    std::string_view{"actor_lost"},
    std::string_view{"unknown_child"},
    std::string_view{"restart_budget_spent"},
    std::string_view{"retries_spent"},
    std::string_view{"targets_cooling"},
    std::string_view{"child_exists"},
    std::string_view{"unknown_provider"},
    std::string_view{"unknown_key"},
    std::string_view{"unknown_queue"},
    std::string_view{"unknown_job"},
    std::string_view{"queue_full"},
    std::string_view{"store_full"},
    std::string_view{"store_corrupt"},
    std::string_view{"store_failed"},
};

static_assert(names.size() == static_cast<std::size_t>(errc::count_),
              "every error code needs exactly one name");

}  // namespace

std::string_view name_of(errc code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < names.size() ? names[index] : "unrecognized";
}

std::string to_string(errc code) {
  return std::string{name_of(code)};
}

std::ostream& operator<<(std::ostream& out, errc code) {
  return out << name_of(code);
}

// An empty error has no code to ask for: CAF 0.17 reads through a null pointer.
errc code_of(const caf::error& err) noexcept {
  if (!err || err.category() != caf::atom("troupe"))
    return errc::none;
  return static_cast<errc>(err.code());
}

}  // namespace troupe
