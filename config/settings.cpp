#include "config/settings.hpp"

namespace troupe::config {

std::string_view name_of(protocol p) noexcept {
  switch (p) {
  case protocol::openai:
    return "openai";
  case protocol::anthropic:
    return "anthropic";
  case protocol::gemini:
    return "gemini";
  }
  return "unrecognized";
}

}  // namespace troupe::config
