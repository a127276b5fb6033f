#include "http/simulator/options.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::simulator {

namespace {

using std::chrono::milliseconds;

/// Longest time any flag may ask for: longer is a typing error.
constexpr std::int64_t time_max_ms = 3'600'000;

void add_time(CLI::App& app, const std::string& name, milliseconds& into,
              const std::string& help) {
  app.add_option_function<std::int64_t>(
         name, [&into](std::int64_t ms) { into = milliseconds{ms}; },
         help + " (milliseconds)")
      ->check(CLI::Range(std::int64_t{0}, time_max_ms))
      ->type_name("MS")
      ->default_str(std::to_string(into.count()));
}

void add_faults(CLI::App& app, settings& into) {
  const auto check = [](const std::string& text) {
    return read_fault_chance(text)
               ? std::string{}
               : "'" + text + "' is not KIND=CHANCE with a chance from 0 to 1";
  };
  const auto take = [&into](const std::vector<std::string>& all) {
    for (const auto& text : all)
      if (const auto one = read_fault_chance(text))
        into.faults.push_back(*one);
  };
  app.add_option_function<std::vector<std::string>>(
         "--fault", take,
         "Let a share of the requests fail, e.g. 503=0.1 or cut=0.05. Kinds: a "
         "status code from 400 to 599 (429_after_250: come back in 250 ms), "
         "reset, hang, slow_first, stall, cut, "
         "malformed, no_done, error_event, context_length, content_filter, "
         "blocked, "
         "empty_body, quota, unknown_model; and stall_early, cut_early, "
         "malformed_early, error_event_early: before the first event. May be "
         "repeated")
      ->check(CLI::Validator{check, "KIND=CHANCE"})
      ->expected(1)
      ->take_all();
}

void add_pace(CLI::App& app, settings& into) {
  add_time(app, "--latency", into.latency, "Time to the first token");
  add_time(app, "--jitter", into.jitter,
           "At most this much, by chance, on top of --latency");
  app.add_option("--tokens-per-second", into.tokens_per_second,
                 "Pace of the further tokens; 0 is as fast as possible")
      ->check(CLI::Range(0.0, 1e6))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--chunk-tokens", into.chunk_tokens,
                 "Tokens in one event of a stream")
      ->check(CLI::Range(1U, 10'000U))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--answer-tokens", into.answer_tokens,
                 "Least length of an answer")
      ->check(CLI::Range(0U, 100'000U))
      ->type_name("N")
      ->capture_default_str();
  add_time(app, "--slow-first", into.slow_first,
           "How late the first token of a slow answer is");
  add_time(app, "--silence", into.silence_max,
           "How long a hang or stall lasts at most");
}

void add_limits(CLI::App& app, settings& into) {
  // The parser itself takes -1 for a very large number.
  const auto any = CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 40U);
  app.add_option("--rpm", into.requests_per_minute,
                 "Requests a minute for each key; 0 is no limit")
      ->check(any)
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--tpm", into.tokens_per_minute,
                 "Tokens a minute for each key; 0 is no limit")
      ->check(any)
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--context-tokens", into.context_tokens,
                 "Longest prompt taken; 0 is no limit")
      ->check(any)
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--dead-key", into.dead_keys,
                 "A key to be answered as wrong. May be repeated")
      ->expected(1)
      ->take_all()
      ->type_name("KEY");
  app.add_option("--quota-key", into.quota_keys,
                 "A key to be answered as out of money. May be repeated")
      ->expected(1)
      ->take_all()
      ->type_name("KEY");
}

}  // namespace

void add_options(CLI::App& app, settings& into) {
  app.add_option("--listen", into.listen, "Address and port to listen on")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  constexpr unsigned threads_max = 256;
  app.add_option("--threads", into.threads, "Threads that serve")
      ->check(CLI::Range(1U, threads_max))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seed", into.seed,
                 "The same seed and the same requests meet the same chances")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--model", into.models,
                 "A model to list; others work as well. May be repeated")
      ->expected(1)
      ->take_all()
      ->type_name("NAME");
  add_pace(app, into);
  add_limits(app, into);
  add_faults(app, into);
}

}  // namespace troupe::simulator
