// No fault carries a secret, wherever in the file or environment it stood.

#include "tests/config/loading.hpp"

namespace troupe::config {
namespace {

// Not a legal key or URL, so that each place complains about it.
const std::string secret = "sk-ant-hush hush";

TEST(secrets, stay_out_of_faults_about_the_place_they_belong_to) {
  const std::string places[] = {
      "auth: {admin_token: " + secret + "}\n",
      "auth: {clients: [{name: a, key_sha256: " + secret + "}]}\n",
      "semantic_cache: {embedder: {key: " + secret + "}}\n",
      "semantic_cache: {embedder: {key: {" + secret + ": 1}}}\n",
      "providers: [{name: a, protocol: openai, keys: [" + secret + "]}]\n",
      "providers: [{name: a, protocol: openai, keys: " + secret + "}]\n",
      "providers: [{name: a, protocol: openai, keys: {" + secret + ": 1}}]\n",
      "providers: [{name: a, protocol: openai, keys: [{" + secret + ": 1}]}]\n",
      "providers: [{name: a, protocol: openai, keys: [k, k], base_url: "
      "\"https://"
          + secret + "@host\"}]\n",
      "providers: [{name: a, protocol: openai, keys: [k], base_url: "
      "\"https://host/?key="
          + secret + "\"}]\n",
      "providers: [{name: a, protocol: openai, keys: [\"" + secret + "]}]\n",
      "queues: {a: {handler: webhook, url: \"" + secret + "\"}}\n",
      "queues: {a: {handler: webhook, url: \"http://h/?key=" + secret
          + "\"}}\n",
      "queues: {a: {handler: webhook, url: \"http://h\", secret: " + secret
          + "}}\n",
      "queues: {a: {handler: external, secret: hush}}\n",
      "queues: {a: {handler: external, url: \"http://hush\"}}\n",
      "queues: {\"" + secret + std::string(20, '.') + "\": {}}\n",
  };
  for (const auto& yaml : places) {
    const auto all = faults_of(yaml);
    EXPECT_FALSE(all.empty()) << yaml;
    for (const auto& line : all)
      EXPECT_EQ(line.find("hush"), std::string::npos) << line;
  }
}

TEST(secrets, stay_out_of_faults_about_places_a_variable_was_put_into) {
  const variables env{{"S", secret},
                      {"TROUPE_HTTP_IDLE_TIMEOUT", secret},
                      {"GEMINI_API_KEY", secret}};
  const auto all = faults_of("node: {name: \"${S}\", threads: \"x${S}\"}\n"
                             "http: {listen: \"${S}\"}\n",
                             env);
  EXPECT_EQ(all.size(), 5u);
  for (const auto& line : all)
    EXPECT_EQ(line.find("hush"), std::string::npos) << line;
}

TEST(secrets, stay_out_of_the_faults_about_unknown_keys_when_they_are_long) {
  const std::string long_secret = "sk-" + std::string(48, 'x');
  const auto all = faults_of("auth: {" + long_secret + ": 1}\n");
  EXPECT_EQ(all, std::vector<std::string>{"f.yaml:1: auth: a key that is not a "
                                          "name is not a known key"});
}

TEST(secrets, stay_out_of_faults_about_keys_that_are_there_twice) {
  for (const auto& line :
       faults_of("providers: [{name: a, protocol: openai, keys: [hush, "
                 "hush]}]\n"))
    EXPECT_EQ(line.find("hush"), std::string::npos) << line;
}

}  // namespace
}  // namespace troupe::config
