// What the body adds: tickets, counting, time.

#include "actors/semantic_cache/semantic_cache.hpp"
#include "tests/support/actor_test.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class semantic_cache_test : public testing::actor_test {
protected:
  using answer = std::shared_ptr<std::optional<semantic_ticket::result>>;

  semantic_cache_actor start() {
    return spawn(
        semantic_cache,
        semantic_cache_deps{with(bounds), semantic_cache_metrics_of(catalog)});
  }

  static settings_ptr with(const config::semantic_cache_settings& s) {
    config::settings all;
    all.semantic_cache = s;
    return std::make_shared<const config::settings>(all);
  }

  static meaning_ptr meaning() {
    return std::make_shared<const std::vector<float>>(
        std::vector<float>{1, 0, 0});
  }

  void keep(const semantic_cache_actor& in, const std::string& text,
            const std::string& tag = "") {
    cache_entry e;
    e.value = shared_bytes{"answer"};
    e.tags.push_back(tag);
    caf::anon_send(in, atom::keep_v,
                   semantic_memory{"t", text, meaning(), std::move(e)});
    settle();
  }

  semantic_ticket ticket(const std::string& text, const answer& to) {
    return {semantic_question{"t", text, meaning()},
            [to](semantic_ticket::result&& r) {
              to->emplace(std::move(r));
            }};
  }

  semantic_finding find(const semantic_cache_actor& in,
                        const std::string& text) {
    const auto got = std::make_shared<std::optional<semantic_ticket::result>>();
    caf::anon_send(in, atom::find_v, ticket(text, got));
    settle();
    EXPECT_TRUE(*got && **got) << "nobody answered";
    return *got && **got ? ***got : semantic_finding{};
  }

  double count_of(semantic_operation x) {
    return semantic_cache_metrics_of(catalog).done[x].Value();
  }

  double entries() {
    return semantic_cache_metrics_of(catalog).entries.Value();
  }

  prometheus::Registry registry;
  metric_catalog catalog{registry};
  config::semantic_cache_settings bounds;
};

TEST_F(semantic_cache_test, counts_hits_misses_and_refusals) {
  const auto in = start();
  EXPECT_FALSE(find(in, "what is 5").hit);
  keep(in, "what is 5");
  EXPECT_TRUE(find(in, "what is 5").hit);
  EXPECT_FALSE(find(in, "what is 6").hit);
  EXPECT_EQ(count_of(semantic_operation::keep), 1);
  EXPECT_EQ(count_of(semantic_operation::miss), 1);
  EXPECT_EQ(count_of(semantic_operation::hit), 1);
  EXPECT_EQ(count_of(semantic_operation::refused), 1);
  EXPECT_EQ(entries(), 1);
}

TEST_F(semantic_cache_test, what_is_past_its_time_goes_by_itself) {
  bounds.ttl = 1min;
  const auto in = start();
  keep(in, "what is 5");
  advance(59s);
  EXPECT_TRUE(find(in, "what is 5").hit);
  advance(1min);
  EXPECT_EQ(entries(), 0);
  EXPECT_EQ(count_of(semantic_operation::expire), 1);
}

TEST_F(semantic_cache_test, forgets_by_tag) {
  const auto in = start();
  keep(in, "what is 5", "news");
  keep(in, "what is 6", "other");
  caf::anon_send(in, atom::purge_v, std::string{"news"});
  EXPECT_FALSE(find(in, "what is 5").hit);
  EXPECT_TRUE(find(in, "what is 6").hit);
  EXPECT_EQ(count_of(semantic_operation::purge), 1);
}

TEST_F(semantic_cache_test, another_configuration_holds_at_once) {
  const auto in = start();
  keep(in, "what is 5");
  keep(in, "what is 6");
  bounds.max_entries = 1;
  caf::anon_send(in, atom::adopt_v, with(bounds));
  settle();
  EXPECT_EQ(entries(), 1);
  EXPECT_EQ(count_of(semantic_operation::evict), 1);
}

TEST_F(semantic_cache_test, passes_over_a_question_nobody_waits_for) {
  const auto in = start();
  const auto got = std::make_shared<std::optional<semantic_ticket::result>>();
  const auto withdrawn = ticket("what is 5", got);
  withdrawn.answer(errc::deadline_exceeded);
  caf::anon_send(in, atom::find_v, withdrawn);
  settle();
  EXPECT_EQ(count_of(semantic_operation::miss), 0);
}

TEST_F(semantic_cache_test, a_death_answers_and_forgets) {
  const auto first = start();
  keep(first, "what is 5");
  const auto got = std::make_shared<std::optional<semantic_ticket::result>>();
  caf::anon_send(first, atom::find_v, ticket("what is 5", got));
  caf::anon_send_exit(first, caf::exit_reason::kill);
  settle();
  ASSERT_TRUE(*got) << "found, or lost: never silent";
  const auto second = start();
  EXPECT_EQ(entries(), 0);
  EXPECT_FALSE(find(second, "what is 5").hit);
}

}  // namespace
}  // namespace troupe
