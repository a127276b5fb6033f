// The knobs, the structs, the example file and the table say the same.

#include "config/reference.hpp"
#include "config/sections.hpp"
#include "tests/config/loading.hpp"

#include <fstream>
#include <iterator>
#include <set>

namespace troupe::config {
namespace {

// Compares each field with the default of its knob, or only lists the knobs.
class comparer {
public:
  std::set<std::string_view> paths;

  template <class Format>
  void operator()(const knob<Format>& k, typename Format::value& field) {
    note(k.path);
    EXPECT_FALSE(k.help.empty()) << k.path;
    if constexpr (requires { Format::make(k.fallback); }) {
      if (k.presence == need::required)
        return;
      EXPECT_EQ(Format::print(field), default_text(k)) << k.path;
      EXPECT_TRUE(std::holds_alternative<typename Format::value>(
          Format::read(default_text(k), k.min, k.max)))
          << k.path << " has a default out of its bounds";
    }
  }

  template <class Format>
  void operator()(const list_knob<Format>& k,
                  std::vector<typename Format::value>& field) {
    note(k.path);
    EXPECT_FALSE(k.help.empty()) << k.path;
    ASSERT_EQ(field.size(), k.fallback.size()) << k.path;
    if constexpr (requires { Format::make(k.fallback[0]); }) {
      for (std::size_t i = 0; i < field.size(); ++i)
        EXPECT_EQ(field[i], Format::make(k.fallback[i])) << k.path;
    }
  }

  template <class Section>
  void section(const group&, Section& s) {
    describe(*this, s);
  }
  template <class Section>
  void optional(const group&, std::optional<Section>& s) {
    EXPECT_FALSE(s.has_value());
    Section inner;
    describe(*this, inner);
  }
  template <class Element>
  void list(const group&, std::vector<Element>& all) {
    EXPECT_TRUE(all.empty());
    Element element;
    describe(*this, element);
  }
  template <class Element>
  void list(const group&, std::vector<std::shared_ptr<const Element>>& all) {
    EXPECT_TRUE(all.empty());
    Element element;
    describe(*this, element);
  }

  template <class NameFormat, class Format>
  void operator()(const map_knob<NameFormat, Format>& k,
                  std::map<std::string, typename Format::value>& field) {
    note(k.path);
    EXPECT_FALSE(k.help.empty()) << k.path;
    EXPECT_TRUE(field.empty()) << k.path;
  }
  // What is there without a word has all the defaults of a silent element.
  template <class NameFormat, class Element>
  void map(const map_group<NameFormat>& g, const Element& defaults,
           std::vector<std::shared_ptr<const Element>>& all) {
    EXPECT_EQ(defaults, Element{}) << g.path;
    for (const auto& e : all)
      EXPECT_EQ(*e, with_defaults(*e, Element{})) << e->name;
    Element element;
    describe_itself(*this, element);
  }

private:
  void note(std::string_view path) {
    EXPECT_TRUE(paths.insert(path).second) << path << " fills two fields";
  }
};

std::string file_text(const char* path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// True for `  # key: value` and `#   - key: value`, false for prose.
bool is_commented_yaml(std::string_view line) {
  const auto content = line.substr(line.find_first_not_of(" #-"));
  return content.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789")
         == content.find(':');
}

// The example with every commented-out line of YAML brought to life.
std::string uncommented(const std::string& example) {
  std::istringstream in{example};
  std::string all;
  for (std::string line; std::getline(in, line); all += line + "\n")
    if (const auto mark = line.find_first_not_of(' ');
        mark != line.npos && line.compare(mark, 2, "# ") == 0
        && is_commented_yaml(line))
      line.erase(mark, 2);
  return all;
}

const variables example_variables{{"TROUPE_ADMIN_TOKEN", "t"},
                                  {"ANTHROPIC_API_KEYS", "k1,k2"},
                                  {"EMBEDDER_KEY", "k"},
                                  {"WEBHOOK_SECRET", "s"},
                                  {"WEB_KEY_SHA256", std::string(64, '0')}};

TEST(knobs, have_the_defaults_of_the_settings) {
  settings s;
  comparer c;
  describe(c, s);
  EXPECT_GT(c.paths.size(), 45u);
}

TEST(example_file, is_what_the_knobs_print) {
  EXPECT_EQ(file_text(TROUPE_SOURCE_DIR "/config/troupe.example.yaml"),
            example_file())
      << "print it anew: troupe_knobs example > config/troupe.example.yaml";
}

TEST(example_file, loads_to_exactly_the_defaults) {
  auto s = settings_of(example_file());
  comparer c;
  describe(c, s);
}

TEST(example_file, is_legal_with_its_examples_uncommented) {
  auto example = uncommented(example_file());
  // Some of the examples are of one kind only.
  for (const auto& [kind, other] :
       {std::pair<std::string, std::string>{"kind: lexical", "kind: openai"},
        {"kind: exponential", "kind: custom"},
        {"handler: external", "handler: webhook"}})
    example.replace(example.find(kind), kind.size(), other);
  const auto s = settings_of(example, example_variables);
  EXPECT_TRUE(s.http.tls);
  EXPECT_EQ(s.auth.clients.size(), 1u);
  ASSERT_EQ(s.providers.size(), 1u);
  EXPECT_EQ(s.providers[0]->keys.size(), 2u);
  ASSERT_EQ(s.models.size(), 1u);
  EXPECT_TRUE(s.models[0].price);
  ASSERT_EQ(s.queues.size(), 5u);
  EXPECT_EQ(s.queues[4]->name, "orders");
  EXPECT_EQ(s.queues[4]->url, "http://127.0.0.1:9000/hook");
  EXPECT_EQ(s.queues[4]->backoff.delays.size(), 3u);
}

TEST(knobs_table, has_a_row_for_each_knob) {
  settings s;
  comparer c;
  describe(c, s);
  const auto table = knobs_table();
  for (const auto path : c.paths)
    EXPECT_NE(table.find("| `" + std::string{path} + "` |"), std::string::npos)
        << path;
  EXPECT_NE(table.find("| `http.max_body` | `32MiB` | 1KiB to 1GiB | "),
            std::string::npos);
  EXPECT_NE(table.find("| `providers[].name` | required | "),
            std::string::npos);
  EXPECT_NE(table.find("| `queues{}.priority` | `normal` | critical, high, "),
            std::string::npos);
}

}  // namespace
}  // namespace troupe::config
