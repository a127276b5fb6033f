#include "http/simulator/answer_headers.hpp"

#include <ctime>

namespace troupe::simulator {

namespace {

using std::chrono::milliseconds;

void add_openai_level(http::header_list& to, const char* what,
                      const bucket_level& level) {
  const std::string name = what;
  to.add("x-ratelimit-limit-" + name, std::to_string(level.limit));
  to.add("x-ratelimit-remaining-" + name, std::to_string(level.remaining));
  to.add("x-ratelimit-reset-" + name, go_duration(level.full_in));
}

struct anthropic_level {
  std::uint64_t limit;
  std::uint64_t remaining;
  std::string reset;
};

void add_anthropic_level(http::header_list& to, const char* what,
                         const anthropic_level& level) {
  const auto name = "anthropic-ratelimit-" + std::string{what};
  to.add(name + "-limit", std::to_string(level.limit));
  to.add(name + "-remaining", std::to_string(level.remaining));
  to.add(name + "-reset", level.reset);
}

}  // namespace

std::string go_duration(milliseconds time) {
  const auto ms = time.count();
  if (ms == 0)
    return "0s";
  if (ms < 1'000)
    return std::to_string(ms) + "ms";
  std::string text;
  if (ms >= 3'600'000)
    text += std::to_string(ms / 3'600'000) + "h";
  if (ms >= 60'000)
    text += std::to_string(ms / 60'000 % 60) + "m";
  text += std::to_string(ms / 1'000 % 60);
  if (ms % 1'000 != 0) {
    auto part = std::to_string(1'000 + ms % 1'000).substr(1);
    part.erase(part.find_last_not_of('0') + 1);
    text += "." + part;
  }
  return text + "s";
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const auto size =
      std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text, size};
}

void add_usual_headers(http::header_list& to, wire on,
                       std::string_view request_id, milliseconds took) {
  const auto ms = std::to_string(took.count());
  switch (on) {
  case wire::openai:
    to.add("openai-organization", "troupe-simulator");
    to.add("openai-processing-ms", ms);
    to.add("openai-version", "2020-10-01");
    break;
  case wire::anthropic:
    to.add("request-id", request_id);
    to.add("anthropic-organization-id", "00000000-0000-4000-8000-000000000000");
    break;
  case wire::gemini:
    to.add("vary", "Origin, X-Origin, Referer");
    to.add("x-content-type-options", "nosniff");
    to.add("server-timing", "gfet4t7; dur=" + ms);
    break;
  }
}

void add_rate_headers(http::header_list& to, wire on, const rate_verdict& rate,
                      std::chrono::system_clock::time_point now) {
  if (on == wire::openai) {
    if (rate.requests)
      add_openai_level(to, "requests", *rate.requests);
    if (rate.tokens)
      add_openai_level(to, "tokens", *rate.tokens);
  } else if (on == wire::anthropic) {
    // A second too late is safe, a second too early is not.
    const auto at = [&](const bucket_level& level) {
      return rfc3339(now + level.full_in + milliseconds{999});
    };
    if (rate.requests)
      add_anthropic_level(
          to, "requests",
          {rate.requests->limit, rate.requests->remaining, at(*rate.requests)});
    if (rate.tokens) {
      // Told to the nearest thousand.
      const auto rounded = (rate.tokens->remaining + 500) / 1'000 * 1'000;
      for (const auto* what : {"tokens", "input-tokens", "output-tokens"})
        add_anthropic_level(to, what,
                            {rate.tokens->limit, rounded, at(*rate.tokens)});
    }
  }
}

void add_retry_headers(http::header_list& to, wire on, const refusal& no) {
  if (on == wire::anthropic && no.why == reason::quota_spent)
    to.add("x-should-retry", "false");
  if (!no.retry_after || on == wire::gemini)
    return;
  const auto ms = no.retry_after->count();
  to.add("retry-after", std::to_string((ms + 999) / 1'000));
  if (on == wire::openai)
    to.add("retry-after-ms", std::to_string(ms));
}

}  // namespace troupe::simulator
