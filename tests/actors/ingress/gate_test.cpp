// Who may enter, and under which name.

#include "actors/ingress/gate.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

config::auth_settings one_client() {
  config::auth_settings auth;
  auth.clients.push_back({"web", std::string(64, 'a'), "acme"});
  return auth;
}

TEST(gate, knows_clients_by_the_hash_of_their_key) {
  for (const auto mode : {gate_mode::open, gate_mode::by_key}) {
    call c;
    c.credential_sha256 = std::string(64, 'a');
    EXPECT_EQ((gate{one_client(), mode}.pass(c)), errc::none);
    EXPECT_EQ(c.client, "web");
    EXPECT_EQ(c.tenant, "acme");
  }
}

TEST(gate, strangers_pass_nameless_where_no_key_is_needed) {
  for (const auto& key : {std::string{}, std::string(64, 'b')}) {
    call c;
    c.credential_sha256 = key;
    EXPECT_EQ((gate{one_client(), gate_mode::open}.pass(c)), errc::none);
    EXPECT_EQ(c.client, "");
    EXPECT_EQ((gate{one_client(), gate_mode::by_key}.pass(c)),
              errc::unauthorized);
  }
}

TEST(gate, automatic_is_open_on_loopback_only) {
  struct row {
    config::auth_mode mode;
    const char* host;
    gate_mode expected;
  };
  using enum config::auth_mode;
  for (const auto& [mode, host, expected] : {
           row{automatic, "127.0.0.1", gate_mode::open},
           row{automatic, "127.0.0.2", gate_mode::open},
           row{automatic, "localhost", gate_mode::open},
           row{automatic, "::1", gate_mode::open},
           row{automatic, "0.0.0.0", gate_mode::by_key},
           row{automatic, "::", gate_mode::by_key},
           row{automatic, "127.example.org", gate_mode::by_key},
           row{automatic, "10.0.0.127", gate_mode::by_key},
           row{open, "0.0.0.0", gate_mode::open},
           row{required, "127.0.0.1", gate_mode::by_key},
       }) {
    config::auth_settings auth;
    auth.mode = mode;
    EXPECT_EQ(gate_mode_of(auth, {host, 8080}), expected) << host;
  }
}

}  // namespace
}  // namespace troupe
