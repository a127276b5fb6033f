#include "http/simulator/provider.hpp"

#include "http/simulator/answer_headers.hpp"
#include "http/simulator/author.hpp"
#include "http/simulator/dice.hpp"
#include "http/simulator/refusal_words.hpp"
#include "http/simulator/spoil.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::simulator {

namespace {

using std::chrono::milliseconds;

/// What `slow` in a model's name makes of the pace: a slow reader's speed.
constexpr double slow_tokens_per_second = 20;

/// The token of `Authorization: Bearer`; empty if there is none.
std::string_view bearer(const http::request& req) {
  const auto value = req.headers.find("authorization").value_or("");
  constexpr std::size_t scheme = 7;
  return value.size() > scheme
                 && http::same_token(value.substr(0, scheme), "bearer ")
             ? value.substr(scheme)
             : std::string_view{};
}

std::string_view key_of(const http::request& req, wire on) {
  std::string_view key;
  if (on == wire::anthropic)
    key = req.headers.find("x-api-key").value_or("");
  else if (on == wire::gemini)
    key = req.headers.find("x-goog-api-key")
              .value_or(req.query_value("key").value_or(""));
  return key.empty() ? bearer(req) : key;
}

bool lists(const std::vector<std::string>& keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

/// The number `name` in the query; `fallback` if there is none.
std::size_t count_in(const http::request& req, std::string_view name,
                     std::size_t fallback) {
  if (const auto text = req.query_value(name))
    std::from_chars(text->data(), text->data() + text->size(), fallback);
  return fallback;
}

script whole_json(unsigned status, const json& body) {
  script made;
  made.status = status;
  made.headers.add("content-type", "application/json");
  made.add(write_json(body));
  return made;
}

}  // namespace

/// Everything known about one request while it is answered.
struct provider::call {
  const http::request& req;
  instant now;
  route to;
  std::string_view key{};
  json body{};
  prompt asked{};
  model_wishes wishes{};
  std::vector<simulator::answer> answers{};
  std::uint64_t number = 0;
  std::string request_id{};
  rate_verdict rate{};
  std::optional<fault> befell{};
  std::string refused{};  ///< Why, where no fault is to blame.
  usage used{};
};

provider::provider(settings rules) : rules_(std::move(rules)), desk_(rules_) {}

script provider::answer(const http::request& req, instant now) {
  call one{.req = req, .now = now, .to = find_route(req)};
  if (req.path().starts_with("/_sim/"))
    return own(one);
  one.key = key_of(req, one.to.on);
  one.asked.model = one.to.model;
  if (const auto no = check_entry(one))
    return refuse(one, *no);
  if (one.to.what == errand::list_models || one.to.what == errand::show_model)
    return show(one);
  if (const auto no = read(one))
    return refuse(one, *no);
  return serve(one);
}

std::optional<refusal> provider::check_entry(const call& one) const {
  const auto where = one.req.method + ' ' + std::string{one.req.path()};
  if (one.to.what == errand::unknown_path)
    return refusal{
        reason::unknown_path, "Invalid URL (" + where + ")", "", 0, {}};
  if (one.to.what == errand::wrong_method)
    return refusal{reason::wrong_method, "Not allowed to " + where, "", 0, {}};
  if (const auto no = check_key(one))
    return no;
  if (one.to.on != wire::anthropic)
    return std::nullopt;
  const auto version = one.req.headers.find("anthropic-version").value_or("");
  if (version.empty())
    return invalid("anthropic-version", "header is required");
  constexpr std::string_view versions[] = {"2023-01-01", "2023-06-01",
                                           "2026-10-21"};
  if (std::ranges::find(versions, version) == std::end(versions))
    return invalid("anthropic-version",
                   "\"" + std::string{version} + "\" is not a valid version");
  return std::nullopt;
}

std::optional<refusal> provider::check_key(const call& one) const {
  const auto on = one.to.on;
  if (one.key.empty())
    return missing_key(on);
  if (lists(rules_.dead_keys, one.key))
    return dead_key(on);
  const bool only_shows =
      one.to.what == errand::list_models || one.to.what == errand::show_model;
  if (!only_shows && lists(rules_.quota_keys, one.key))
    return quota_spent();
  return std::nullopt;
}

std::optional<refusal> provider::read(call& one) const {
  auto body = read_json(one.req.body);
  if (!body)
    return refusal{reason::invalid,
                   "We could not parse the JSON body of your request.",
                   "",
                   0,
                   {}};
  one.body = std::move(*body);
  one.asked.stream = one.to.streams;
  if (auto no = one.to.read(one.body, one.asked))
    return no;
  if (one.to.on == wire::anthropic
      && one.req.headers.find("anthropic-version") == "2026-10-21")
    if (auto no = check_anthropic_2026(one.body))
      return no;
  one.wishes = read_model_name(one.asked.model);
  const auto window = one.wishes.window.value_or(rules_.context_tokens);
  if (window > 0 && one.asked.input_tokens > window)
    return too_long(one.to.on, one.asked.input_tokens, window);
  one.asked.tokens_exact = one.wishes.tokens;
  one.asked.thinks = one.asked.thinks || one.wishes.thinks;
  return std::nullopt;
}

void provider::author(call& one) const {
  one.answers.clear();
  one.used = {.input = one.asked.input_tokens};
  if (one.to.what != errand::speak)
    return;
  // Many answers share the longest text one may ask for.
  if (one.asked.tokens_exact)
    one.asked.tokens_exact = std::min<std::size_t>(
        *one.asked.tokens_exact, tokens_asked_max / one.asked.choices);
  for (unsigned i = 0; i < one.asked.choices; ++i) {
    one.answers.push_back(write_answer(
        one.asked, {.seed = rules_.seed, .tokens_min = rules_.answer_tokens},
        i));
    one.used.output += one.answers.back().tokens();
    one.used.thoughts += one.answers.back().thought_tokens;
  }
}

script provider::serve(call& one) {
  author(one);
  verdict made;
  {
    const std::lock_guard lock{mutex_};
    made = desk_.admit({.key = one.key,
                        .tokens = one.used.input + one.used.output,
                        .model = one.asked.model,
                        .wishes = one.wishes,
                        .cache = one.asked.cache},
                       one.now);
  }
  one.number = made.number;
  one.rate = made.rate;
  one.befell = made.befalls;
  if (const auto no = refusal_for(one, made))
    return refuse(one, *no);
  if (one.befell && one.befell->kind == fault_kind::content_filter) {
    one.asked.filtered = true;
    author(one);
  }
  return compose(one, made);
}

std::optional<refusal> provider::refusal_for(const call& one,
                                             const verdict& made) const {
  if (made.rate.retry_after) {
    refusal no{reason::rate_limited, "", "", 0, made.rate.retry_after};
    no.message = "Rate limit reached for " + one.asked.model + " on "
                 + (made.rate.tokens_refused ? "tokens" : "requests")
                 + " per min.";
    return no;
  }
  if (!one.befell)
    return std::nullopt;
  switch (one.befell->kind) {
  case fault_kind::status: {
    auto no = refusal_of_status(one.befell->status);
    no.retry_after = one.befell->retry_after;
    return no;
  }
  case fault_kind::quota:
    return quota_spent();
  case fault_kind::blocked:
    return blocked(one.to.on);
  case fault_kind::unknown_model:
    return no_such_model(one.to.on, one.asked.model);
  case fault_kind::context_length:
    return too_long(one.to.on, one.asked.input_tokens,
                    one.asked.input_tokens / 2);
  default:
    return std::nullopt;
  }
}

pace provider::pace_of(const call& one, const verdict& made) const {
  const auto jitter = static_cast<double>(rules_.jitter.count())
                      * share_of(mix(made.number, ~rules_.seed));
  pace at;
  at.first =
      rules_.latency + microseconds{static_cast<std::int64_t>(jitter * 1'000)};
  at.piece_tokens = std::max(rules_.chunk_tokens, 1U);
  auto speed = rules_.tokens_per_second;
  if (one.wishes.slow) {
    at.first += rules_.slow_first;
    speed = slow_tokens_per_second;
  }
  if (speed > 0)
    at.gap = microseconds{static_cast<std::int64_t>(
        static_cast<double>(at.piece_tokens) * 1e6 / speed)};
  return at;
}

script provider::compose(call& one, const verdict& made) {
  if (one.asked.cache.asked) {
    auto& cached = made.cached ? one.used.cache_read : one.used.cache_write;
    cached = one.asked.cache.tokens;
    one.used.write_for_an_hour = one.asked.cache.for_an_hour;
  }
  const composition with{.asked = one.asked,
                         .body = one.body,
                         .answers = std::move(one.answers),
                         .used = one.used,
                         .id = mix(one.number, rules_.seed),
                         .created =
                             std::chrono::duration_cast<std::chrono::seconds>(
                                 one.now.wall.time_since_epoch())
                                 .count(),
                         .at = pace_of(one, made),
                         .as_array = one.to.as_array};
  script answered;
  one.to.write(with, answered);
  complete(one, answered);
  return answered;
}

void provider::name(call& one) {
  if (one.number == 0) {
    const std::lock_guard lock{mutex_};
    one.number = desk_.number();
  }
  one.request_id = "req_01" + id_text(mix(one.number, rules_.seed + 1), 22);
}

void provider::complete(call& one, script& made) {
  name(one);
  const auto took = made.streamed && !made.steps.empty()
                        ? made.steps.front().wait
                        : made.duration();
  add_usual_headers(made.headers, one.to.on, one.request_id,
                    std::chrono::duration_cast<milliseconds>(took));
  add_rate_headers(made.headers, one.to.on, one.rate, one.now.wall);
  if (one.befell) {
    const refusal broken{reason::overloaded, "Overloaded", "", 0, {}};
    auto event =
        error_event(one.to.on, one.to.typed_events, broken, one.request_id);
    if (one.to.as_array)
      event = (one.befell->early ? "[" : "\n,\r\n")
              + write_json(body_of(one.to.on, broken, "")) + "\n]";
    spoil(made, *one.befell, rules_, event);
  }
  const bool served = made.status == 200;
  auto kept = letter_of(one.req, one.now.wall, made.status);
  const std::lock_guard lock{mutex_};
  desk_.letters().keep(std::move(kept));
  desk_.records().record(
      {.at = one.now.wall,
       .key = std::string{one.key},
       .model = one.asked.model,
       .path = std::string{one.req.path()},
       .status = made.status,
       .fault = one.befell ? label_of(*one.befell) : one.refused,
       .input_tokens = served ? one.used.input : 0,
       .output_tokens = served ? one.used.output : 0});
}

script provider::refuse(call& one, const refusal& no) {
  // The body says the same id as the header, so it is written after it.
  script made;
  made.status = status_of(one.to.on, no);
  one.refused = name_of(no.why);
  made.headers.add("content-type", "application/json");
  add_retry_headers(made.headers, one.to.on, no);
  name(one);
  made.add(write_json(body_of(one.to.on, no, one.request_id)), rules_.latency);
  complete(one, made);
  return made;
}

script provider::refused(const http::request& req, unsigned status,
                         std::string_view why) const {
  auto no = refusal_of_status(status);
  no.message = why;
  no.param.clear();
  return whole_json(status, body_of(find_route(req).on, no, req.id));
}

script provider::show(call& one) {
  if (one.to.what == errand::list_models) {
    auto made = whole_json(200, list_models(one.to.on, rules_.models));
    complete(one, made);
    return made;
  }
  const auto wishes = read_model_name(one.to.model);
  if (wishes.fails && wishes.fails->kind == fault_kind::unknown_model)
    return refuse(one, no_such_model(one.to.on, one.to.model));
  auto made = whole_json(200, show_model(one.to.on, one.to.model));
  complete(one, made);
  return made;
}

void provider::left() {
  const std::lock_guard lock{mutex_};
  desk_.records().record_left();
}

script provider::own(const call& one) {
  if (one.to.what == errand::show_stats) {
    const auto attempts =
        count_in(one.req, "attempts", statistics::attempts_max);
    const auto key = one.req.query_value("key").value_or("");
    const std::lock_guard lock{mutex_};
    return whole_json(200, desk_.records().report(attempts, key));
  }
  if (one.to.what == errand::show_requests) {
    const auto last = count_in(one.req, "last", inbox::letters_max);
    const std::lock_guard lock{mutex_};
    return whole_json(200, desk_.letters().report(last));
  }
  if (one.to.what == errand::reset) {
    const std::lock_guard lock{mutex_};
    desk_.reset();
    return whole_json(200, {{"ok", true}});
  }
  const bool method = one.to.what == errand::wrong_method;
  return whole_json(method ? 405 : 404,
                    {{"error", {{"message", "No such thing here."}}}});
}

}  // namespace troupe::simulator
