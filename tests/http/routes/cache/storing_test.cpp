// PUT and DELETE at /api/cache: what is changed, under which conditions, and
// what is refused before the cache is asked.

#include "http/routes/cache/length.hpp"
#include "http/routes/cache/storing.hpp"
#include "http/routes/cache/tokens.hpp"

#include <gtest/gtest.h>

namespace troupe::http::app_cache {
namespace {

using namespace std::chrono_literals;
using fields = std::initializer_list<header_list::field>;

const cache_key key{cache_space::application, "t", "k"};

request sending(std::string_view query, fields head, std::string body = {}) {
  request req;
  req.target = "/api/cache/k?" + std::string{query};
  req.headers = head;
  req.body = std::move(body);
  return req;
}

std::variant<cache_change, wire::door_error>
put(std::string_view query, fields head = {}, std::string body = {}) {
  return read_put(sending(query, head, std::move(body)), key, 1h);
}

cache_change kept(std::string_view query, fields head = {},
                  std::string body = {}) {
  return std::get<cache_change>(put(query, head, std::move(body)));
}

TEST(cache_storing, keeps_the_bytes_and_their_type) {
  const auto change = kept("", {{"content-type", "image/png"}}, "\xff\n");
  EXPECT_EQ(change.verb, cache_verb::keep);
  EXPECT_EQ(change.key, key);
  EXPECT_EQ(change.entry.value.view(), "\xff\n");
  EXPECT_EQ(change.entry.size, 2u);
  EXPECT_EQ(change.entry.type, "image/png");
  EXPECT_EQ(change.ttl_ms, 3'600'000u);
  EXPECT_EQ(change.stale_ms, 0u);
  EXPECT_EQ(change.token, 0u);
  EXPECT_EQ(change.if_match, 0u);
  EXPECT_FALSE(change.if_absent);
  EXPECT_FALSE(change.entry.negative);
}

TEST(cache_storing,
     the_query_comes_before_fields_and_they_before_cache_control) {
  const header_list::field cc{"cache-control", "no-cache, MAX-AGE=10, "
                                               "stale-while-revalidate=7"};
  const header_list::field own{"x-troupe-cache-ttl", "short"};
  EXPECT_EQ(kept("", {cc}).ttl_ms, 10'000u);
  EXPECT_EQ(kept("", {cc}).stale_ms, 7'000u);
  EXPECT_EQ(kept("", {cc, own}).ttl_ms, 60'000u);
  EXPECT_EQ(kept("", {own, cc}).ttl_ms, 60'000u);
  EXPECT_EQ(kept("ttl=5m&stale=0", {own, cc}).ttl_ms, 300'000u);
  EXPECT_EQ(kept("ttl=5m&stale=0", {own, cc}).stale_ms, 0u);
}

TEST(cache_storing, what_fetch_adds_unasked_changes_nothing) {
  EXPECT_EQ(kept("", {{"cache-control", "max-age=0"}}).ttl_ms, 3'600'000u);
  EXPECT_EQ(kept("", {{"cache-control", "no-store, max-age=x"}}).ttl_ms,
            3'600'000u);
  EXPECT_EQ(kept("", {{"cache-control", "max-age=99999999999"}}).ttl_ms,
            static_cast<std::uint64_t>(ttl_max.count()) * 1000);
}

TEST(cache_storing, tags_come_from_both_places) {
  const auto change = kept("tags=a,b%20c", {{"x-troupe-cache-tags", " d , e"}});
  EXPECT_EQ(change.entry.tags,
            (std::vector<std::string>{"d", "e", "a", "b c"}));
}

TEST(cache_storing, conditions_and_leases_are_read) {
  EXPECT_EQ(kept("", {{"If-Match", print_etag(7)}}).if_match, 7u);
  EXPECT_TRUE(kept("", {{"If-None-Match", "*"}}).if_absent);
  EXPECT_EQ(kept("", {{"x-troupe-cache-lease", print_token(9)}}).token, 9u);
  EXPECT_TRUE(kept("negative=true").entry.negative);
}

TEST(cache_storing, names_the_field_at_fault) {
  const std::string many_tags =
      "tags=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17";
  const std::string long_tag = "tags=" + std::string(tag_size_max + 1, 't');
  const std::pair<std::string_view, std::string_view> queries[] = {
      {"ttl=0", "ttl"},           {"ttl=long-ish", "ttl"},
      {"stale=x", "stale"},       {"stale=31d", "stale"},
      {"tags=a,,b", "tags"},      {"tags=%01", "tags"},
      {many_tags, "tags"},        {long_tag, "tags"},
      {"negative=1", "negative"}, {"tll=1", "tll"},
      {"wait=5s", "wait"},
  };
  for (const auto& [query, param] : queries) {
    const auto got = put(query);
    const auto* why = std::get_if<wire::door_error>(&got);
    ASSERT_NE(why, nullptr) << query;
    EXPECT_EQ(why->status, 400u) << query;
    EXPECT_EQ(why->param, param) << query;
  }
  const std::pair<header_list::field, std::string_view> heads[] = {
      {{"x-troupe-cache-ttl", "soon"}, "x-troupe-cache-ttl"},
      {{"x-troupe-cache-tags", ","}, "x-troupe-cache-tags"},
      {{"x-troupe-cache-lease", "1"}, "x-troupe-cache-lease"},
      {{"if-match", "*"}, "If-Match"},
      {{"if-match", "W/\"0000000000000001\""}, "If-Match"},
      {{"if-match", "0000000000000001"}, "If-Match"},
      {{"if-none-match", "\"0000000000000001\""}, "If-None-Match"},
      {{"content-type", ""}, "Content-Type"},
  };
  for (const auto& [field, param] : heads) {
    const auto got = put("", {field});
    const auto* why = std::get_if<wire::door_error>(&got);
    ASSERT_NE(why, nullptr) << field.name << field.value;
    EXPECT_EQ(why->status, 400u) << field.name;
    EXPECT_EQ(why->param, param) << field.name;
  }
}

TEST(cache_storing, the_bound_of_a_value_is_inclusive) {
  EXPECT_EQ(kept("", {}, std::string(value_size_max, 'v')).entry.size,
            value_size_max);
  const auto got = put("", {}, std::string(value_size_max + 1, 'v'));
  const auto& why = std::get<wire::door_error>(got);
  EXPECT_EQ(why.status, 413u);
  EXPECT_NE(why.message.find("1048576"), std::string::npos);
}

TEST(cache_storing, refuses_what_it_could_not_give_back) {
  const auto encoded = put("", {{"content-encoding", "gzip"}}, "x");
  EXPECT_EQ(std::get<wire::door_error>(encoded).status, 415u);
  EXPECT_EQ(kept("", {{"content-encoding", "identity"}}, "x").entry.size, 1u);
  const auto both = put("negative=true", {}, "x");
  EXPECT_EQ(std::get<wire::door_error>(both).param, "negative");
}

TEST(cache_storing, a_delete_removes_or_gives_a_lease_up) {
  const auto plain = read_drop(sending("", {}), key);
  EXPECT_EQ(std::get<cache_change>(plain).verb, cache_verb::remove);
  const auto matched =
      read_drop(sending("", {{"if-match", print_etag(3)}}), key);
  EXPECT_EQ(std::get<cache_change>(matched).if_match, 3u);
  const auto lease =
      read_drop(sending("", {{"x-troupe-cache-lease", print_token(9)}}), key);
  EXPECT_EQ(std::get<cache_change>(lease).verb, cache_verb::yield);
  EXPECT_EQ(std::get<cache_change>(lease).token, 9u);
  const auto unknown = read_drop(sending("ttl=5", {}), key);
  EXPECT_EQ(std::get<wire::door_error>(unknown).param, "ttl");
}

TEST(cache_storing, many_go_by_pattern_or_by_tag) {
  const auto pattern = read_purge(sending("pattern=persona:*", {}), "t");
  EXPECT_EQ(std::get<cache_purge>(pattern).pattern, "persona:*");
  EXPECT_EQ(std::get<cache_purge>(pattern).tenant, "t");
  EXPECT_EQ(std::get<cache_purge>(pattern).space, cache_space::application);
  EXPECT_FALSE(std::get<cache_purge>(pattern).every_tenant);
  const auto tag = read_purge(sending("tag=a%20b", {}), "t");
  EXPECT_EQ(std::get<cache_purge>(tag).tag, "a b");
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", "pattern"},     {"pattern=", "pattern"},
      {"tag=", "tag"},     {"tag=a&pattern=b", "pattern"},
      {"all=true", "all"},
  };
  for (const auto& [query, param] : rows) {
    const auto got = read_purge(sending(query, {}), "t");
    const auto* why = std::get_if<wire::door_error>(&got);
    ASSERT_NE(why, nullptr) << query;
    EXPECT_EQ(why->param, param) << query;
  }
}

TEST(cache_storing, every_outcome_is_a_status) {
  const std::pair<cache_outcome, unsigned> rows[] = {
      {cache_outcome::absent, 404},    {cache_outcome::changed, 412},
      {cache_outcome::lead_lost, 409}, {cache_outcome::too_large, 413},
      {cache_outcome::lost, 503},
  };
  for (const auto& [outcome, status] : rows) {
    cache_receipt receipt;
    receipt.outcome = outcome;
    ASSERT_TRUE(fault_of(receipt));
    EXPECT_EQ(fault_of(receipt)->status, status);
  }
  cache_receipt done;
  done.outcome = cache_outcome::done;
  EXPECT_FALSE(fault_of(done));
}

}  // namespace
}  // namespace troupe::http::app_cache
