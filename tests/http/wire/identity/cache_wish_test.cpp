// What clients say about the cache, word for word.

#include "http/wire/identity/cache_wish.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

using namespace std::chrono_literals;
using word = cache_wish::word;

cache_wish wish(header_list headers) {
  auto got = read_cache_wish(headers);
  if (auto* const fault = std::get_if<refusal>(&got)) {
    ADD_FAILURE() << fault->message;
    return {};
  }
  return std::get<cache_wish>(got);
}

TEST(cache_wish, leaves_it_to_the_policy_without_a_word) {
  const auto w = wish({{"host", "h"}, {"x-troupe-tenant", "t"}});
  EXPECT_EQ(w.use, word::none);
  EXPECT_FALSE(w.asked());
  EXPECT_TRUE(w.reads);
  EXPECT_TRUE(w.keeps);
  EXPECT_FALSE(w.semantic || w.tools || w.only_if_cached);
  EXPECT_FALSE(w.max_age || w.ttl);
  EXPECT_TRUE(w.tags.empty());
}

struct said {
  header_list headers;
  word use;
  bool reads;
  bool keeps;
};

void check(std::initializer_list<said> all) {
  for (const auto& one : all) {
    const auto w = wish(one.headers);
    const std::string first{one.headers[0].value};
    EXPECT_EQ(w.use, one.use) << first;
    EXPECT_EQ(w.reads, one.reads) << first;
    EXPECT_EQ(w.keeps, one.keeps) << first;
  }
}

TEST(cache_wish, reads_every_word) {
  check({
      {{{"x-troupe-cache", "on"}}, word::on, true, true},
      {{{"X-Troupe-Cache", " ON "}}, word::on, true, true},
      {{{"x-troupe-cache", "off"}}, word::off, false, false},
      {{{"x-troupe-cache", "refresh"}}, word::refresh, false, true},
      {{{"x-troupe-cache", "on, refresh"}}, word::refresh, false, true},
      {{{"x-troupe-cache", "refresh,on"}}, word::refresh, false, true},
      {{{"x-troupe-cache", "semantic"}}, word::on, true, true},
      {{{"x-troupe-cache", "tools"}}, word::on, true, true},
  });
  const auto both = wish({{"x-troupe-cache", "on,semantic,tools"}});
  EXPECT_TRUE(both.semantic && both.tools && both.asked());
  const auto two =
      wish({{"x-troupe-cache", "on"}, {"x-troupe-cache", "tools"}});
  EXPECT_TRUE(!two.semantic && two.tools && two.asked());
}

TEST(cache_wish, reads_every_directive) {
  check({
      {{{"cache-control", "no-store"}}, word::none, false, false},
      {{{"cache-control", "no-cache"}}, word::none, false, true},
      {{{"cache-control", "No-Cache, max-stale=5, private, x=\"y\""}},
       word::none,
       false,
       true},
      {{{"cache-control", "max-age=0"}}, word::none, false, true},
      {{{"cache-control", "max-age=1"}}, word::none, true, true},
      {{{"cache-control", "no-transform, min-fresh=x"}},
       word::none,
       true,
       true},
  });
}

TEST(cache_wish, follows_the_stricter_header) {
  check({
      {{{"x-troupe-cache", "on"}, {"cache-control", "no-store"}},
       word::on,
       false,
       false},
      {{{"x-troupe-cache", "on"}, {"cache-control", "no-cache"}},
       word::on,
       false,
       true},
      {{{"x-troupe-cache", "refresh"}, {"cache-control", "max-age=5"}},
       word::refresh,
       false,
       true},
  });
}

TEST(cache_wish, reads_ages_and_takes_the_youngest) {
  EXPECT_EQ(wish({{"cache-control", "max-age=60"}}).max_age, 60s);
  EXPECT_EQ(wish({{"cache-control", "max-age=\"60\""}}).max_age, 60s);
  EXPECT_EQ(wish({{"cache-control", "max-age = 60, max-age=9"}}).max_age, 9s);
  EXPECT_EQ(wish({{"cache-control", "max-age=9"},
                  {"Cache-Control", "max-age=60,only-if-cached"}})
                .max_age,
            9s);
  EXPECT_EQ(wish({{"cache-control", "max-age=99999999999999999999"}}).max_age,
            4294967295s);
  EXPECT_TRUE(wish({{"cache-control", "only-if-cached"}}).only_if_cached);
}

TEST(cache_wish, reads_times_to_live_and_tags) {
  EXPECT_EQ(wish({{"x-troupe-cache-ttl", "90"}}).ttl, 90s);
  EXPECT_EQ(wish({{"x-troupe-cache-ttl", " very-long "}}).ttl, 24h);
  EXPECT_EQ(wish({{"x-troupe-cache-tags", "b, a ,b,,c:1"}}).tags,
            (std::vector<std::string>{"b", "a", "c:1"}));
  EXPECT_EQ(
      wish({{"x-troupe-cache-tags", "a"}, {"x-troupe-cache-tags", "b"}}).tags,
      (std::vector<std::string>{"a", "b"}));
}

TEST(cache_wish, names_the_header_at_fault) {
  std::string many;
  for (std::size_t i = 0; i <= tags_max; ++i)
    many += std::to_string(i) + ',';
  const std::string longest(tag_size_max, 'x');
  const std::pair<std::string, std::string> cases[]{
      {"x-troupe-cache", ""},
      {"x-troupe-cache", " , "},
      {"x-troupe-cache", "yes"},
      {"x-troupe-cache", "on, maybe"},
      {"x-troupe-cache", "on off"},
      {"x-troupe-cache", "off, on"},
      {"x-troupe-cache", "off, semantic"},
      {"x-troupe-cache-ttl", ""},
      {"x-troupe-cache-ttl", "0"},
      {"x-troupe-cache-ttl", "-1"},
      {"x-troupe-cache-ttl", "1.5"},
      {"x-troupe-cache-ttl", "5m"},
      {"x-troupe-cache-ttl", "Long"},
      {"x-troupe-cache-ttl", "2592001"},
      {"x-troupe-cache-ttl", "99999999999999999999"},
      {"x-troupe-cache-tags", many},
      {"x-troupe-cache-tags", longest + "x"},
      {"x-troupe-cache-tags", "a b"},
      {"x-troupe-cache-tags", "\xc3\xa9"},
      {"cache-control", "max-age"},
      {"cache-control", "max-age="},
      {"cache-control", "max-age=-1"},
      {"cache-control", "max-age=1s"},
      {"cache-control", "max-age=\""},
  };
  for (const auto& [name, value] : cases) {
    const auto got = read_cache_wish({{name, value}});
    const auto* const fault = std::get_if<refusal>(&got);
    ASSERT_TRUE(fault) << name << ": " << value;
    EXPECT_EQ(fault->param, name) << value;
    EXPECT_NE(fault->message.find(name), std::string::npos) << fault->message;
  }
  EXPECT_EQ(wish({{"x-troupe-cache-tags", longest}}).tags.front(), longest);
}

TEST(cache_wish, does_not_take_two_times_to_live) {
  const auto got = read_cache_wish(
      {{"x-troupe-cache-ttl", "5"}, {"x-troupe-cache-ttl", "6"}});
  EXPECT_TRUE(std::holds_alternative<refusal>(got));
}

}  // namespace

}  // namespace troupe::http::wire
