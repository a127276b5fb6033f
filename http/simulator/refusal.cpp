#include "http/simulator/refusal.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

namespace troupe::simulator {

namespace {

struct spelling {
  unsigned status;
  std::string_view type;
  std::string_view code;
};

struct row {
  reason why;
  std::string_view name;
  spelling openai;
  spelling anthropic;
  spelling gemini;  // Type is the status word; code is the ErrorInfo reason.
};

constexpr std::string_view invalid_type = "invalid_request_error";

// In the order of `reason`.
constexpr std::array<row, 16> rows{{
    {reason::invalid,
     "invalid",
     {400, invalid_type, ""},
     {400, invalid_type, ""},
     {400, "INVALID_ARGUMENT", ""}},
    {reason::missing_key,
     "missing_key",
     {401, invalid_type, ""},
     {401, "authentication_error", ""},
     {403, "PERMISSION_DENIED", ""}},
    {reason::dead_key,
     "dead_key",
     {401, invalid_type, "invalid_api_key"},
     {401, "authentication_error", ""},
     {400, "INVALID_ARGUMENT", "API_KEY_INVALID"}},
    {reason::forbidden,
     "forbidden",
     {403, invalid_type, "unsupported_country_region_territory"},
     {403, "permission_error", ""},
     {403, "PERMISSION_DENIED", ""}},
    {reason::unknown_model,
     "unknown_model",
     {404, invalid_type, "model_not_found"},
     {404, "not_found_error", ""},
     {404, "NOT_FOUND", ""}},
    {reason::unknown_path,
     "unknown_path",
     {404, invalid_type, ""},
     {404, "not_found_error", ""},
     {404, "NOT_FOUND", ""}},
    {reason::wrong_method,
     "wrong_method",
     {405, invalid_type, "method_not_supported"},
     {405, invalid_type, ""},
     {404, "NOT_FOUND", ""}},
    {reason::too_large,
     "too_large",
     {413, invalid_type, ""},
     {413, "request_too_large", ""},
     {400, "INVALID_ARGUMENT", ""}},
    {reason::rate_limited,
     "rate_limited",
     {429, "requests", "rate_limit_exceeded"},
     {429, "rate_limit_error", ""},
     {429, "RESOURCE_EXHAUSTED", ""}},
    {reason::quota_spent,
     "quota_spent",
     {429, "insufficient_quota", "insufficient_quota"},
     {429, "rate_limit_error", "enforced_spend_limit_reached"},
     {429, "RESOURCE_EXHAUSTED", ""}},
    {reason::context_length,
     "context_length",
     {400, invalid_type, "context_length_exceeded"},
     {400, invalid_type, ""},
     {400, "INVALID_ARGUMENT", ""}},
    {reason::blocked,
     "blocked",
     {400, invalid_type, "content_filter"},
     {400, invalid_type, ""},
     {400, "INVALID_ARGUMENT", ""}},
    {reason::failed,
     "failed",
     {500, "server_error", ""},
     {500, "api_error", ""},
     {500, "INTERNAL", ""}},
    {reason::unavailable,
     "unavailable",
     {503, "server_error", ""},
     {503, "api_error", ""},
     {503, "UNAVAILABLE", ""}},
    {reason::overloaded,
     "overloaded",
     {503, "server_error", "server_is_overloaded"},
     {529, "overloaded_error", ""},
     {503, "UNAVAILABLE", ""}},
    {reason::timed_out,
     "timed_out",
     {504, "server_error", ""},
     {504, "timeout_error", ""},
     {504, "DEADLINE_EXCEEDED", ""}},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].why) != i)
      return false;
  return true;
}
static_assert(in_order(), "rows follow the order of reason");

const spelling& spelling_of(wire on, reason why) {
  const auto& found = rows[static_cast<std::size_t>(why)];
  switch (on) {
  case wire::anthropic:
    return found.anthropic;
  case wire::gemini:
    return found.gemini;
  case wire::openai:
    break;
  }
  return found.openai;
}

json text_or_null(std::string_view text) {
  return text.empty() ? json(nullptr) : json(text);
}

std::string seconds_text(std::chrono::milliseconds wait) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3fs",
                static_cast<double>(wait.count()) / 1000);
  return text;
}

json quota_failure(std::string_view quota, std::string_view value) {
  constexpr std::string_view metric =
      "generativelanguage.googleapis.com/generate_content_requests";
  return {
      {"@type", "type.googleapis.com/google.rpc.QuotaFailure"},
      {"violations",
       {{{"quotaMetric", metric}, {"quotaId", quota}, {"quotaValue", value}}}}};
}

json gemini_details(const refusal& no, std::string_view info_reason) {
  auto details = json::array();
  if (!info_reason.empty())
    details.push_back({{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                       {"reason", info_reason},
                       {"domain", "googleapis.com"}});
  if (no.why == reason::quota_spent)
    details.push_back(
        quota_failure("GenerateRequestsPerDayPerProjectPerModel", "0"));
  if (no.why == reason::rate_limited)
    details.push_back(
        quota_failure("GenerateRequestsPerMinutePerProjectPerModel", "60"));
  if (no.retry_after)
    details.push_back({{"@type", "type.googleapis.com/google.rpc.RetryInfo"},
                       {"retryDelay", seconds_text(*no.retry_after)}});
  if (!no.param.empty())
    details.push_back({{"@type", "type.googleapis.com/google.rpc.BadRequest"},
                       {"fieldViolations",
                        {{{"field", no.param}, {"description", no.message}}}}});
  return details;
}

json gemini_body(const refusal& no, const spelling& spelled) {
  auto message = no.message;
  if (no.why == reason::quota_spent)
    message += " limit: 0";
  if (no.retry_after)
    message += " Please retry in " + seconds_text(*no.retry_after) + ".";
  json error{{"code", status_of(wire::gemini, no)},
             {"message", message},
             {"status", spelled.type}};
  if (auto details = gemini_details(no, spelled.code); !details.empty())
    error["details"] = std::move(details);
  return {{"error", std::move(error)}};
}

json anthropic_body(const refusal& no, const spelling& spelled,
                    std::string_view request_id) {
  const auto at = no.param.empty() ? no.message : no.param + ": " + no.message;
  json error{{"type", spelled.type}, {"message", at}};
  if (!spelled.code.empty())
    error["details"] = {{"error_code", spelled.code}};
  return {{"type", "error"},
          {"error", std::move(error)},
          {"request_id", request_id}};
}

}  // namespace

std::string_view name_of(reason why) noexcept {
  return rows[static_cast<std::size_t>(why)].name;
}

refusal invalid(std::string param, std::string message) {
  return {reason::invalid, std::move(message), std::move(param), 0, {}};
}

refusal refusal_of_status(unsigned status) {
  switch (status) {
  case 401:
    return {reason::dead_key, "Incorrect API key provided.", "", status, {}};
  case 402:
    return {reason::quota_spent, "The balance is spent.", "", status, {}};
  case 403:
    return {reason::forbidden, "Not allowed here.", "", status, {}};
  case 404:
    return {reason::unknown_model, "Not found.", "model", status, {}};
  case 408:
  case 504:
    return {reason::timed_out, "The request timed out.", "", status, {}};
  case 413:
    return {reason::too_large, "The request is too large.", "", status, {}};
  case 429:
    return {reason::rate_limited, "Rate limit reached.", "", status, {}};
  case 502:
  case 503:
    return {reason::unavailable, "The service is unavailable.", "", status, {}};
  case 529:
    return {reason::overloaded, "Overloaded", "", status, {}};
  default:
    break;
  }
  if (status < 500)
    return {reason::invalid, "Refused on request.", "", status, {}};
  return {reason::failed, "Internal server error", "", status, {}};
}

unsigned status_of(wire on, const refusal& no) {
  return no.status != 0 ? no.status : spelling_of(on, no.why).status;
}

json openai_code_of(const refusal& no) {
  return text_or_null(spelling_of(wire::openai, no.why).code);
}

json body_of(wire on, const refusal& no, std::string_view request_id) {
  const auto& spelled = spelling_of(on, no.why);
  switch (on) {
  case wire::anthropic:
    return anthropic_body(no, spelled, request_id);
  case wire::gemini:
    return gemini_body(no, spelled);
  case wire::openai:
    break;
  }
  return {{"error",
           {{"message", no.message},
            {"type", spelled.type},
            {"param", text_or_null(no.param)},
            {"code", openai_code_of(no)}}}};
}

}  // namespace troupe::simulator
