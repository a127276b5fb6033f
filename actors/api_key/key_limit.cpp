#include "actors/api_key/key_limit.hpp"

namespace troupe {

namespace {

constexpr std::array limit_names{
    std::string_view{"rpm"},
    std::string_view{"rph"},
    std::string_view{"rpd"},
    std::string_view{"tpm"},
    std::string_view{"learned_requests"},
    std::string_view{"learned_tokens"},
    std::string_view{"learned_input_tokens"},
    std::string_view{"learned_output_tokens"},
};

static_assert(limit_names.size() == key_limit_count);

}  // namespace

std::string_view name_of(key_limit l) noexcept {
  return limit_names[static_cast<std::size_t>(l)];
}

}  // namespace troupe
