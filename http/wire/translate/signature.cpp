#include "http/wire/translate/signature.hpp"

#include <array>

namespace troupe::http::wire {

namespace {

constexpr std::array wires{config::protocol::openai,
                           config::protocol::anthropic,
                           config::protocol::gemini};

}  // namespace

std::string shown_signature(const signature& own, config::protocol to) {
  if (own.maker == to)
    return own.text;
  return std::string{config::name_of(own.maker)} + ":" + own.text;
}

signature read_signature(std::string_view shown, config::protocol from) {
  for (const auto maker : wires) {
    const auto name = config::name_of(maker);
    if (maker != from && shown.starts_with(name)
        && shown.substr(name.size()).starts_with(':'))
      return {maker, std::string{shown.substr(name.size() + 1)}};
  }
  return {from, std::string{shown}};
}

}  // namespace troupe::http::wire
