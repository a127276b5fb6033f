// Who may use the operators' endpoints.

#include "http/routes/operators.hpp"

#include <gtest/gtest.h>

namespace troupe::http {
namespace {

request from(const std::string& peer, header_list headers = {}) {
  request r;
  r.peer = peer;
  r.headers = std::move(headers);
  return r;
}

unsigned status(const request& r, const config::settings& s) {
  const auto why = refuse_operator(r, s);
  return why ? why->status : 200;
}

TEST(operators, with_a_token_whoever_shows_it) {
  config::settings s;
  s.auth.admin_token = "correct-horse";
  const auto bearer = [](const std::string& token) {
    return from("203.0.113.9", {{"Authorization", "Bearer " + token}});
  };
  EXPECT_EQ(status(bearer("correct-horse"), s), 200U);
  EXPECT_EQ(status(bearer("correct-horsf"), s), 403U);
  EXPECT_EQ(status(bearer("correct-hors"), s), 403U);
  EXPECT_EQ(status(bearer("correct-horse1"), s), 403U);
  EXPECT_EQ(status(from("203.0.113.9"), s), 401U);
  EXPECT_EQ(status(from("127.0.0.1"), s), 401U) << "a token is a token";
}

TEST(operators, without_a_token_whoever_sits_at_an_open_machine) {
  const config::settings open;
  for (const auto& [peer, expected] : {
           std::pair{"127.0.0.1", 200U},
           std::pair{"127.8.9.1", 200U},
           std::pair{"::1", 200U},
           std::pair{"::ffff:127.0.0.1", 200U},
           std::pair{"::ffff:203.0.113.9", 403U},
           std::pair{"203.0.113.9", 403U},
           std::pair{"", 403U},
       })
    EXPECT_EQ(status(from(peer), open), expected) << peer;
}

TEST(operators, behind_a_proxy_nobody_is_local) {
  const config::settings open;
  for (const auto* field : {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"})
    EXPECT_EQ(status(from("127.0.0.1", {{field, "203.0.113.9"}}), open), 403U)
        << field;
}

TEST(operators, where_clients_are_asked_operators_are_too) {
  config::settings asked;
  asked.auth.mode = config::auth_mode::required;
  EXPECT_EQ(status(from("127.0.0.1"), asked), 403U);
  config::settings clients;
  clients.auth.clients.push_back({"web", std::string(64, 'a'), "acme"});
  EXPECT_EQ(status(from("127.0.0.1"), clients), 403U);
  config::settings outside;
  outside.http.listen.host = "0.0.0.0";
  EXPECT_EQ(status(from("127.0.0.1"), outside), 403U);
  outside.auth.mode = config::auth_mode::open;
  EXPECT_EQ(status(from("127.0.0.1"), outside), 200U);
}

}  // namespace
}  // namespace troupe::http
