// The service plays what the provider wrote, and the flags reach its settings.

#include "http/simulator/options.hpp"
#include "http/simulator/service.hpp"
#include "tests/http/simulator/asking.hpp"
#include "tests/support/fake_responder.hpp"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace troupe::simulator {
namespace {

using namespace std::chrono_literals;

/// A service whose waits end at once and add up in `waited`.
class patient_service {
public:
  explicit patient_service(settings rules = {})
      : service_(std::move(rules),
                 [this](http::responder&, microseconds time) -> http::task<> {
                   waited += time;
                   co_return;
                 }) {}

  tests::fake_responder ask_chat(const char* model, bool stream = false) {
    return tests::serve_now(
        service_, ask("/v1/chat/completions",
                      chat_body(model, "hello", {{"stream", stream}})));
  }

  microseconds waited{0};

private:
  service service_;
};

TEST(service, sends_a_whole_answer_at_once) {
  patient_service one;
  const auto client = one.ask_chat("m");
  EXPECT_EQ(client.status_sent, 200U);
  EXPECT_FALSE(client.streamed);
  EXPECT_EQ(client.header("content-type"), "application/json");
  EXPECT_EQ(client.header("openai-version"), "2020-10-01");
  EXPECT_TRUE(json::accept(client.body()));
  EXPECT_EQ(one.waited, 0us);
}

TEST(service, writes_each_event_with_one_write) {
  patient_service one;
  const auto client = one.ask_chat("m", true);
  EXPECT_TRUE(client.streamed);
  EXPECT_TRUE(client.finished);
  EXPECT_GT(client.chunks.size(), 4U);
  for (const auto& each : client.chunks) {
    EXPECT_TRUE(each.starts_with("data: "));
    EXPECT_TRUE(each.ends_with("\n\n"));
  }
  EXPECT_EQ(client.chunks.back(), "data: [DONE]\n\n");
}

TEST(service, waits_as_the_script_says) {
  settings rules;
  rules.latency = 200ms;
  rules.tokens_per_second = 40;
  patient_service one{rules};
  one.ask_chat("m", true);
  EXPECT_EQ(one.waited, 700ms);
}

TEST(service, resets_instead_of_an_end) {
  for (const bool stream : {false, true}) {
    patient_service one;
    const auto reset = one.ask_chat("sim-reset", stream);
    EXPECT_TRUE(reset.was_reset);
    EXPECT_TRUE(reset.chunks.empty());
    EXPECT_FALSE(reset.finished);
    const auto cut = one.ask_chat("sim-cut", stream);
    EXPECT_TRUE(cut.was_reset);
    EXPECT_EQ(cut.status_sent, 200U);
    EXPECT_FALSE(cut.chunks.empty());
    EXPECT_FALSE(cut.finished);
    EXPECT_EQ(one.waited, 0us);
    const auto hang = one.ask_chat("sim-hang", stream);
    EXPECT_TRUE(hang.was_reset);
    EXPECT_EQ(hang.status_sent == 200, false);
    EXPECT_EQ(one.waited, 120s);
  }
}

/// Clients that left before their answer was over, as the simulator tells it.
json left_of(service& one) {
  return json::parse(tests::serve_now(one, get("/_sim/stats")).body())["left"];
}

TEST(service, stops_waiting_when_the_client_leaves) {
  service one{settings{}};
  http::asio::io_context io;
  tests::fake_responder client{io.get_executor()};
  client.leaves = true;
  auto req = ask("/v1/chat/completions", chat_body("sim-hang", "hello"));
  bool threw = false;
  http::asio::co_spawn(
      io.get_executor(), one.serve(req, client),
      [&threw](std::exception_ptr why) { threw = why != nullptr; });
  io.run_for(5s);
  EXPECT_TRUE(threw);
  EXPECT_EQ(client.status_sent, 0U);
  EXPECT_EQ(left_of(one), 1);
}

TEST(service, counts_only_the_clients_that_left_early) {
  service one{settings{}};
  for (const bool stream : {false, true})
    tests::serve_now(one, ask("/v1/chat/completions",
                              chat_body("m", "hello", {{"stream", stream}})));
  EXPECT_EQ(left_of(one), 0);
}

TEST(service, refuses_in_the_words_of_the_wire) {
  service one{settings{}};
  http::asio::io_context io;
  tests::fake_responder client{io.get_executor()};
  auto req = ask("/v1/messages", "");
  http::asio::co_spawn(
      io.get_executor(),
      one.refuse(req, client, {413, "body_too_large", "Too much."}),
      [](std::exception_ptr) {});
  io.run();
  EXPECT_EQ(client.status_sent, 413U);
  EXPECT_EQ(json::parse(client.body())["error"]["type"], "request_too_large");
}

TEST(service, waits_on_real_timers_by_default) {
  settings rules;
  rules.latency = 1ms;
  service one{rules};
  const auto began = std::chrono::steady_clock::now();
  const auto client = tests::serve_now(
      one, ask("/v1/chat/completions", chat_body("m", "hello")));
  EXPECT_EQ(client.status_sent, 200U);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 1ms);
}

TEST(options, turn_flags_into_settings) {
  CLI::App app;
  settings made;
  add_options(app, made);
  app.parse("--listen 0.0.0.0:1 --threads 2 --latency 30 --jitter 5 "
            "--tokens-per-second 12.5 --rpm 60 --tpm 1000 --seed 9 "
            "--fault 503=0.1 --fault cut=0.05 --dead-key a --dead-key b "
            "--quota-key c --chunk-tokens 1 --silence 9");
  EXPECT_EQ(made.listen, "0.0.0.0:1");
  EXPECT_EQ(made.threads, 2U);
  EXPECT_EQ(made.latency, 30ms);
  EXPECT_EQ(made.jitter, 5ms);
  EXPECT_EQ(made.tokens_per_second, 12.5);
  EXPECT_EQ(made.requests_per_minute, 60U);
  EXPECT_EQ(made.tokens_per_minute, 1'000U);
  EXPECT_EQ(made.seed, 9U);
  ASSERT_EQ(made.faults.size(), 2U);
  EXPECT_EQ(made.faults[1].what.kind, fault_kind::cut);
  EXPECT_EQ(made.dead_keys, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(made.quota_keys, std::vector<std::string>{"c"});
  EXPECT_EQ(made.chunk_tokens, 1U);
  EXPECT_EQ(made.silence_max, 9ms);
}

TEST(options, refuse_values_out_of_bounds) {
  for (const auto* flags :
       {"--fault fire=1", "--fault 503=2", "--threads 0", "--latency -1",
        "--rpm -1", "--tokens-per-second x", "--chunk-tokens 0"}) {
    CLI::App app;
    settings made;
    add_options(app, made);
    EXPECT_THROW(app.parse(flags), CLI::ParseError) << flags;
  }
}

}  // namespace
}  // namespace troupe::simulator
