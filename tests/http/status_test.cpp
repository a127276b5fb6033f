// Each of our errors, as an HTTP client meets it.

#include "http/status.hpp"

#include <gtest/gtest.h>

namespace troupe::http {

namespace {

TEST(status, tells_each_error_apart) {
  struct {
    errc code;
    unsigned status;
    bool forbid_retry;
  } const cases[]{
      {errc::unauthorized, 401, false},
      {errc::unknown_model, 404, false},
      {errc::no_provider, 404, false},
      {errc::keys_cooling, 429, false},
      {errc::keys_dead, 503, true},
      {errc::deadline_exceeded, 504, true},
      {errc::overloaded, 503, false},
      {errc::shutting_down, 503, false},
      {errc::actor_lost, 503, false},
      {errc::retries_spent, 502, true},
      {errc::invalid_setting, 500, true},
      {errc::none, 500, false},
      {static_cast<errc>(200), 500, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(verdict_of(c.code).status, c.status) << c.code;
    EXPECT_EQ(verdict_of(c.code).forbid_retry, c.forbid_retry) << c.code;
    EXPECT_FALSE(verdict_of(c.code).message.empty());
  }
}

TEST(status, calls_overload_as_anthropic_does) {
  EXPECT_EQ(
      verdict_of(errc::overloaded, {config::protocol::anthropic, false}).status,
      529u);
}

TEST(status, does_not_blame_the_client_for_the_providers_failures) {
  EXPECT_EQ(verdict_of(errc::keys_cooling, {{}, true}).status, 503u);
}

TEST(status, fills_in_a_doors_error) {
  const auto err = door_error_of(errc::unknown_model);
  EXPECT_EQ(err.status, 404u);
  EXPECT_EQ(err.code, "unknown_model");
  EXPECT_EQ(err.param, "model");
}

}  // namespace

}  // namespace troupe::http
