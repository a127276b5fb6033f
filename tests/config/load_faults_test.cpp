// Every kind of fault, as the operator reads it.

#include "tests/config/loading.hpp"

namespace troupe::config {
namespace {

using lines = std::vector<std::string>;

// A provider without faults, to be put before what is wrong.
const std::string provider = "providers:\n"
                             "- name: p\n"
                             "  protocol: openai\n"
                             "  keys: [k1]\n";

struct fault_case {
  std::string yaml;
  lines expected;
};

void expect_all(const std::vector<fault_case>& cases,
                const variables& env = {}) {
  for (const auto& c : cases)
    EXPECT_EQ(faults_of(c.yaml, env), c.expected) << c.yaml;
}

TEST(load_faults, come_all_together_in_the_order_of_lines) {
  EXPECT_EQ(
      faults_of("http:\n"
                "  lisen: 127.0.0.1:1\n"
                "  max_connections: 0\n"
                "providers:\n"
                "  - name: a b\n"
                "    protocol: openai\n"
                "    keys: [x]\n"
                "    limits: {rpm: -3}\n"
                "cluster: {}\n"
                "log: {level: \"${LEVEL}\"}\n"),
      (lines{
          "f.yaml:2: http: `lisen` is not a known key, did you mean `listen`?",
          "f.yaml:3: http.max_connections: must lie between 1 and 1000000 (is "
          "0)",
          "f.yaml:5: providers[0].name: may only have letters, digits, '.', "
          "'_' and '-' (is a b)",
          "f.yaml:8: providers[0].limits.rpm: must lie between 0 and "
          "1000000000 (is -3)",
          "f.yaml:9: `cluster` is a part that this version does not know yet",
          "f.yaml:10: log.level: environment variable LEVEL is not set",
      }));
}

TEST(load_faults, name_keys_nobody_knows) {
  expect_all({
      {"nodes: {}\n",
       {"f.yaml:1: `nodes` is not a known key, did you mean `node`?"}},
      {"zzzzzz: 1\n", {"f.yaml:1: `zzzzzz` is not a known key"}},
      {"<<: {node: {}}\n", {"f.yaml:1: `<<` is not a known key"}},
      {"\"a\\nb\": 1\n",
       {"f.yaml:1: a key that is not a name is not a known "
        "key"}},
      {provider + "  retry: {atempts: 3}\n",
       {"f.yaml:5: providers[0].retry: `atempts` is not a known key, did you "
        "mean `attempts`?"}},
  });
}

TEST(load_faults, tell_parts_of_later_versions_from_mistakes) {
  for (const std::string part :
       {"rate_limits", "websocket", "sessions", "cluster"})
    EXPECT_EQ(faults_of(part + ":\n  x: 1\n"),
              lines{"f.yaml:1: `" + part
                    + "` is a part that this version does not know yet"});
  const std::string client =
      "auth: {clients: [{name: a, key_sha256: " + std::string(64, '0');
  expect_all({
      {"monitoring: {alerts: {webhook: x}}\n",
       {"f.yaml:1: monitoring: `alerts` is a part that this version does not "
        "know yet"}},
      {client + ", limits: {rpm: 1}, budget: {usd: 1}}]}\n",
       {"f.yaml:1: auth.clients[0]: `limits` is a part that this version does "
        "not know yet",
        "f.yaml:1: auth.clients[0]: `budget` is a part that this version does "
        "not know yet"}},
  });
}

TEST(load_faults, name_keys_given_twice) {
  expect_all({
      {"node: {name: a}\nhttp: {}\nnode: {name: b}\n",
       {"f.yaml:3: `node` is given twice (first on line 1)"}},
      {"http:\n  max_body: 1MiB\n  max_body: 1MiB\n",
       {"f.yaml:3: http: `max_body` is given twice (first on line 2)"}},
  });
}

TEST(load_faults, name_values_of_the_wrong_kind) {
  expect_all({
      {"[a]\n", {"f.yaml:1: must be a section of `key: value` (is a list)"}},
      {"hello\n",
       {"f.yaml:1: must be a section of `key: value` (is a single value)"}},
      {"node: 7\n",
       {"f.yaml:1: node: must be a section of `key: value` (is a "
        "single value)"}},
      {"node: {name: [a]}\n",
       {"f.yaml:1: node.name: must be a single value (is a list)"}},
      {"node: {threads: many}\n",
       {"f.yaml:1: node.threads: must be a whole number (is many)"}},
      {"node: {threads: 1.5}\n",
       {"f.yaml:1: node.threads: must be a whole number (is 1.5)"}},
      {"node: {name: \"\"}\n", {"f.yaml:1: node.name: must not be empty"}},
      {"http: {listen: 8080}\n",
       {"f.yaml:1: http.listen: must be a numeric address (or localhost) and a "
        "port such as 127.0.0.1:8080 or [::1]:8080 (is 8080)"}},
      {"http: {tls: on}\n",
       {"f.yaml:1: http.tls: must be a section of `key: "
        "value` (is a single value)"}},
      {"providers: {name: a}\n",
       {"f.yaml:1: providers: must be a list (is a section)"}},
      {"providers: [a]\n",
       {"f.yaml:1: providers[0]: must be a section of "
        "`key: value` (is a single value)"}},
      {"providers: [~]\n",
       {"f.yaml:1: providers[0]: must be a section of "
        "`key: value` (is empty)"}},
      {provider + "  alerts: 70%\n",
       {"f.yaml:5: providers[0].alerts: must be a list (is a single value)"}},
      {provider + "  alerts: [70%, [80%], 0.9]\n",
       {"f.yaml:5: providers[0].alerts[1]: must be a single value (is a list)",
        "f.yaml:5: providers[0].alerts[1]: must be a percentage such as 30% "
        "(is 0.9)"}},
  });
}

TEST(load_faults, name_what_is_missing) {
  expect_all({
      {"http:\n  tls: {key: k.pem}\n",
       {"f.yaml:2: http.tls.certificate: is missing"}},
      {"http:\n  tls: {certificate: c.pem}\n",
       {"f.yaml:2: http.tls.key: is missing"}},
      {"providers:\n- {}\n",
       {"f.yaml:2: providers[0].name: is missing",
        "f.yaml:2: providers[0].protocol: is missing",
        "f.yaml:2: providers[0].keys: is missing"}},
      {"providers:\n- {name: a, protocol: gemini, keys: []}\n",
       {"f.yaml:2: providers[0].keys: must have at least 1 entry"}},
      {"models: [{name: m}]\n", {"f.yaml:1: models[0].targets: is missing"}},
      {"auth: {clients: [{name: a}]}\n",
       {"f.yaml:1: auth.clients[0].key_sha256: is missing"}},
  });
}

TEST(load_faults, name_variables_that_are_not_set_or_empty) {
  expect_all(
      {
          {"node:\n  name: a-${NOBODY}\n",
           {"f.yaml:2: node.name: environment variable NOBODY is not set"}},
          {"providers:\n- {name: a, protocol: gemini, keys:\n  [\"${NOBODY}\", "
           "\"${BLANK}\"]}\n",
           {"f.yaml:3: providers[0].keys[0]: environment variable NOBODY is "
            "not "
            "set",
            "f.yaml:3: providers[0].keys[0]: environment variable BLANK is "
            "empty"}},
      },
      {{"BLANK", " , "}});
}

TEST(load_faults, name_the_variable_that_overrides_with_a_wrong_value) {
  EXPECT_EQ(faults_of("http:\n  listen: 127.0.0.1:1\n",
                      {{"TROUPE_HTTP_LISTEN", "nonsense"},
                       {"TROUPE_NODE_THREADS", "-1"}}),
            (lines{"TROUPE_NODE_THREADS: node.threads: must lie between 0 and "
                   "1024",
                   "TROUPE_HTTP_LISTEN: http.listen: must be a numeric address "
                   "(or localhost) and a port such as 127.0.0.1:8080 or "
                   "[::1]:8080"}));
}

TEST(load_faults, name_names_and_keys_that_are_there_twice) {
  const std::string zeros(64, '0');
  expect_all({
      {provider + "- {name: p, protocol: openai, keys: [x]}\n",
       {"f.yaml:5: providers[1].name: is the same as providers[0].name"}},
      {"providers:\n- name: a\n  protocol: openai\n  keys:\n  - x\n  - y\n  - "
       "x\n",
       {"f.yaml:7: providers[0].keys[2]: is the same as providers[0].keys[0]"}},
      {provider
           + "models:\n- &m {name: m, targets: [{provider: p, model: x}]}"
             "\n- *m\n",
       {"f.yaml:6: models[1].name: is the same as models[0].name"}},
      {"auth:\n  clients:\n  - {name: a, key_sha256: " + zeros
           + "}\n  - {name: a, key_sha256: " + zeros + "}\n",
       {"f.yaml:4: auth.clients[1].name: is the same as auth.clients[0].name",
        "f.yaml:4: auth.clients[1].key_sha256: is the same as "
        "auth.clients[0].key_sha256"}},
  });
}

TEST(load_faults, name_targets_of_providers_that_do_not_exist) {
  expect_all({
      {provider + "models: [{name: m, targets: [{provider: q, model: x}]}]\n",
       {"f.yaml:5: models[0].targets[0].provider: no provider has the name "
        "`q`"}},
      // Only what is wrong itself is reported, not what follows from it.
      {"providers: [{name: \"!\", protocol: openai, keys: [k]}]\n"
       "models: [{name: m, targets: [{provider: q, model: x}]}]\n",
       {"f.yaml:1: providers[0].name: may only have letters, digits, '.', '_' "
        "and '-' (is !)"}},
  });
}

TEST(load_faults, name_pauses_and_alerts_in_the_wrong_order) {
  expect_all({
      {provider + "  breaker:\n    cooldown: 3m\n",
       {"f.yaml:6: providers[0].breaker.cooldown: must not be longer than "
        "cooldown_max (2m)"}},
      {provider + "  retry: {delay: 2s, delay_max: 1s}\n",
       {"f.yaml:5: providers[0].retry.delay: must not be longer than "
        "delay_max (1s)"}},
      {provider + "  alerts: [85%, 70%]\n",
       {"f.yaml:5: providers[0].alerts: must rise from one to the next"}},
      {provider + "  alerts: [70%, 70%]\n",
       {"f.yaml:5: providers[0].alerts: must rise from one to the next"}},
      {provider + "  alerts: [10%, 20%, 30%, 40%]\n",
       {"f.yaml:5: providers[0].alerts: may have at most 3 entries"}},
  });
}

TEST(load_faults, refuse_an_open_door_that_nobody_asked_for) {
  const std::string open_door =
      "http.listen: others can reach this address and no client has a key: add "
      "auth.clients, or set auth.mode: open";
  expect_all({
      {"http:\n  listen: 0.0.0.0:80\n", {"f.yaml:2: " + open_door}},
      {"auth:\n  mode: required\n",
       {"f.yaml:2: auth.mode: required, but nobody could enter: add "
        "auth.clients"}},
  });
  EXPECT_EQ(faults_of("", {{"TROUPE_HTTP_LISTEN", "[::]:80"}}),
            lines{"TROUPE_HTTP_LISTEN: " + open_door});
}

TEST(load_faults, carry_the_line_of_bad_yaml) {
  expect_all({
      {"node: {}\nhttp: [\n",
       {"f.yaml:2: cannot be read: end of sequence flow "
        "not found"}},
      {"node: {}\n---\nhttp: {}\n",
       {"f.yaml:2: cannot be read: only one document may be in the file"}},
  });
}

TEST(load_faults, end_after_two_hundred) {
  std::string yaml;
  for (int i = 0; i < 300; ++i)
    yaml += "key" + std::to_string(i) + ": 1\n";
  const auto all = faults_of(yaml);
  ASSERT_EQ(all.size(), fault_list::size_max + 1);
  EXPECT_EQ(all.back(), "f.yaml: 100 more faults");
}

}  // namespace
}  // namespace troupe::config
