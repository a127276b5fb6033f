// Whole answers, faults and error bodies: any bytes are judged, and whatever is
// quoted our errors are JSON.

#include "http/wire/answer_facts.hpp"
#include "http/wire/error_body.hpp"
#include "http/wire/fault_of.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace {

using namespace troupe::http::wire;
using troupe::config::protocol;
using troupe::fuzz::choices;
using troupe::fuzz::require;

constexpr std::array<unsigned, 12> statuses{0,   200, 301, 400, 401, 404,
                                            422, 429, 500, 503, 529, 999};

void check_answer(choices choose) {
  const auto e = static_cast<endpoint>(
      choose.below(static_cast<std::size_t>(endpoint::count_)));
  const std::string body{choose.rest()};
  std::string padded = body;
  padded.reserve(body.size() + 64);
  const auto plain = read_answer(e, body);
  const auto got = read_answer(e, padded);
  require(plain.sound == got.sound, "padding does not matter");
  require(plain.usage.total() == got.usage.total(), "nor to the counts");
  if (got.sound)
    require(body.find('{') != std::string::npos, "a sound answer is an object");
}

void check_fault(choices choose) {
  const auto dialect =
      static_cast<protocol>(choose.below(troupe::config::protocol_count));
  const auto status = statuses[choose.below(statuses.size())];
  const auto body = choose.rest();
  const troupe::http::header_list headers{
      {"retry-after", body.substr(0, 40)},
      {"retry-after-ms", body.substr(0, 9)}};
  const auto got = classify(dialect, status, headers, body, wall_time{});
  require(got.fault < troupe::fault::count_, "a fault has a name");
  require((status >= 200 && status < 300) || got.fault != troupe::fault::none,
          "only a success is one");
  require(!got.retry_after
              || (got.retry_after->count() > 0 && *got.retry_after <= wait_max),
          "a wait is positive and believable");
  const auto event = classify_event(dialect, body);
  require(event.fault != troupe::fault::none, "an error event is a fault");
}

void check_error(choices choose) {
  door_error err;
  err.status = statuses[choose.below(statuses.size())];
  const auto text = choose.rest();
  const auto half = text.size() / 2;
  err.message = text.substr(0, half);
  err.code = err.param = err.request_id = text.substr(half);
  for (const auto dialect :
       {std::optional{protocol::openai}, std::optional{protocol::anthropic},
        std::optional{protocol::gemini}, std::optional<protocol>{}})
    require(nlohmann::json::accept(error_body(dialect, err)),
            "an error body is JSON");
  require(nlohmann::json::accept(responses_error_event(err, 7)),
          "an error event is JSON");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}})",
      R"({"content":[],"usage":{"input_tokens":5,"output_tokens":6,"cache_creation":{"ephemeral_1h_input_tokens":2}}})",
      R"({"candidates":[],"usageMetadata":{"promptTokenCount":10,"thoughtsTokenCount":2}})",
      R"({"data":[{"embedding":[0.1,-2e3]}],"output":[],"input_tokens":3})",
      R"({"error":{"code":429,"message":"Please retry in 46.5s.","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"46s"},{"violations":[{"quotaId":"PerDay","quotaValue":"0"}]}]}})",
      R"({"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"ramp_limit_exceeded"}}})",
      R"([{"error":{"message":"m","type":"t","code":"insufficient_quota"}}])",
      "Fri, 20 Nov 2026 12:00:30 GMT",
      "6m0s",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  check_answer({bytes, size});
  check_fault({bytes, size});
  check_error({bytes, size});
  return 0;
}
