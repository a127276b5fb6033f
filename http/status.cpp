#include "http/status.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace troupe::http {

namespace {

/// What Anthropic answers when it has no room; its SDKs know it.
constexpr unsigned anthropic_overloaded = 529;

struct row {
  errc code;
  verdict answer;
};

// clang-format off
constexpr std::array rows{
    row{errc::none,                 {500, false, "Something went wrong inside the gateway."}},
    row{errc::invalid_setting,      {500, true,  "The gateway is not configured correctly."}},
    row{errc::unauthorized,         {401, false, "Missing or unknown API key."}},
    row{errc::unknown_model,        {404, false, "No provider serves this model."}},
    row{errc::no_provider,          {404, false, "No provider is configured for this API."}},
    row{errc::keys_cooling,         {429, false, "Every key of the provider has reached its limit. Try again later."}},
    row{errc::keys_dead,            {503, true,  "The provider accepts none of the configured keys."}},
    row{errc::deadline_exceeded,    {504, true,  "The provider did not answer in time."}},
    row{errc::overloaded,           {503, false, "The gateway is overloaded. Try again later."}},
    row{errc::shutting_down,        {503, false, "The gateway is stopping. Try again."}},
    row{errc::actor_lost,           {503, false, "The request was lost inside the gateway. Try again."}},
    row{errc::unknown_child,        {500, true,  "Something went wrong inside the gateway."}},
    row{errc::restart_budget_spent, {500, true,  "Something went wrong inside the gateway."}},
    row{errc::retries_spent,        {502, true,  "The provider failed, also when tried again."}},
    row{errc::targets_cooling,      {503, false, "Everything that serves this model failed of late and rests. Try again later."}},
    row{errc::child_exists,         {500, true,  "Something went wrong inside the gateway."}},
    row{errc::unknown_provider,     {404, true,  "No provider has this name."}},
    row{errc::unknown_key,          {404, true,  "No key has this id."}},
    row{errc::unknown_queue,        {404, true,  "There is no queue of this name."}},
    row{errc::unknown_job,          {404, true,  "The queue has no such job."}},
    row{errc::queue_full,           {429, false, "The queue is full. Try again later."}},
    row{errc::store_full,           {503, false, "Nothing can be stored now: the disk is full or read-only. Nothing stored was lost."}},
    row{errc::store_corrupt,        {503, true,  "Nothing can be stored now: the durable state is damaged. See the log and `troupe restore`."}},
    row{errc::store_failed,         {503, false, "Nothing can be stored now: the durable state cannot be written. See the log."}},
};
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].code != static_cast<errc>(i))
      return false;
  return rows.size() == static_cast<std::size_t>(errc::count_);
}

static_assert(in_order(), "every error code needs its row, in order");

}  // namespace

verdict verdict_of(errc code, const circumstance& at) {
  const auto index = static_cast<std::size_t>(code);
  auto answer = rows[index < rows.size() ? index : 0].answer;
  if (code == errc::overloaded && at.dialect == config::protocol::anthropic)
    answer.status = anthropic_overloaded;
  if (code == errc::keys_cooling && at.cooling_from_faults)
    answer = {503, false,
              "Every key of the provider rests after failures. Try again "
              "later."};
  return answer;
}

wire::door_error door_error_of(errc code, const circumstance& at) {
  const auto answer = verdict_of(code, at);
  wire::door_error err;
  err.status = answer.status;
  err.code = name_of(code);
  err.message = answer.message;
  if (code == errc::unknown_model)
    err.param = "model";
  return err;
}

wire::door_error door_error_of(const caf::error& why, const circumstance& at) {
  auto err = door_error_of(code_of(why), at);
  if (!why)
    return err;
  const auto& context = why.context();
  if (context.match_elements<std::uint64_t>())
    err.retry_after =
        std::chrono::milliseconds{context.get_as<std::uint64_t>(0)};
  if (context.match_elements<std::string, std::string>())
    err.message = "The model '" + context.get_as<std::string>(0)
                  + "' is not served here: " + context.get_as<std::string>(1)
                  + ".";
  return err;
}

std::string retry_after_seconds(std::chrono::milliseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return std::to_string(std::max<std::int64_t>(seconds, 1));
}

}  // namespace troupe::http
