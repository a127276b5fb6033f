// Providers that the environment calls into being, their keys and addresses.

#include "config/base_url.hpp"
#include "tests/config/loading.hpp"

namespace troupe::config {
namespace {

using lines = std::vector<std::string>;

// "id=secret" of each key.
lines keys_of(const provider_settings& p) {
  lines all;
  for (const auto& k : p.keys)
    all.push_back(k.id.value() + "=" + k.secret);
  return all;
}

TEST(providers, are_made_from_the_variables_that_are_set) {
  const auto s = settings_of("", {{"ANTHROPIC_API_KEYS", "a1, a2,a3"},
                                  {"OPENAI_API_KEYS", "o1"},
                                  {"GEMINI_API_KEYS", "g1,g2"}});
  ASSERT_EQ(s.providers.size(), 3u);
  const auto& [a, o, g] =
      std::tie(*s.providers[0], *s.providers[1], *s.providers[2]);
  EXPECT_EQ(a.name, "anthropic");
  EXPECT_EQ(a.protocol, protocol::anthropic);
  EXPECT_EQ(print(a.base_url), "https://api.anthropic.com");
  EXPECT_EQ(keys_of(a),
            (lines{"anthropic-1=a1", "anthropic-2=a2", "anthropic-3=a3"}));
  EXPECT_EQ(o.protocol, protocol::openai);
  EXPECT_EQ(print(o.base_url), "https://api.openai.com/v1");
  EXPECT_EQ(keys_of(o), lines{"openai-1=o1"});
  EXPECT_EQ(g.protocol, protocol::gemini);
  EXPECT_EQ(print(g.base_url), "https://generativelanguage.googleapis.com");
  EXPECT_EQ(keys_of(g), (lines{"gemini-1=g1", "gemini-2=g2"}));
}

TEST(providers, are_made_from_single_keys_too) {
  const struct {
    const char* variable;
    const char* provider;
  } cases[] = {{"ANTHROPIC_API_KEY", "anthropic"},
               {"OPENAI_API_KEY", "openai"},
               {"GEMINI_API_KEY", "gemini"},
               {"GOOGLE_GENERATIVE_AI_API_KEY", "gemini"}};
  for (const auto& c : cases) {
    const auto s = settings_of("", {{c.variable, "k"}});
    ASSERT_EQ(s.providers.size(), 1u) << c.variable;
    EXPECT_EQ(s.providers[0]->name, c.provider);
    EXPECT_EQ(keys_of(*s.providers[0]),
              lines{c.provider + std::string{"-1=k"}});
  }
}

TEST(providers, take_the_plural_variable_before_the_single_one) {
  const auto s = settings_of("", {{"GEMINI_API_KEYS", "plural"},
                                  {"GEMINI_API_KEY", "single"},
                                  {"OPENAI_API_KEYS", ""},
                                  {"OPENAI_API_KEY", "other"}});
  ASSERT_EQ(s.providers.size(), 2u);
  EXPECT_EQ(keys_of(*s.providers[0]), lines{"openai-1=other"});
  EXPECT_EQ(keys_of(*s.providers[1]), lines{"gemini-1=plural"});
}

TEST(providers, are_not_made_where_some_are_configured) {
  const auto s =
      settings_of("providers: [{name: a, protocol: openai, keys: [x]}]\n",
                  {{"ANTHROPIC_API_KEYS", "a1"}});
  ASSERT_EQ(s.providers.size(), 1u);
  EXPECT_EQ(keys_of(*s.providers[0]), lines{"a-1=x"});
}

TEST(providers, number_the_keys_as_they_come_out_of_the_variables) {
  const auto s = settings_of("providers: [{name: a, protocol: openai, keys: "
                             "[x, \"${K}\", \"p-${P}\"]}]\n",
                             {{"K", "y,,z ,"}, {"P", "q,r"}});
  EXPECT_EQ(keys_of(*s.providers[0]),
            (lines{"a-1=x", "a-2=y", "a-3=z", "a-4=p-q,r"}));
}

TEST(providers, get_the_address_of_their_protocol) {
  const auto s =
      settings_of("providers: [{name: a, protocol: gemini, keys: [x]}]\n");
  EXPECT_EQ(print(s.providers[0]->base_url),
            "https://generativelanguage.googleapis.com");
}

TEST(providers, blame_the_variable_for_its_keys) {
  EXPECT_EQ(faults_of("", {{"ANTHROPIC_API_KEYS", "a,b,a"},
                           {"OPENAI_API_KEY", "with space"}}),
            (lines{"OPENAI_API_KEY: providers[1].keys[0]: may only have "
                   "visible ASCII characters, and no spaces",
                   "ANTHROPIC_API_KEYS: providers[0].keys[2]: is the same as "
                   "providers[0].keys[0]"}));
}

TEST(providers, bound_the_number_of_keys_in_a_variable) {
  std::string many = "k0";
  for (int i = 1; i <= 1000; ++i)
    many += ",k" + std::to_string(i);
  EXPECT_EQ(faults_of("", {{"OPENAI_API_KEYS", many}}),
            lines{"OPENAI_API_KEYS: providers[0].keys: may have at most 1000 "
                  "entries"});
}

}  // namespace
}  // namespace troupe::config
