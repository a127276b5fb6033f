#include "config/provider_defaults.hpp"

#include "config/base_url.hpp"

namespace troupe::config {
namespace {

constexpr std::array implied{
    implied_provider{protocol::anthropic,
                     {"ANTHROPIC_API_KEYS", "ANTHROPIC_API_KEY"}},
    implied_provider{protocol::openai, {"OPENAI_API_KEYS", "OPENAI_API_KEY"}},
    implied_provider{
        protocol::gemini,
        {"GEMINI_API_KEYS", "GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"}},
};

}  // namespace

void complete(provider_settings& p) {
  if (p.base_url.at.host.empty())
    p.base_url = default_base_url(p.protocol);
  std::size_t position = 0;
  for (key_entry& key : p.keys)
    key.id = key_id{p.name + "-" + std::to_string(++position)};
}

std::span<const implied_provider> implied_providers() noexcept {
  return implied;
}

}  // namespace troupe::config
