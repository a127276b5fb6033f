// What may be a key, a length of time, an ETag or a lease, and which path means
// what: the small readers of /api/cache, at their edges.

#include "http/routes/cache/length.hpp"
#include "http/routes/cache/lookup.hpp"
#include "http/routes/cache/routes.hpp"
#include "http/routes/cache/text.hpp"
#include "http/routes/cache/tokens.hpp"

#include <gtest/gtest.h>

namespace troupe::http::app_cache {
namespace {

using namespace std::chrono_literals;

std::string key_of(std::string_view encoded) {
  const auto read = read_key(encoded);
  const auto* key = std::get_if<std::string>(&read);
  return key != nullptr ? *key : "refused";
}

TEST(cache_names, keys_are_decoded) {
  EXPECT_EQ(key_of("a"), "a");
  EXPECT_EQ(key_of("persona%3A1"), "persona:1");
  EXPECT_EQ(key_of("a/b%2Fc"), "a/b/c");
  EXPECT_EQ(key_of("1+1"), "1+1");
  EXPECT_EQ(key_of("%E2%82%AC"), "\u20ac");
  EXPECT_EQ(key_of(std::string(key_size_max, 'k')),
            std::string(key_size_max, 'k'));
}

TEST(cache_names, keys_that_are_no_printable_text_are_refused) {
  const std::string bad[] = {
      "",
      "%",
      "%4",
      "%zz",
      "a%00b",
      "%0a",
      "%7F",
      "%ff",
      "%C2%85",
      "%ED%A0%80",
      "%4g",
      "%G4",
      std::string(key_size_max + 1, 'k'),
  };
  for (const auto& each : bad) {
    const auto read = read_key(each);
    const auto* why = std::get_if<wire::door_error>(&read);
    ASSERT_NE(why, nullptr) << each;
    EXPECT_EQ(why->status, 400u);
    EXPECT_EQ(why->param, "key");
  }
}

TEST(cache_names, a_plus_is_a_space_in_queries_only) {
  EXPECT_EQ(decoded("a+b%2B", plus::space), "a b+");
  EXPECT_EQ(decoded("a+b%2B", plus::itself), "a+b+");
}

TEST(cache_names, lengths_are_seconds_or_durations) {
  EXPECT_EQ(read_length("0"), 0ms);
  EXPECT_EQ(read_length("90"), 90s);
  EXPECT_EQ(read_length("250ms"), 250ms);
  EXPECT_EQ(read_length("5m"), 5min);
  for (const auto bad : {"", "-1", "1.5", "x", "5 m", "short", " 1"})
    EXPECT_EQ(read_length(bad), std::nullopt) << bad;
}

TEST(cache_names, times_to_live_have_classes_and_bounds) {
  EXPECT_EQ(read_lifetime("very-short"), 30s);
  EXPECT_EQ(read_lifetime("short"), 60s);
  EXPECT_EQ(read_lifetime("medium"), 5min);
  EXPECT_EQ(read_lifetime("long"), 1h);
  EXPECT_EQ(read_lifetime("very-long"), 24h);
  EXPECT_EQ(read_lifetime("1ms"), 1ms);
  EXPECT_EQ(read_lifetime("30d"), ttl_max);
  for (const auto bad : {"", "0", "0ms", "2592001", "31d", "forever",
                         "99999999999999999999", "18446744073709551615"})
    EXPECT_EQ(read_lifetime(bad), std::nullopt) << bad;
}

TEST(cache_names, etags_are_read_as_they_were_printed) {
  for (const std::uint64_t number : {1ull, 0xabcull, ~0ull}) {
    EXPECT_EQ(read_etag(print_etag(number)), number);
    EXPECT_EQ(read_token(print_token(number)), number);
    EXPECT_EQ(print_etag(number).size(), 18u);
  }
  for (const auto bad :
       {"", "\"\"", "0000000000000001", "W/\"0000000000000001\"", "\"1\"",
        "\"0000000000000000\"", "\"000000000000000g\"", "*",
        "\"0000000000000001\", \"0000000000000002\""})
    EXPECT_EQ(read_etag(bad), std::nullopt) << bad;
}

TEST(cache_names, if_none_match_is_a_list_compared_weakly) {
  const auto mine = print_etag(7);
  EXPECT_TRUE(lists_etag(mine, 7));
  EXPECT_TRUE(lists_etag("W/" + mine, 7));
  EXPECT_TRUE(lists_etag("\"x\" , " + mine, 7));
  EXPECT_TRUE(lists_etag(" * ", 7));
  EXPECT_FALSE(lists_etag("", 7));
  EXPECT_FALSE(lists_etag(print_etag(8), 7));
}

TEST(cache_names, paths_and_methods_mean_endpoints) {
  struct row {
    std::string_view method;
    std::string_view path;
    std::string_view name;
    std::string_view key;
  };
  const row rows[] = {
      {"GET", "/api/cache/a", "cache_get", "a"},
      {"HEAD", "/api/cache/a/b", "cache_get", "a/b"},
      {"PUT", "/api/cache/a", "cache_put", "a"},
      {"DELETE", "/api/cache/a", "cache_delete", "a"},
      {"GET", "/api/cache/get", "cache_get", "get"},
      {"PUT", "/api/cache/warm", "cache_put", "warm"},
      {"POST", "/api/cache/get", "cache_get_many", ""},
      {"POST", "/api/cache/warm", "cache_warm", ""},
      {"GET", "/api/cache", "cache_status", ""},
      {"DELETE", "/api/cache", "cache_purge", ""},
      {"DELETE", "/api/cache/", "cache_purge", ""},
  };
  for (const auto& r : rows) {
    const auto found = find_route(r.method, r.path);
    ASSERT_TRUE(found) << r.method << r.path;
    EXPECT_EQ(found->name, r.name);
    EXPECT_EQ(found->key, r.key);
  }
}

TEST(cache_names, what_a_path_does_not_take_is_told_by_allow) {
  for (const auto path : {"/api/cached", "/api", "/api/cachet/a"}) {
    EXPECT_FALSE(find_route("GET", path)) << path;
    EXPECT_EQ(methods_of(path), "") << path;
  }
  EXPECT_FALSE(find_route("POST", "/api/cache/a"));
  EXPECT_EQ(methods_of("/api/cache/a"), "GET, HEAD, PUT, DELETE");
  EXPECT_FALSE(find_route("PUT", "/api/cache"));
  EXPECT_EQ(methods_of("/api/cache"), "GET, HEAD, DELETE");
  EXPECT_FALSE(find_route("PATCH", "/api/cache/warm"));
  EXPECT_EQ(methods_of("/api/cache/warm"), "GET, HEAD, PUT, DELETE, POST");
}

}  // namespace
}  // namespace troupe::http::app_cache
