#include "http/simulator/prompt.hpp"

#include "http/simulator/dice.hpp"

namespace troupe::simulator {

void transcript::text(std::string_view text) {
  bytes_ += text.size();
  hash_ = hash_of(text, hash_);
}

void transcript::user_said(std::string_view text) {
  prompt_.said = prefix_of(text, said_max);
  prompt_.tool_result.reset();
  ++prompt_.turns;
}

void transcript::tool_said(std::string_view text) {
  prompt_.tool_result = std::string{prefix_of(text, said_max)};
}

void transcript::cache_here(bool for_an_hour) {
  prompt_.cache = {.asked = true,
                   .prefix = hash_,
                   .tokens = tokens_ + tokens_of(bytes_),
                   .for_an_hour = for_an_hour};
}

}  // namespace troupe::simulator
