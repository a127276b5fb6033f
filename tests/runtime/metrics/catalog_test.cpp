// What every exported metric must look like, and that counting reaches the
// registry.

#include "runtime/metrics/catalog.hpp"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <regex>
#include <set>

namespace troupe {

namespace {

enum class colour : std::uint8_t { red, green, count_ };

std::string_view name_of(colour c) {
  return c == colour::red ? "red" : "green";
}

/// Names that tools of the field already know.
const std::set<std::string_view> names_of_the_field{"api_requests_total",
                                                    "api_errors_total",
                                                    "api_request_duration_ms",
                                                    "api_key_requests_total",
                                                    "model_requests_total",
                                                    "cache_operations_total",
                                                    "queue_size",
                                                    "worker_count"};

TEST(metric_catalog, names_are_unique_and_begin_with_troupe_or_are_the_fields) {
  std::set<std::string_view> names;
  for (const auto& m : metric::all) {
    EXPECT_TRUE(names.insert(m.name).second) << m.name;
    EXPECT_TRUE(m.name.starts_with("troupe_")
                || names_of_the_field.contains(m.name))
        << m.name;
  }
}

TEST(metric_catalog, names_follow_the_customs_of_prometheus) {
  const std::regex custom{"[a-z][a-z0-9]*(_[a-z0-9]+)*"};
  for (const auto& m : metric::all) {
    const std::string name{m.name};
    EXPECT_TRUE(std::regex_match(name, custom)) << name;
    EXPECT_EQ(name.ends_with("_total"), m.kind == metric_kind::counter) << name;
    // A name of the field, which dashboards know; it is a gauge.
    if (name == "worker_count")
      continue;
    // Suffixes that histograms and summaries give to their series.
    for (const auto* reserved : {"_count", "_sum", "_bucket", "_info"})
      EXPECT_FALSE(name.ends_with(reserved)) << name;
  }
}

TEST(metric_catalog, every_help_is_a_sentence_and_does_not_repeat_the_name) {
  for (const auto& m : metric::all) {
    ASSERT_FALSE(m.help.empty()) << m.name;
    EXPECT_TRUE(m.help.ends_with('.')) << m.name;
    EXPECT_TRUE(std::isupper(static_cast<unsigned char>(m.help.front())) != 0)
        << m.name;
    EXPECT_EQ(m.help.find(m.name), std::string_view::npos) << m.name;
  }
}

TEST(metric_catalog, labels_are_snake_case_unique_and_not_reserved) {
  const std::regex custom{"[a-z]+(_[a-z]+)*"};
  for (const auto& m : metric::all) {
    std::set<std::string_view> seen;
    bool ended = false;
    for (const auto label : m.labels) {
      ended = ended || label.empty();
      EXPECT_EQ(label.empty(), ended) << m.name << ": a gap";
      if (ended)
        continue;
      EXPECT_TRUE(std::regex_match(std::string{label}, custom)) << m.name;
      EXPECT_TRUE(seen.insert(label).second) << m.name << ": " << label;
      EXPECT_NE(label, "le") << m.name;
      EXPECT_NE(label, "quantile") << m.name;
    }
  }
}

TEST(metric_catalog, what_is_counted_is_exported) {
  prometheus::Registry registry;
  const metric_catalog catalog{registry};
  const auto key =
      catalog.api_key("acme", "acme-1", label_values<colour>(),
                      label_values({colour::green}), label_values<colour>());
  key.ended[colour::red].Increment(2);
  key.refused[colour::green].Increment();
  key.usable.Set(1);
  const auto text = prometheus::TextSerializer{}.Serialize(registry.Collect());
  for (
      const auto* line :
      {R"(api_key_requests_total{key="acme-1",outcome="red",provider="acme"} 2)",
       R"(troupe_api_key_refusals_total{key="acme-1",provider="acme",reason="green"} 1)",
       R"(troupe_api_key_usable{key="acme-1",provider="acme"} 1)"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  EXPECT_EQ(text.find(R"(reason="red")"), std::string::npos)
      << "no series for what cannot happen";
}

TEST(metric_catalog, the_same_labels_are_the_same_instrument) {
  prometheus::Registry registry;
  EXPECT_EQ(&metric_catalog{registry}.actor_restarts("router"),
            &metric_catalog{registry}.actor_restarts("router"));
}

}  // namespace
}  // namespace troupe
