// Many entries at once: bodies of warming and of bulk reads, and the answer
// that holds a thousand of them.

#include "http/routes/cache/entry_list.hpp"
#include "http/routes/cache/many.hpp"
#include "http/routes/cache/storing.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http::app_cache {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

entry_defaults defaults() {
  entry_defaults by;
  by.tenant = "t";
  by.ttl = 1h;
  return by;
}

cache_change kept(std::string_view text) {
  const auto read = read_entry(text, defaults());
  if (const auto* fault = std::get_if<entry_fault>(&read))
    throw std::runtime_error(fault->why);
  return std::get<cache_change>(read);
}

std::string fault_in(std::string_view text) {
  const auto read = read_entry(text, defaults());
  const auto* fault = std::get_if<entry_fault>(&read);
  return fault != nullptr ? fault->why : "";
}

TEST(cache_entries, text_is_kept_as_text) {
  const auto change = kept(R"({"key":"a","value":"h\u00e9llo"})");
  EXPECT_EQ(change.key, (cache_key{cache_space::application, "t", "a"}));
  EXPECT_EQ(change.entry.value.view(), "h\u00e9llo");
  EXPECT_EQ(change.entry.type, "text/plain; charset=utf-8");
  EXPECT_EQ(change.ttl_ms, 3'600'000u);
}

TEST(cache_entries, other_json_is_kept_as_it_was_written) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {R"({"key":"a","value": {"b": [1, 2.50] } })", R"({"b": [1, 2.50] })"},
      {R"({"value":[1,{"value":3}]  ,"key":"a"})", R"([1,{"value":3}])"},
      {R"({"key":"a","value":12345678901234567890123})",
       "12345678901234567890123"},
      {R"({"key":"a","value":true})", "true"},
      {R"({"key":"a","value": null })", "null"},
      {R"({"key":"a","val\u0075e":1.10})", "1.10"},
  };
  for (const auto& [text, value] : rows) {
    EXPECT_EQ(kept(text).entry.value.view(), value) << text;
    EXPECT_EQ(kept(text).entry.size, value.size()) << text;
    EXPECT_EQ(kept(text).entry.type, "application/json") << text;
  }
}

TEST(cache_entries, say_how_long_and_by_which_names) {
  const auto change = kept(R"({"key":"a","value":"v","ttl":"short",
      "stale":90,"tags":["x","y"],"type":"text/html"})");
  EXPECT_EQ(change.ttl_ms, 60'000u);
  EXPECT_EQ(change.stale_ms, 90'000u);
  EXPECT_EQ(change.entry.tags, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(change.entry.type, "text/html");
  EXPECT_EQ(kept(R"({"key":"a","value":"v","ttl":5})").ttl_ms, 5'000u);
  EXPECT_TRUE(kept(R"({"key":"a","negative":true})").entry.negative);
  EXPECT_EQ(kept(R"({"key":"a","negative":true})").entry.size, 0u);
}

TEST(cache_entries, one_that_is_wrong_says_why) {
  const std::string deep = R"({"key":"a","value":)" + std::string(500, '[')
                           + std::string(500, ']') + "}";
  const std::string large =
      R"({"key":"a","value":")" + std::string(value_size_max + 1, 'v') + "\"}";
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", "JSON object"},
      {"[]", "JSON object"},
      {"{", "JSON object"},
      {R"({"key":"a","value":"v"} x)", "JSON object"},
      {"{\"key\":\"a\",\"value\":\"\xff\"}", "JSON object"},
      {deep, "JSON object"},
      {R"({"value":"v"})", "key"},
      {R"({"key":1,"value":"v"})", "key"},
      {R"({"key":"","value":"v"})", "key"},
      {R"({"key":"a"})", "value is missing"},
      {R"({"key":"a","value":"v","negative":true})", "no value"},
      {R"({"key":"a","value":"v","ttl":0})", "ttl"},
      {R"({"key":"a","value":"v","ttl":-1})", "ttl"},
      {R"({"key":"a","value":"v","ttl":1.5})", "ttl"},
      {R"({"key":"a","value":"v","stale":"x"})", "stale"},
      {R"({"key":"a","value":"v","tags":"x"})", "tags"},
      {R"({"key":"a","value":"v","tags":[1]})", "tags"},
      {R"({"key":"a","value":"v","type":5})", "type"},
      {R"({"key":"a","value":"v","negative":"no"})", "negative"},
      {R"({"key":"a","value":"v","tll":5})", "tll"},
      {large, "1048576"},
  };
  for (const auto& [text, why] : rows)
    EXPECT_NE(fault_in(text).find(why), std::string::npos)
        << text.substr(0, 60) << " -> " << fault_in(text);
}

TEST(cache_entries, lines_keep_their_numbers) {
  EXPECT_EQ(lines_of("a\r\n\n b \nc"), (entry_list{"a", "", "b", "c"}));
  EXPECT_EQ(lines_of("a\n"), (entry_list{"a"}));
  EXPECT_TRUE(lines_of("").empty());
}

TEST(cache_entries, a_body_of_warming_is_taken_apart) {
  const std::string text = R"( {"only_if_absent":true,"entries":[
      {"key":"a","value":"v"} , {"key":"b","value":[1]},
      7, "x", [] ] } )";
  const auto read = read_warm_body(text);
  const auto& body = std::get<warm_body>(read);
  EXPECT_TRUE(body.only_if_absent);
  EXPECT_EQ(body.entries,
            (entry_list{R"({"key":"a","value":"v"})",
                        R"({"key":"b","value":[1]})", "7", "\"x\"", "[]"}));
}

TEST(cache_entries, a_body_that_is_none_is_refused) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"[]", ""},
      {R"({"entries":[})", ""},
      {R"({"entries":[]} {})", ""},
      {"{}", "entries"},
      {R"({"entries":{}})", "entries"},
      {R"({"entries":[],"only_if_absent":1})", "only_if_absent"},
      {R"({"entries":[],"more":1})", "more"},
  };
  for (const auto& [text, param] : rows) {
    const auto read = read_warm_body(text);
    const auto* why = std::get_if<wire::door_error>(&read);
    ASSERT_NE(why, nullptr) << text;
    EXPECT_EQ(why->param, param) << text;
  }
}

TEST(cache_many, reads_keys_once_each) {
  const auto read = read_keys(R"({"keys":["a","b","a"]})");
  EXPECT_EQ(std::get<std::vector<std::string>>(read),
            (std::vector<std::string>{"a", "b"}));
  json full{{"keys", json::array()}};
  for (std::size_t i = 0; i < keys_max; ++i)
    full["keys"].push_back(std::to_string(i));
  EXPECT_EQ(std::get<std::vector<std::string>>(read_keys(full.dump())).size(),
            keys_max);
  full["keys"].push_back("one more");
  EXPECT_TRUE(std::holds_alternative<wire::door_error>(read_keys(full.dump())));
}

TEST(cache_many, names_the_key_at_fault) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", "keys"},
      {"{}", "keys"},
      {R"({"keys":[]})", "keys"},
      {R"({"keys":"a"})", "keys"},
      {R"({"keys":["a"],"x":1})", "keys"},
      {R"({"keys":["a",1]})", "keys[1]"},
      {R"({"keys":[""]})", "keys[0]"},
  };
  for (const auto& [text, param] : rows) {
    const auto read = read_keys(text);
    const auto* why = std::get_if<wire::door_error>(&read);
    ASSERT_NE(why, nullptr) << text;
    EXPECT_EQ(why->param, param) << text;
  }
}

cache_finding holding(std::string value, std::string type) {
  cache_finding f;
  f.state = cache_state::fresh;
  f.entry.value = shared_bytes{std::move(value)};
  f.entry.type = std::move(type);
  f.etag = 1;
  f.age_ms = 2;
  f.ttl_ms = 3;
  return f;
}

TEST(cache_many, values_come_as_json_text_or_base64) {
  const std::vector<std::string> keys{"j",    "t",  "b", "broken \"j\"",
                                      "none", "neg"};
  cache_findings found{
      holding(R"({"a": 1})", "application/json; charset=utf-8"),
      holding("plain \"text\"\n", "text/plain"),
      holding("\xff\xfe\x01", "text/plain"),
      holding("{", "application/json"),
      {},
      {},
  };
  found[5].state = cache_state::negative;
  const auto all = json::parse(print_found(keys, found));
  const auto& entries = all["entries"];
  EXPECT_EQ(entries["j"]["value"]["a"], 1);
  EXPECT_EQ(entries["j"]["encoding"], "json");
  EXPECT_EQ(entries["j"]["etag"], "\"0000000000000001\"");
  EXPECT_EQ(entries["j"]["age_ms"], 2);
  EXPECT_EQ(entries["j"]["ttl_ms"], 3);
  EXPECT_EQ(entries["t"]["value"], "plain \"text\"\n");
  EXPECT_EQ(entries["t"]["encoding"], "text");
  EXPECT_EQ(entries["b"]["value"], "//4B");
  EXPECT_EQ(entries["b"]["encoding"], "base64");
  EXPECT_EQ(entries["broken \"j\""]["encoding"], "text");
  EXPECT_EQ(all["missing"], json::array({"none", "neg"}));
  EXPECT_FALSE(all.contains("omitted"));
}

TEST(cache_many, what_does_not_fit_into_an_answer_is_named) {
  std::vector<std::string> keys;
  cache_findings found;
  for (int i = 0; i < 20; ++i) {
    keys.push_back(std::to_string(i));
    found.push_back(holding(std::string(value_size_max, 'v'), "text/plain"));
  }
  const auto text = print_found(keys, found);
  EXPECT_LE(text.size(), answer_size_max + 1024);
  const auto all = json::parse(text);
  EXPECT_EQ(all["entries"].size() + all["omitted"].size(), 20u);
  EXPECT_GE(all["entries"].size(), 15u);
}

}  // namespace
}  // namespace troupe::http::app_cache
