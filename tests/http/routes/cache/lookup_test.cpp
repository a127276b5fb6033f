// GET /api/cache/{key}: what is asked of the cache, and what its findings are
// to an HTTP client.

#include "http/routes/cache/lookup.hpp"
#include "http/routes/cache/tokens.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http::app_cache {
namespace {

using nlohmann::json;

request asking(std::string_view query) {
  request req;
  req.method = "GET";
  req.target = "/api/cache/k?" + std::string{query};
  return req;
}

std::variant<cache_question, wire::door_error> read(std::string_view query) {
  return read_lookup(asking(query), {cache_space::application, "t", "k"});
}

cache_finding found(cache_state s) {
  cache_finding f;
  f.state = s;
  f.entry.value = shared_bytes{"value"};
  f.entry.type = "text/plain";
  f.etag = 0xab;
  f.age_ms = 2'999;
  f.ttl_ms = 57'001;
  f.token = 0xcd;
  return f;
}

TEST(cache_lookup, asks_plainly_unless_told_otherwise) {
  const auto got = read("");
  const auto& asked = std::get<cache_question>(got);
  EXPECT_EQ(asked.key, (cache_key{cache_space::application, "t", "k"}));
  EXPECT_EQ(asked.lead_ms, 0u);
  EXPECT_EQ(asked.wait_ms, 0u);
  EXPECT_FALSE(asked.stale_is_good);
  EXPECT_FALSE(asked.refresh);
}

TEST(cache_lookup, reads_lease_wait_and_stale) {
  const auto got = read("lease=10s&wait=5&stale=true&");
  const auto& asked = std::get<cache_question>(got);
  EXPECT_EQ(asked.lead_ms, 10'000u);
  EXPECT_EQ(asked.wait_ms, 5'000u);
  EXPECT_TRUE(asked.stale_is_good);
}

TEST(cache_lookup, refuses_what_it_does_not_know_by_name) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"lease=0", "lease"},      {"lease=", "lease"},
      {"lease", "lease"},        {"lease=11m", "lease"},
      {"lease=-1", "lease"},     {"wait=soon", "wait"},
      {"wait=601", "wait"},      {"stale=yes", "stale"},
      {"stale=", "stale"},       {"leese=10s", "leese"},
      {"lease=1s&ttl=5", "ttl"}, {"=5", ""},
      {"wait=%", "wait"},        {"wait=%zz&lease=1s", "wait"},
  };
  for (const auto& [query, param] : rows) {
    const auto got = read(query);
    const auto* why = std::get_if<wire::door_error>(&got);
    ASSERT_NE(why, nullptr) << query;
    EXPECT_EQ(why->status, 400u) << query;
    EXPECT_EQ(why->param, param) << query;
    EXPECT_FALSE(why->message.empty()) << query;
  }
}

TEST(cache_lookup, a_hit_tells_its_age_and_the_time_it_has_left) {
  const auto head = head_of(found(cache_state::fresh), 200);
  EXPECT_EQ(head.find("content-type"), "text/plain");
  EXPECT_EQ(head.find("etag"), "\"00000000000000ab\"");
  EXPECT_EQ(head.find("age"), "2");
  EXPECT_EQ(head.find("cache-control"), "max-age=57");
  EXPECT_EQ(head.find("x-troupe-cache"), "hit");
  EXPECT_EQ(head_of(found(cache_state::stale), 200).find("x-troupe-cache"),
            "stale");
}

TEST(cache_lookup, who_has_it_already_gets_a_304_without_a_type) {
  auto req = asking("");
  EXPECT_EQ(status_of(req, found(cache_state::fresh)), 200u);
  req.headers.add("If-None-Match", print_etag(0xab));
  EXPECT_EQ(status_of(req, found(cache_state::fresh)), 304u);
  EXPECT_FALSE(head_of(found(cache_state::fresh), 304).find("content-type"));
  EXPECT_TRUE(head_of(found(cache_state::fresh), 304).find("etag"));
}

TEST(cache_lookup, every_absence_has_its_own_words) {
  struct row {
    cache_state state;
    unsigned status;
    std::string_view code;
    std::string_view cache;
  };
  const row rows[] = {
      {cache_state::absent, 404, "not_found", "miss"},
      {cache_state::lead, 404, "not_found", "miss"},
      {cache_state::negative, 404, "known_absent", "negative"},
      {cache_state::busy, 409, "being_computed", "busy"},
  };
  for (const auto& r : rows) {
    const auto why = absence_of(found(r.state));
    const auto head = absence_head_of(found(r.state));
    EXPECT_EQ(why.status, r.status);
    EXPECT_EQ(why.code, r.code);
    EXPECT_EQ(head.find("x-troupe-cache"), r.cache);
    EXPECT_EQ(why.retry_after.has_value(), r.state == cache_state::busy);
    EXPECT_EQ(head.find(lease_field).has_value(), r.state == cache_state::lead);
  }
}

TEST(cache_lookup, a_lease_is_told_in_head_and_body) {
  const auto mine = found(cache_state::lead);
  EXPECT_EQ(absence_head_of(mine).find(lease_field), "00000000000000cd");
  const auto body = json::parse(lease_body(absence_of(mine), mine.token, 9));
  EXPECT_EQ(body["error"]["code"], "not_found");
  EXPECT_EQ(body["lease"]["token"], "00000000000000cd");
  EXPECT_EQ(body["lease"]["expires_in_ms"], 9);
}

}  // namespace
}  // namespace troupe::http::app_cache
