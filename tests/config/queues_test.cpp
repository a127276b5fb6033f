// The sections of queues and workers: what is there without a word, what fills
// what, what must go together.

#include "tests/config/loading.hpp"

#include <algorithm>

namespace troupe::config {
namespace {

using lines = std::vector<std::string>;
using namespace std::chrono_literals;

const queue_settings& queue_of(const settings& s, std::string_view name) {
  const auto found = std::ranges::find(s.queues, name, &queue_settings::name);
  EXPECT_NE(found, s.queues.end()) << name;
  return found == s.queues.end() ? *s.queues.front() : **found;
}

lines names_of(const settings& s) {
  lines names;
  for (const auto& q : s.queues)
    names.push_back(q->name);
  return names;
}

// No key at its default.
constexpr std::string_view everything = R"(
  concurrency: 3
  group_concurrency: 2
  attempts: 7
  backoff: {kind: custom, delay: 1s, delay_max: 2h, jitter: 0%, delays: [1s, 1h]}
  timeout: 0s
  rate: {max: 0, per: 2s}
  group_rate: {max: 4, per: 1m}
  weights: {acme: 3, "tenant.b:vip": 1000}
  lease: 1m
  heartbeat: 10s
  aging: 5m
  keep_completed: {count: 0, age: 0s}
  keep_failed: {count: 1, age: 2s}
  keep_dead: {count: 3, age: 4s}
  max_waiting: 9
)";

void expect_everything(const queue_settings& q) {
  EXPECT_EQ(q.concurrency, 3u);
  EXPECT_EQ(q.group_concurrency, 2u);
  EXPECT_EQ(q.attempts, 7u);
  const job_pause_settings pauses{.kind = pause_kind::custom,
                                  .delay = 1s,
                                  .delay_max = 2h,
                                  .jitter = 0,
                                  .delays = {1s, 1h}};
  EXPECT_EQ(q.backoff, pauses);
  EXPECT_EQ(q.timeout, 0s);
  EXPECT_EQ(q.rate, (job_rate_settings{0, 2s}));
  EXPECT_EQ(q.group_rate, (group_rate_settings{4, 1min}));
  EXPECT_EQ(q.weights, (std::map<std::string, std::uint32_t>{
                           {"acme", 3}, {"tenant.b:vip", 1000}}));
  EXPECT_EQ(q.lease, 1min);
  EXPECT_EQ(q.heartbeat, 10s);
  EXPECT_EQ(q.aging, 5min);
  EXPECT_EQ(q.keep_completed, (keep_settings{0, 0s}));
  EXPECT_EQ(q.keep_failed, (keep_settings{1, 2s}));
  EXPECT_EQ(q.keep_dead, (keep_settings{3, 4s}));
  EXPECT_EQ(q.max_waiting, 9u);
}

TEST(queue_settings, are_four_without_a_word) {
  for (const auto* text : {"", "queues:\n", "queues: {}\n",
                           "queues: {email: , analytics: {}}\n"}) {
    const auto s = settings_of(text);
    EXPECT_EQ(names_of(s), (lines{"ai-response", "email", "analytics",
                                  "translation-review"}))
        << text;
    const auto expected = default_queues();
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(*s.queues[i], *expected[i]) << text;
  }
}

TEST(queue_settings, are_read_as_the_contract_has_them) {
  const auto s = settings_of("queues:\n"
                             "  ai-response: {handler: completion, priority: "
                             "normal}\n"
                             "  email: {priority: high}\n"
                             "  orders:\n"
                             "    handler: webhook\n"
                             "    url: 'http://127.0.0.1:9000/hook/'\n"
                             "    secret: ${S}\n"
                             "    priority: 3\n",
                             {{"S", "whsec"}});
  EXPECT_EQ(names_of(s), (lines{"ai-response", "email", "analytics",
                                "translation-review", "orders"}));
  EXPECT_EQ(queue_of(s, "ai-response").handler, queue_handler::completion);
  EXPECT_EQ(queue_of(s, "email").priority, 8);
  EXPECT_EQ(queue_of(s, "email").handler, queue_handler::external);
  EXPECT_EQ(queue_of(s, "analytics").priority, 0);
  const auto& orders = queue_of(s, "orders");
  EXPECT_EQ(orders.handler, queue_handler::webhook);
  EXPECT_EQ(orders.url, "http://127.0.0.1:9000/hook/");
  EXPECT_EQ(orders.secret, "whsec");
  EXPECT_EQ(orders.priority, 3);
  EXPECT_EQ(orders.attempts, 3u);
}

TEST(queue_settings, take_every_key_of_the_defaults_too) {
  auto text = "queues:\n email:" + std::string{everything};
  const auto s = settings_of(text);
  expect_everything(queue_of(s, "email"));
  EXPECT_EQ(queue_of(s, "analytics"), *default_queues()[2]);
}

TEST(queue_settings, are_filled_with_the_defaults_wherever_these_stand) {
  const std::string defaults = "queue_defaults:" + std::string{everything};
  const std::string orders = "queues: {orders: {priority: low}}\n";
  for (const auto& text : {defaults + orders, orders + defaults}) {
    const auto s = settings_of(text);
    for (const auto& q : s.queues)
      expect_everything(*q);
    EXPECT_EQ(queue_of(s, "ai-response").handler, queue_handler::completion);
    EXPECT_EQ(queue_of(s, "email").priority, 5);
    EXPECT_EQ(queue_of(s, "orders").priority, 0);
  }
}

TEST(queue_settings, change_only_what_they_say_of_a_section) {
  const auto s = settings_of("queue_defaults:\n"
                             "  backoff: {delay: 2s, jitter: 1%}\n"
                             "  weights: {a: 2}\n"
                             "queues:\n"
                             "  email: {backoff: {delay: 3s}, weights: {b: "
                             "4}}\n");
  const auto& email = queue_of(s, "email");
  EXPECT_EQ(email.backoff.delay, 3s);
  EXPECT_EQ(email.backoff.jitter, 0.01);
  EXPECT_EQ(email.weights, (std::map<std::string, std::uint32_t>{{"b", 4}}));
  EXPECT_EQ(queue_of(s, "analytics").backoff.delay, 2s);
}

TEST(queue_settings, know_every_priority_by_word_or_number) {
  for (const auto& [text, value] : {std::pair{"critical", 10},
                                    {"high", 8},
                                    {"normal", 5},
                                    {"low", 0},
                                    {"0", 0},
                                    {"7", 7},
                                    {"10", 10}})
    EXPECT_EQ(queue_of(settings_of("queues: {q: {priority: " + std::string{text}
                                   + "}}\n"),
                       "q")
                  .priority,
              value);
  for (const std::string bad : {"11", "-1", "Low", "5.0"})
    EXPECT_EQ(faults_of("queues: {q: {priority: " + bad + "}}\n"),
              lines{"f.yaml:1: queues.q.priority: must be critical, high, "
                    "normal, low, or 0 to 10 (is "
                    + bad + ")"});
}

TEST(queue_settings, are_overridden_by_variables_where_they_are_for_all) {
  const auto s = settings_of("queues: {email: {attempts: 9}}\n",
                             {{"TROUPE_QUEUE_DEFAULTS_ATTEMPTS", "4"},
                              {"TROUPE_QUEUE_DEFAULTS_KEEP_DEAD_AGE", "1d"},
                              {"TROUPE_QUEUE_DEFAULTS_BACKOFF_DELAY", "1s"}});
  EXPECT_EQ(queue_of(s, "email").attempts, 9u);
  EXPECT_EQ(queue_of(s, "analytics").attempts, 4u);
  EXPECT_EQ(queue_of(s, "email").keep_dead.age, 24h);
  EXPECT_EQ(queue_of(s, "email").backoff.delay, 1s);
}

TEST(queue_settings, have_names_that_fit_into_a_path) {
  const std::string longest(64, 'a');
  for (const auto& name : {std::string{"0-a_b"}, std::string{"7"}, longest})
    EXPECT_EQ(names_of(settings_of("queues: {\"" + name + "\": {}}\n")).back(),
              name);
  const std::string plain =
      " is not a name: may only have lower-case letters, digits, '_' and '-', "
      "and must begin with a letter or digit";
  for (const std::string name : {"Mail", "-a", "_a", "a.b", "a/b", "a b"})
    EXPECT_EQ(faults_of("queues:\n  email: {}\n  \"" + name + "\": {}\n"),
              lines{"f.yaml:3: queues: `" + name + "`" + plain});
  EXPECT_EQ(faults_of("queues: {\"\": {}}\n"),
            lines{"f.yaml:1: queues: a key that is not a name is not a name: "
                  "must not be empty"});
  EXPECT_EQ(faults_of("queues: {" + longest + "a: {}}\n"),
            lines{"f.yaml:1: queues: a key that is not a name is not a name: "
                  "must have 1 to 64 characters"});
}

TEST(queue_settings, say_where_they_are_wrong) {
  EXPECT_EQ(
      faults_of("queues:\n"
                "  email:\n"
                "    atempts: 1\n"
                "    attempts: 0\n"
                "    weights: {a: 0, b: [1], c: , \"a b\": 1}\n"
                "  q: 7\n"
                "  email: {}\n"
                "queue_defaults: {handler: external, rate: {max: x}}\n"),
      (lines{"f.yaml:3: queues.email: `atempts` is not a known key, did you "
             "mean `attempts`?",
             "f.yaml:4: queues.email.attempts: must lie between 1 and 100 (is "
             "0)",
             "f.yaml:5: queues.email.weights.a: must lie between 1 and 1000 "
             "(is 0)",
             "f.yaml:5: queues.email.weights.b: must be a single value (is a "
             "list)",
             "f.yaml:5: queues.email.weights.c: must be a single value (is "
             "empty)",
             "f.yaml:5: queues.email.weights: `a b` is not a name: may only "
             "have visible ASCII characters, and no spaces",
             "f.yaml:6: queues.q: must be a section of `key: value` (is a "
             "single value)",
             "f.yaml:7: queues: `email` is given twice (first on line 2)",
             "f.yaml:8: queue_defaults.rate.max: must be a whole number (is x)",
             "f.yaml:8: queue_defaults: `handler` is not a known key"}));
  EXPECT_EQ(faults_of("queues: [email]\n"),
            lines{"f.yaml:1: queues: must be a section of `key: value` (is a "
                  "list)"});
}

TEST(queue_settings, are_at_most_a_thousand) {
  std::string text = "queues:\n";
  for (int i = 0; i < 1001; ++i)
    text += "  q" + std::to_string(i) + ": {}\n";
  EXPECT_EQ(faults_of(text),
            lines{"f.yaml:2: queues: may have at most 1000 entries"});
}

TEST(queue_settings, have_a_url_exactly_if_they_are_webhooks) {
  EXPECT_EQ(faults_of("queues: {q: {handler: webhook}}\n"),
            lines{"f.yaml:1: queues.q.url: is missing: handler webhook sends "
                  "there"});
  EXPECT_EQ(faults_of("queues: {email: {url: 'http://h', secret: s}}\n"),
            (lines{"f.yaml:1: queues.email.url: is of handler webhook only; "
                   "handler is external",
                   "f.yaml:1: queues.email.secret: is of handler webhook only; "
                   "handler is external"}));
  EXPECT_EQ(faults_of("queues: {q: {handler: webhook, url: 'ftp://h'}}\n")[0],
            "f.yaml:1: queues.q.url: must be a URL that begins with https:// "
            "or http://");
}

TEST(queue_settings, lend_for_at_least_a_heartbeat) {
  const std::string shorter = "must not be longer than lease (";
  EXPECT_EQ(faults_of("queues:\n  email: {heartbeat: 31s}\n"),
            lines{"f.yaml:2: queues.email.heartbeat: " + shorter + "30s)"});
  EXPECT_EQ(faults_of("queues:\n  email: {lease: 8s}\n"),
            lines{"f.yaml:2: queues.email.heartbeat: " + shorter + "8s)"});
  EXPECT_EQ(faults_of("queue_defaults:\n  lease: 8s\n"),
            lines{"f.yaml:2: queue_defaults.heartbeat: " + shorter + "8s)"});
  settings_of("queues: {email: {lease: 9s}}\n");
}

TEST(queue_settings, pause_no_longer_than_the_longest_pause) {
  EXPECT_EQ(
      faults_of("queues:\n  email: {backoff: {delay: 61m}}\n"),
      lines{"f.yaml:2: queues.email.backoff.delay: must not be longer than "
            "delay_max (1h)"});
  EXPECT_EQ(
      faults_of("queue_defaults:\n  backoff: {kind: custom, delays: [1s, "
                "2h]}\n"),
      lines{"f.yaml:2: queue_defaults.backoff.delays: must not be longer than "
            "delay_max (1h)"});
}

TEST(queue_settings, name_their_pauses_exactly_if_they_are_custom) {
  EXPECT_EQ(faults_of("queues:\n  email: {backoff: {kind: custom}}\n"),
            lines{"f.yaml:2: queues.email.backoff.delays: is missing: kind "
                  "custom goes through them"});
  EXPECT_EQ(faults_of("queues:\n  email: {backoff: {delays: [1s]}}\n"),
            lines{"f.yaml:2: queues.email.backoff.delays: is of kind custom "
                  "only; kind is exponential"});
  // Pauses of queue_defaults wait for those queues that are custom.
  const auto s = settings_of("queue_defaults: {backoff: {delays: [1s]}}\n"
                             "queues: {email: {backoff: {kind: custom}}}\n");
  EXPECT_EQ(queue_of(s, "email").backoff.delays.size(), 1u);
}

TEST(worker_settings, are_read_as_the_contract_has_them) {
  const auto s = settings_of("workers:\n"
                             "  count: 3\n"
                             "  min: 2\n"
                             "  max: 4\n"
                             "  scale_up_above: 50\n"
                             "  scale_down_below: 10\n"
                             "  scale_up_age: 7s\n"
                             "  health_interval: 9s\n"
                             "  restarts: {max: 6, per: 8s}\n");
  const worker_settings expected{.count = 3,
                                 .min = 2,
                                 .max = 4,
                                 .scale_up_above = 50,
                                 .scale_down_below = 10,
                                 .scale_up_age = 7s,
                                 .health_interval = 9s,
                                 .restarts = {6, 8s}};
  EXPECT_EQ(s.workers, expected);
  EXPECT_EQ(settings_of("", {{"TROUPE_WORKERS_COUNT", "7"}}).workers.count, 7u);
}

TEST(worker_settings, scale_between_bounds_that_have_room) {
  EXPECT_EQ(faults_of("workers: {max: 4}\n"),
            lines{"f.yaml:1: workers.min: must not be more than max (4)"});
  EXPECT_EQ(faults_of("workers: {count: 4}\n"),
            lines{"f.yaml:1: workers.count: must not be less than min (5)"});
  EXPECT_EQ(faults_of("workers: {count: 11}\n"),
            lines{"f.yaml:1: workers.count: must not be more than max (10)"});
  EXPECT_EQ(faults_of("workers: {scale_up_above: 20}\n"),
            lines{"f.yaml:1: workers.scale_down_below: must be less than "
                  "scale_up_above (20)"});
  settings_of("workers: {count: 0, min: 0, max: 1, scale_up_above: 21}\n");
}

}  // namespace
}  // namespace troupe::config
