// What the writers of OpenAI's endpoints share.

#pragma once

#include "http/simulator/dice.hpp"
#include "http/simulator/wires.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::simulator {

/// An id as OpenAI makes them: the prefix and 29 letters from `bits`.
std::string openai_id(std::string_view prefix, std::uint64_t bits);

}  // namespace troupe::simulator
