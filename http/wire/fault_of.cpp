#include "http/wire/fault_of.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace troupe::http::wire {

namespace {

using config::protocol;
using nlohmann::json;
using std::chrono::milliseconds;

/// The telling parts of an error body, whichever wire it came over.
struct error_words {
  std::string type;     ///< OpenAI's and Anthropic's `type`, Gemini's `status`.
  std::string code;     ///< OpenAI's `code`, Anthropic's `error_code`,
                        ///< Gemini's `reason`.
  std::string message;  ///< In lower case.
  std::string quota;    ///< Gemini's quota ids, one after the other.
  std::optional<milliseconds> retry_delay;
  unsigned status = 0;  ///< Gemini's `code`.
  bool found = false;
};

enum class part : std::uint8_t { type, code, message, quota };
enum class fit : std::uint8_t { whole, within };

/// One row of the taxonomy. An empty `dialect` stands for all wires, status 0
/// for any.
struct rule {
  std::optional<protocol> dialect;
  unsigned status;
  part where;
  fit how;
  std::string_view needle;
  troupe::fault verdict;
};

constexpr auto any = std::optional<protocol>{};
constexpr auto openai = std::optional{protocol::openai};
constexpr auto anthropic = std::optional{protocol::anthropic};
constexpr auto gemini = std::optional{protocol::gemini};
using enum part;
using enum fit;

// clang-format off
constexpr std::array rules{
    // The purse is empty: 429, 402 or 400, and it does not pass.
    rule{openai,    0,   code,    whole,  "insufficient_quota",                  fault::quota},
    rule{openai,    0,   type,    whole,  "insufficient_quota",                  fault::quota},
    rule{openai,    0,   code,    whole,  "credit_balance_exhausted",            fault::quota},
    rule{openai,    0,   code,    whole,  "billing_hard_limit_reached",          fault::quota},
    rule{openai,    0,   code,    whole,  "billing_not_active",                  fault::quota},
    rule{anthropic, 0,   code,    within, "spend_limit_reached",                 fault::quota},
    rule{anthropic, 0,   type,    whole,  "billing_error",                       fault::quota},
    rule{anthropic, 400, message, within, "credit balance is too low",           fault::quota},
    rule{gemini,    429, message, within, "limit: 0",                            fault::quota},
    rule{gemini,    429, quota,   within, "PerDay",                              fault::quota},
    // The key is no good.
    rule{gemini,    0,   code,    whole,  "API_KEY_INVALID",                     fault::credential},
    rule{gemini,    0,   code,    whole,  "API_KEY_SERVICE_BLOCKED",             fault::credential},
    rule{gemini,    400, message, within, "api key not valid",                   fault::credential},
    rule{gemini,    400, message, within, "api key expired",                     fault::credential},
    rule{gemini,    400, type,    whole,  "FAILED_PRECONDITION",                 fault::credential},
    rule{openai,    0,   code,    whole,  "invalid_api_key",                     fault::credential},
    rule{openai,    0,   code,    whole,  "account_deactivated",                 fault::credential},
    // The request does not fit the model.
    rule{openai,    0,   code,    whole,  "context_length_exceeded",             fault::context_length},
    rule{openai,    400, message, within, "maximum context length",              fault::context_length},
    rule{anthropic, 400, message, within, "prompt is too long",                  fault::context_length},
    rule{anthropic, 400, message, within, "exceed context limit",                fault::context_length},
    rule{gemini,    400, message, within, "exceeds the maximum number of tokens", fault::context_length},
    // The provider does not like what it says.
    rule{openai,    0,   code,    whole,  "content_filter",                      fault::content_filter},
    rule{openai,    0,   code,    whole,  "content_policy_violation",            fault::content_filter},
    rule{openai,    0,   code,    whole,  "moderation_blocked",                  fault::content_filter},
    rule{anthropic, 0,   message, within, "content filtering policy",            fault::content_filter},
    // Too fast, or too many others.
    rule{openai,    0,   code,    whole,  "rate_limit_exceeded",                 fault::rate},
    rule{openai,    0,   code,    whole,  "slow_down",                           fault::rate},
    rule{openai,    0,   code,    whole,  "server_is_overloaded",                fault::transient},
    // What an event inside a stream says instead of a status.
    rule{anthropic, 0,   type,    whole,  "rate_limit_error",                    fault::rate},
    rule{anthropic, 0,   type,    whole,  "overloaded_error",                    fault::transient},
    rule{anthropic, 0,   type,    whole,  "authentication_error",                fault::credential},
    rule{anthropic, 0,   type,    whole,  "permission_error",                    fault::credential},
    rule{anthropic, 0,   type,    whole,  "invalid_request_error",               fault::client},
    rule{anthropic, 0,   type,    whole,  "not_found_error",                     fault::client},
    rule{anthropic, 0,   type,    whole,  "request_too_large",                   fault::client},
    rule{openai,    0,   type,    whole,  "rate_limit_error",                    fault::rate},
    rule{gemini,    0,   type,    whole,  "RESOURCE_EXHAUSTED",                  fault::rate},
    rule{gemini,    0,   type,    whole,  "UNAUTHENTICATED",                     fault::credential},
    rule{gemini,    0,   type,    whole,  "PERMISSION_DENIED",                   fault::credential},
};
// clang-format on

struct status_rule {
  unsigned first;
  unsigned last;
  troupe::fault verdict;
};

constexpr std::array status_rules{
    status_rule{200, 299, fault::none},
    // Nobody promised a redirect, and our key does not follow one.
    status_rule{300, 399, fault::malformed},
    status_rule{401, 401, fault::credential},
    status_rule{402, 402, fault::quota},
    status_rule{403, 403, fault::credential},
    status_rule{408, 409, fault::transient},
    status_rule{425, 425, fault::transient},
    status_rule{429, 429, fault::rate},
    status_rule{499, 499, fault::transient},
    status_rule{400, 498, fault::client},
    status_rule{500, 599, fault::transient},
};

troupe::fault by_status(unsigned status) {
  for (const auto& row : status_rules)
    if (status >= row.first && status <= row.last)
      return row.verdict;
  return fault::malformed;
}

std::string text_of(const json& from, const char* key) {
  const auto found = from.find(key);
  return found != from.end() && found->is_string() ? found->get<std::string>()
                                                   : std::string{};
}

/// `Please retry in 46.5s` and its relatives, inside a message.
std::optional<milliseconds> wait_in(std::string_view message) {
  for (const std::string_view lead : {"retry in ", "try again in "}) {
    const auto at = message.find(lead);
    if (at == std::string_view::npos)
      continue;
    auto rest = message.substr(at + lead.size());
    rest = rest.substr(0, rest.find_first_of(" ,;)\n"));
    while (rest.ends_with('.'))
      rest.remove_suffix(1);
    if (const auto wait = parse_duration(rest); wait && wait->count() > 0)
      return wait;
  }
  return std::nullopt;
}

/// Gemini's `details`.
void read_details(const json& details, error_words& words) {
  for (const auto& detail : details) {
    if (!detail.is_object())
      continue;
    if (auto reason = text_of(detail, "reason"); !reason.empty())
      words.code = std::move(reason);
    if (const auto delay = parse_duration(text_of(detail, "retryDelay"));
        delay && delay->count() > 0)
      words.retry_delay = delay;
    const auto violations = detail.find("violations");
    if (violations == detail.end() || !violations->is_array())
      continue;
    for (const auto& violation : *violations) {
      if (!violation.is_object())
        continue;
      words.quota += text_of(violation, "quotaId") + ' ';
      if (text_of(violation, "quotaValue") == "0")
        words.message += " limit: 0";
    }
  }
}

void read_error(const json& error, error_words& words) {
  words.found = true;
  words.message = text_of(error, "message");
  std::transform(words.message.begin(), words.message.end(),
                 words.message.begin(), [](char c) {
                   return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                 });
  words.type = text_of(error, "type");
  words.code = text_of(error, "code");
  if (auto status = text_of(error, "status"); !status.empty())
    words.type = std::move(status);
  if (const auto at = error.find("code");
      at != error.end() && at->is_number_unsigned())
    words.status = at->get<unsigned>();
  const auto details = error.find("details");
  if (details != error.end() && details->is_array())
    read_details(*details, words);
  else if (details != error.end() && details->is_object())
    words.code = text_of(*details, "error_code");
  words.retry_delay =
      words.retry_delay ? words.retry_delay : wait_in(words.message);
}

/// Finds the error object of any wire: `{"error":{...}}`, the same in Gemini's
/// array, in a failed response, or a flat event.
error_words words_in(std::string_view body) {
  error_words words;
  if (body.size() > error_size_max)
    return words;
  auto root = json::parse(body, nullptr, false);
  if (root.is_array() && !root.empty())
    root = json(root.front());
  if (!root.is_object())
    return words;
  if (root.contains("response") && root["response"].is_object())
    root = json(root["response"]);
  if (root.contains("error") && root["error"].is_object())
    read_error(root["error"], words);
  else if (root.contains("error") && root["error"].is_string())
    read_error({{"message", root["error"]}}, words);
  else if (root.contains("message") && root["message"].is_string())
    read_error(root, words);
  return words;
}

const std::string& at(const error_words& words, part where) {
  switch (where) {
  case part::type:
    return words.type;
  case part::code:
    return words.code;
  case part::message:
    return words.message;
  case part::quota:
    break;
  }
  return words.quota;
}

bool fits(const rule& row, protocol dialect, unsigned status,
          const error_words& words) {
  if ((row.dialect && row.dialect != dialect)
      || (row.status != 0 && row.status != status))
    return false;
  const auto& text = at(words, row.where);
  return row.how == fit::whole ? text == row.needle
                               : text.find(row.needle) != std::string::npos;
}

attempt_result judged(protocol dialect, unsigned status,
                      const error_words& words) {
  attempt_result result{by_status(status), words.retry_delay};
  const auto row = std::find_if(rules.begin(), rules.end(), [&](const rule& r) {
    return fits(r, dialect, status, words);
  });
  if (row != rules.end())
    result.fault = row->verdict;
  // Gemini says "tomorrow" by the length of the wait.
  if (dialect == protocol::gemini && result.fault == fault::rate
      && words.retry_delay && *words.retry_delay >= quota_wait_min)
    result.fault = fault::quota;
  return result;
}

/// A success that holds an error, as some gateways between here and the
/// provider send it.
bool hides_error(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos
         && body.substr(first).starts_with("{\"error\":{");
}

bool is_json_like(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos
         && (body[first] == '{' || body[first] == '[');
}

}  // namespace

attempt_result classify(config::protocol dialect, unsigned status,
                        const header_list& headers, std::string_view body,
                        wall_time now) {
  if (by_status(status) == fault::none) {
    if (hides_error(body))
      return classify_event(dialect, body);
    return {is_json_like(body) ? fault::none : fault::malformed, std::nullopt};
  }
  auto result = judged(dialect, status, words_in(body));
  if (const auto wait = retry_after_of(headers, now))
    result.retry_after = wait;
  return result;
}

attempt_result classify_event(config::protocol dialect, std::string_view data) {
  const auto words = words_in(data);
  // An error without a status is the provider's until its words say otherwise.
  const auto status =
      words.status >= 400 && words.status <= 599 ? words.status : 500u;
  return judged(dialect, status, words);
}

}  // namespace troupe::http::wire
