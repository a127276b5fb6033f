// The operator's word, the client's, and what the request is: every mix.

#include "http/wire/identity/cache_policy.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

using config::cache_policy;
using config::semantic_policy;
using config::toggle;

request_identity cacheable(bool deterministic) {
  request_identity id;
  id.cacheable = true;
  id.deterministic = deterministic;
  id.topic = "t";
  return id;
}

cache_wish said(cache_wish::word use) {
  cache_wish wish;
  wish.use = use;
  wish.reads = use != cache_wish::word::off && use != cache_wish::word::refresh;
  wish.keeps = use != cache_wish::word::off;
  return wish;
}

TEST(cache_policy, follows_the_operator_then_the_client_then_the_request) {
  using enum cache_policy;
  using word = cache_wish::word;
  struct {
    cache_policy policy;
    word use;
    bool deterministic;
    bool reads;
    bool keeps;
  } const cases[]{
      {never, word::none, true, false, false},
      {never, word::on, true, false, false},
      {never, word::refresh, true, false, false},
      {deterministic, word::none, true, true, true},
      {deterministic, word::none, false, false, false},
      {deterministic, word::on, false, true, true},
      {deterministic, word::refresh, false, false, true},
      {deterministic, word::refresh, true, false, true},
      {deterministic, word::off, true, false, false},
      {always, word::none, false, true, true},
      {always, word::refresh, false, false, true},
      {always, word::off, false, false, false},
  };
  for (const auto& c : cases) {
    const auto wish = said(c.use);
    const auto id = cacheable(c.deterministic);
    const auto row = &c - cases;
    EXPECT_EQ(may_read(c.policy, wish, id), c.reads) << row;
    EXPECT_EQ(may_keep(c.policy, wish, id), c.keeps) << row;
    EXPECT_FALSE(may_read(c.policy, wish, {})) << row;
    EXPECT_FALSE(may_keep(c.policy, wish, {})) << row;
  }
}

TEST(cache_policy, keeps_tool_calls_only_if_asked_to) {
  const auto id = cacheable(true);
  cache_wish wish;
  const auto keeps = [&](answer_worth worth) {
    return may_keep(cache_policy::always, wish, id, worth);
  };
  EXPECT_TRUE(keeps({true, {}, false}));
  EXPECT_FALSE(keeps({true, {}, true}));
  wish.tools = true;
  EXPECT_TRUE(keeps({true, {}, true}));
  EXPECT_FALSE(keeps({false, "cut", true}));
  wish.keeps = false;
  EXPECT_FALSE(keeps({true, {}, false}));
}

TEST(cache_policy, asks_for_resemblance_only_where_it_is_wanted) {
  using enum semantic_policy;
  const auto id = cacheable(false);
  cache_wish plain;
  cache_wish wants;
  wants.semantic = true;
  EXPECT_FALSE(may_resemble(opt_in, toggle::off, plain, id));
  EXPECT_TRUE(may_resemble(opt_in, toggle::on, plain, id));
  EXPECT_TRUE(may_resemble(opt_in, toggle::off, wants, id));
  EXPECT_TRUE(may_resemble(always, toggle::off, plain, id));
  EXPECT_FALSE(may_resemble(never, toggle::on, wants, id));
  EXPECT_FALSE(
      may_resemble(always, toggle::on, said(cache_wish::word::off), id));
  auto without = id;
  without.topic.clear();
  EXPECT_FALSE(may_resemble(always, toggle::on, wants, without));
  without = id;
  without.cacheable = false;
  EXPECT_FALSE(may_resemble(always, toggle::on, wants, without));
}

}  // namespace

}  // namespace troupe::http::wire
