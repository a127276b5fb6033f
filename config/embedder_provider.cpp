#include "config/embedder_provider.hpp"

namespace troupe::config {

namespace {

using namespace std::chrono_literals;

/// Servers without a key do not look at what they get.
constexpr std::string_view no_key = "none";

/// A question waits for its vector, and for 2 s at most: what takes longer is
/// a miss, so there is no time for many attempts or for queues.
constexpr auto total_max = 2s;
constexpr auto connect_max = 500ms;
constexpr auto retry_pause = 50ms;
constexpr std::uint32_t attempts_max = 3;

}  // namespace

void add_embedder_provider(settings& to, const embedder_settings& of) {
  if (of.kind != embedder_kind::openai || of.base_url.at.host.empty())
    return;
  provider_settings made;
  made.name = embedder_provider;
  made.protocol = protocol::openai;
  made.base_url = of.base_url;
  made.keys.push_back({key_id{made.name + "-1"},
                       of.key.empty() ? std::string{no_key} : of.key});
  made.timeouts = {.connect = connect_max,
                   .first_byte = total_max,
                   .stall = total_max,
                   .total = total_max};
  made.retry.attempts = attempts_max;
  made.retry.delay = retry_pause;
  made.waiting.time = total_max;
  to.providers.push_back(
      std::make_shared<const provider_settings>(std::move(made)));
}

}  // namespace troupe::config
