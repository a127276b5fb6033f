// Any bytes give settings or faults. A seeded loop changes a valid file at
// random and loads what comes out; under ASan it also shows that no memory is
// misused. A failure prints its round, and each round has a generator of its
// own.

#include "config/reference.hpp"
#include "tests/config/loading.hpp"

#include <random>

namespace troupe::config {
namespace {

constexpr unsigned seed = 20240601;
constexpr int rounds = 2500;

// Lists, aliases, every style of scalar, and all of the example's sections.
std::string start_text() {
  return R"(providers:
- {name: a, protocol: openai, keys: ["${K}", x], limits: &l {rpm: 1}}
- {name: b, protocol: gemini, keys: [y], limits: *l}
models:
- name: m
  targets:
  - {provider: a, model: "x\u0079"}
  price: {input: 1.5}
)" + example_file();
}

class mutator {
public:
  explicit mutator(std::uint64_t s) : random_(s) {}

  std::string mutate(std::string text) {
    for (auto changes = below(6) + 1; changes-- > 0;)
      change(text);
    return text;
  }

private:
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_);
  }

  void change(std::string& text) {
    static constexpr std::string_view pieces[] = {"[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  ": ",
                                                  "- ",
                                                  "? ",
                                                  "&p ",
                                                  "*p",
                                                  "\n",
                                                  "\"",
                                                  "'",
                                                  "|\n",
                                                  "---\n",
                                                  "...",
                                                  "#",
                                                  "!!x",
                                                  "%YAML 1",
                                                  "\t",
                                                  ",",
                                                  "${K}",
                                                  "${",
                                                  "\xff",
                                                  "~",
                                                  "\\u00",
                                                  "<<: ",
                                                  "  ",
                                                  "-1",
                                                  "1e99",
                                                  "\xef\xbb\xbf",
                                                  "99999999999999999999"};
    const auto at = below(text.size() + 1);
    switch (below(4)) {
    case 0:
      text.insert(at, pieces[below(std::size(pieces))]);
      break;
    case 1:
      text.erase(at, below(20));
      break;
    case 2:
      text.insert(at, text.substr(below(text.size() + 1), below(80)));
      break;
    default:
      if (at < text.size())
        text[at] = static_cast<char>(below(256));
    }
  }

  std::mt19937_64 random_;
};

TEST(load, gives_settings_or_faults_for_any_bytes) {
  const auto start = start_text();
  const auto env = fixed_environment({{"K", "k1,k2"}});
  int accepted = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round "
                 + std::to_string(round));
    const auto text =
        mutator{seed + static_cast<unsigned>(round)}.mutate(start);
    const auto loaded = load(text, "f.yaml", env);
    accepted += loaded ? 1 : 0;
    EXPECT_LE(loaded.faults.size(), fault_list::size_max + 1);
    for (const auto& f : loaded.faults) {
      EXPECT_FALSE(f.message.empty());
      EXPECT_EQ(f.message.find('\n'), std::string::npos) << f.message;
    }
  }
  // Some changes fall into comments: both answers have been seen.
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, rounds);
}

TEST(load, survives_a_file_that_was_cut) {
  const auto text = start_text();
  const auto env = fixed_environment({{"K", "k"}});
  EXPECT_TRUE(load(text, "f", env));
  // A prime step, so that lines are cut in all their places.
  for (std::size_t size = 0; size <= text.size(); size += 7)
    EXPECT_LE(load(text.substr(0, size), "f", env).faults.size(),
              fault_list::size_max + 1);
}

}  // namespace
}  // namespace troupe::config
