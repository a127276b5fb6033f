// What a configuration without faults becomes. Faults: load_faults_test.cpp.

#include "config/base_url.hpp"
#include "tests/config/loading.hpp"

namespace troupe::config {
namespace {

using namespace std::chrono_literals;

// Every part of the contract that this version knows, none at its default.
constexpr std::string_view everything = R"(
node: {name: n7, data_dir: /var/lib/troupe, threads: 3}
http:
  listen: "[::1]:9000"
  max_body: 1MiB
  max_connections: 7
  header_timeout: 250ms
  idle_timeout: 2m
  shutdown_grace: 0s
  tls: {certificate: server.pem, key: server.key}
auth:
  mode: required
  admin_token: ${TOKEN}
  clients:
    - name: web
      key_sha256: "000000000000000000000000000000000000000000000000000000000000000A"
      tenant: acme
providers:
  - name: local
    protocol: openai
    base_url: http://127.0.0.1:9100/v1/
    keys: [one, "${MORE}", "k-${TOKEN}"]
    limits: {rpm: 50, rph: 1000, rpd: 10000, tpm: 7, concurrent: 9}
    alerts: [10%, 20%]
    breaker: {open_after: 2, cooldown: 1s, cooldown_max: 3s}
    retry: {attempts: 2, delay: 10ms, factor: 1.5, jitter: 5%, delay_max: 1m}
    timeouts: {connect: 1s, first_byte: 2s, stall: 3s, total: 4s}
models:
  - name: fast
    strategy: weighted
    targets:
      - {provider: local, model: org/m:1, weight: 3, priority: 2}
      - {provider: local, model: m2}
    price: {input: 1.00, cache_read: 0.10, cache_write: 1.25, output: 5.00}
monitoring: {health_interval: 1s}
log: {level: debug, format: text}
)";

const variables some{{"TOKEN", "t0k"}, {"MORE", " two , three,"}};

TEST(load, gives_the_defaults_for_an_empty_text) {
  for (const auto* text : {"", "# nothing\n", "{}", "node:\nhttp:\n",
                           "providers:\nmodels: []\n"}) {
    const auto s = settings_of(text);
    EXPECT_EQ(s.node.name, "node-1") << text;
    EXPECT_EQ(s.http.listen, (endpoint{"127.0.0.1", 8080})) << text;
    EXPECT_FALSE(s.http.tls) << text;
    EXPECT_TRUE(s.providers.empty()) << text;
  }
}

TEST(load, fills_the_sections_outside_lists) {
  const auto s = settings_of(everything, some);
  EXPECT_EQ(s.node.name, "n7");
  EXPECT_EQ(s.node.data_dir, "/var/lib/troupe");
  EXPECT_EQ(s.node.threads, 3u);
  EXPECT_EQ(s.http.listen, (endpoint{"::1", 9000}));
  EXPECT_EQ(s.http.max_body, 1u << 20);
  EXPECT_EQ(s.http.max_connections, 7u);
  EXPECT_EQ(s.http.header_timeout, 250ms);
  EXPECT_EQ(s.http.idle_timeout, 2min);
  EXPECT_EQ(s.http.shutdown_grace, 0s);
  ASSERT_TRUE(s.http.tls);
  EXPECT_EQ(s.http.tls->certificate, "server.pem");
  EXPECT_EQ(s.http.tls->key, "server.key");
  EXPECT_EQ(s.monitoring.health_interval, 1s);
  EXPECT_EQ(s.log.level, "debug");
  EXPECT_EQ(s.log.format, log_format::text);
}

TEST(load, fills_auth_and_its_clients) {
  const auto s = settings_of(everything, some);
  EXPECT_EQ(s.auth.mode, auth_mode::required);
  EXPECT_EQ(s.auth.admin_token, "t0k");
  ASSERT_EQ(s.auth.clients.size(), 1u);
  EXPECT_EQ(s.auth.clients[0].name, "web");
  EXPECT_EQ(s.auth.clients[0].key_sha256, std::string(63, '0') + "a");
  EXPECT_EQ(s.auth.clients[0].tenant, "acme");
}

TEST(load, fills_a_provider) {
  const auto s = settings_of(everything, some);
  ASSERT_EQ(s.providers.size(), 1u);
  const auto& p = *s.providers[0];
  EXPECT_EQ(p.name, "local");
  EXPECT_EQ(p.protocol, protocol::openai);
  EXPECT_EQ(print(p.base_url), "http://127.0.0.1:9100/v1");
  EXPECT_EQ(p.limits.rpm, 50u);
  EXPECT_EQ(p.limits.rph, 1000u);
  EXPECT_EQ(p.limits.rpd, 10'000u);
  EXPECT_EQ(p.limits.tpm, 7u);
  EXPECT_EQ(p.limits.concurrent, 9u);
  EXPECT_EQ(p.alerts, (std::vector{0.10, 0.20}));
  EXPECT_EQ(p.breaker.open_after, 2u);
  EXPECT_EQ(p.breaker.cooldown, 1s);
  EXPECT_EQ(p.breaker.cooldown_max, 3s);
  EXPECT_EQ(p.retry.attempts, 2u);
  EXPECT_EQ(p.retry.delay, 10ms);
  EXPECT_EQ(p.retry.factor, 1.5);
  EXPECT_EQ(p.retry.jitter, 0.05);
  EXPECT_EQ(p.retry.delay_max, 1min);
  EXPECT_EQ(p.timeouts.connect, 1s);
  EXPECT_EQ(p.timeouts.first_byte, 2s);
  EXPECT_EQ(p.timeouts.stall, 3s);
  EXPECT_EQ(p.timeouts.total, 4s);
}

TEST(load, fills_a_model) {
  const auto s = settings_of(everything, some);
  ASSERT_EQ(s.models.size(), 1u);
  const auto& m = s.models[0];
  EXPECT_EQ(m.name, "fast");
  EXPECT_EQ(m.strategy, strategy::weighted);
  ASSERT_EQ(m.targets.size(), 2u);
  EXPECT_EQ(m.targets[0].provider, "local");
  EXPECT_EQ(m.targets[0].model, "org/m:1");
  EXPECT_EQ(m.targets[0].weight, 3u);
  EXPECT_EQ(m.targets[0].priority, 2u);
  EXPECT_EQ(m.targets[1].weight, 1u);
  ASSERT_TRUE(m.price);
  EXPECT_EQ(m.price->input, 1.0);
  EXPECT_EQ(m.price->cache_read, 0.1);
  EXPECT_EQ(m.price->cache_write, 1.25);
  EXPECT_EQ(m.price->output, 5.0);
}

TEST(load, obeys_anchors_and_aliases) {
  const auto s = settings_of("providers:\n"
                             "  - {name: a, protocol: openai, keys: [x], "
                             "limits: &l {rpm: 5}}\n"
                             "  - {name: b, protocol: gemini, keys: [x], "
                             "limits: *l}\n");
  ASSERT_EQ(s.providers.size(), 2u);
  EXPECT_EQ(s.providers[1]->limits.rpm, 5u);
}

TEST(load, lets_a_variable_override_the_file) {
  const auto s =
      settings_of("http: {listen: 127.0.0.1:1}\nlog: {level: error}\n",
                  {{"TROUPE_HTTP_LISTEN", "127.0.0.1:2"},
                   {"TROUPE_LOG_LEVEL", ""},
                   {"TROUPE_NODE_DATA_DIR", "/d"}});
  EXPECT_EQ(s.http.listen.port, 2);
  EXPECT_EQ(s.log.level, "error");
  EXPECT_EQ(s.node.data_dir, "/d");
}

TEST(load, makes_tls_from_variables_alone) {
  const auto s = settings_of("", {{"TROUPE_HTTP_TLS_CERTIFICATE", "c.pem"},
                                  {"TROUPE_HTTP_TLS_KEY", "k.pem"}});
  ASSERT_TRUE(s.http.tls);
  EXPECT_EQ(s.http.tls->certificate, "c.pem");
}

TEST(load, lets_an_open_gateway_stand_where_its_operator_says_so) {
  for (const auto* text :
       {"http: {listen: 0.0.0.0:80}\nauth: {mode: open}\n",
        "http: {listen: 0.0.0.0:80}\nauth: {clients: [{name: a, key_sha256: "
        "0000000000000000000000000000000000000000000000000000000000000000}]}\n",
        "auth: {mode: auto}\n"})
    EXPECT_EQ(faults_of(text), std::vector<std::string>{}) << text;
}

TEST(load_file, reads_a_file_and_says_what_is_wrong_with_its_path) {
  const auto env = fixed_environment({});
  const auto good =
      load_file(TROUPE_SOURCE_DIR "/config/troupe.example.yaml", env);
  EXPECT_EQ(faults_of(good), std::vector<std::string>{});
  EXPECT_EQ(faults_of(load_file("/nowhere/f.yaml", env)),
            std::vector<std::string>{"/nowhere/f.yaml: cannot be read: No such "
                                     "file or directory"});
  EXPECT_EQ(faults_of(load_file("/", env)),
            std::vector<std::string>{"/: cannot be read: Is a directory"});
  EXPECT_EQ(
      faults_of(load_file("/dev/zero", env)),
      std::vector<std::string>{"/dev/zero: cannot be read: larger than 1 MiB"});
}

}  // namespace
}  // namespace troupe::config
