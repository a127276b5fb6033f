// The refusals that every wire words in its own way.

#pragma once

#include "http/simulator/refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::simulator {

/// No key was sent.
refusal missing_key(wire on);

/// The key is wrong.
refusal dead_key(wire on);

/// There is no model of this name.
refusal no_such_model(wire on, std::string_view model);

/// The prompt has `tokens` tokens where `tokens_max` are allowed.
refusal too_long(wire on, std::size_t tokens, std::uint64_t tokens_max);

/// The account has no money left.
refusal quota_spent();

/// The provider's filter refuses the content; Gemini has no such error and
/// speaks like Anthropic.
refusal blocked(wire on);

}  // namespace troupe::simulator
