// What crosses nodes arrives as it was sent, and a shard divides what is
// allowed.

#include "actors/cache_shard/cache_shard.hpp"
#include "tests/support/actor_test.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <vector>

namespace troupe {
namespace {

class cache_shard_test : public testing::actor_test {
protected:
  template <class T>
  T there_and_back(T sent) {
    std::vector<char> bytes;
    caf::binary_serializer sink{system(), bytes};
    EXPECT_FALSE(sink(sent));
    caf::binary_deserializer source{system(), bytes};
    T received;
    EXPECT_FALSE(source(received));
    return received;
  }

  static cache_entry full_entry() {
    cache_entry e;
    e.value = shared_bytes{std::string{"bytes\0more", 10}};
    e.packing = packing::zstd;
    e.size = 99;
    e.type = "application/json";
    e.negative = true;
    e.provider = "acme";
    e.model = "m";
    e.tokens_in = 1;
    e.tokens_out = 2;
    e.tags = {"x", "y"};
    return e;
  }

  static void expect_same(const cache_entry& a, const cache_entry& b) {
    EXPECT_EQ(a.value, b.value);
    EXPECT_EQ(a.packing, b.packing);
    EXPECT_EQ(a.size, b.size);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.negative, b.negative);
    EXPECT_EQ(a.provider, b.provider);
    EXPECT_EQ(a.model, b.model);
    EXPECT_EQ(a.tokens_in, b.tokens_in);
    EXPECT_EQ(a.tokens_out, b.tokens_out);
    EXPECT_EQ(a.tags, b.tags);
  }
};

TEST_F(cache_shard_test, questions_and_findings_survive_the_way_to_a_node) {
  cache_question q;
  q.key = {cache_space::embedding, "t", "n"};
  q.max_age_ms = 5;
  q.refresh = true;
  q.lead_ms = 6;
  q.wait_ms = 7;
  q.stale_is_good = true;
  const auto asked = there_and_back(cache_questions{q, {}});
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].key, q.key);
  EXPECT_EQ(asked[0].max_age_ms, 5u);
  EXPECT_TRUE(asked[0].refresh);
  EXPECT_EQ(asked[0].lead_ms, 6u);
  EXPECT_EQ(asked[0].wait_ms, 7u);
  EXPECT_TRUE(asked[0].stale_is_good);
  const cache_finding f{cache_state::stale, full_entry(), 1, 2, 3, 4};
  const auto found = there_and_back(cache_findings{f});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].state, f.state);
  expect_same(found[0].entry, f.entry);
  EXPECT_EQ(found[0].age_ms, 1u);
  EXPECT_EQ(found[0].ttl_ms, 2u);
  EXPECT_EQ(found[0].etag, 3u);
  EXPECT_EQ(found[0].token, 4u);
}

TEST_F(cache_shard_test, changes_purges_and_receipts_survive_it_too) {
  cache_change c;
  c.key = {cache_space::application, "t", "n"};
  c.verb = cache_verb::yield;
  c.entry = full_entry();
  c.ttl_ms = 1;
  c.stale_ms = 2;
  c.token = 3;
  c.if_match = 4;
  c.if_absent = true;
  const auto changed = there_and_back(cache_changes{c}).front();
  EXPECT_EQ(changed.key, c.key);
  EXPECT_EQ(changed.verb, c.verb);
  expect_same(changed.entry, c.entry);
  EXPECT_EQ(changed.ttl_ms, 1u);
  EXPECT_EQ(changed.stale_ms, 2u);
  EXPECT_EQ(changed.token, 3u);
  EXPECT_EQ(changed.if_match, 4u);
  EXPECT_TRUE(changed.if_absent);
  const auto purged = there_and_back(
      cache_purge{cache_space::embedding, "t", true, "p*", "tag"});
  EXPECT_EQ(purged.space, cache_space::embedding);
  EXPECT_EQ(purged.tenant, "t");
  EXPECT_TRUE(purged.every_tenant);
  EXPECT_EQ(purged.pattern, "p*");
  EXPECT_EQ(purged.tag, "tag");
  const auto kept =
      there_and_back(cache_receipts{{cache_outcome::too_large, 1, true, 2}})
          .front();
  EXPECT_EQ(kept.outcome, cache_outcome::too_large);
  EXPECT_EQ(kept.etag, 1u);
  EXPECT_TRUE(kept.created);
  EXPECT_EQ(kept.count, 2u);
  const auto sum = there_and_back(cache_statistics{1, 2, 3, 4, 5, 6, 7});
  EXPECT_EQ(sum.entries, 1u);
  EXPECT_EQ(sum.expiries, 7u);
}

TEST_F(cache_shard_test, bounds_are_divided_and_rounded_up) {
  config::cache_settings s;
  s.shards = 64;
  s.max_entries = 10'000;
  s.max_bytes = 64;
  s.tenant_max_entries = 1;
  EXPECT_EQ(shard_bounds_of(s), (shelf_bounds{157, 1, 1, 0}));
}

}  // namespace
}  // namespace troupe
