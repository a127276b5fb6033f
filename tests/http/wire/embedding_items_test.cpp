// Embeddings item by item: which items are the same, what is asked for those
// that are not known, and that nobody can tell a joined answer from the
// provider's own.

#include "http/wire/embedding_items.hpp"
#include "http/wire/embedding_vectors.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>

namespace troupe::http::wire {

namespace {

using nlohmann::json;

const embedding_scope acme{"acme", "1", {}};

match openai() {
  return {endpoint::embeddings, config::protocol::openai, {}, {}};
}

match gemini(endpoint e) {
  return {e, config::protocol::gemini, "m", "v1beta"};
}

request asking(std::string body, std::string target = "/v1/embeddings") {
  request r;
  r.method = "POST";
  r.target = std::move(target);
  r.body = std::move(body);
  return r;
}

std::optional<embedding_items> split(const std::string& body,
                                     const embedding_scope& scope = acme) {
  return split_embeddings(openai(), asking(body), scope);
}

/// The digest of the only item.
std::string digest(const std::string& body,
                   const embedding_scope& scope = acme) {
  const auto items = split(body, scope);
  return items && items->items.size() == 1 ? items->items[0].digest : "none";
}

std::string gemini_digest(endpoint e, const std::string& body,
                          const std::string& target = "/x?key=k") {
  const auto items = split_embeddings(gemini(e), asking(body, target), acme);
  return items && items->items.size() == 1 ? items->items[0].digest : "none";
}

const std::string plain = R"({"model":"m","input":"a text"})";

TEST(embedding_items, knows_an_item_whatever_it_comes_in) {
  const auto known = digest(plain);
  EXPECT_EQ(known.size(), 64U);
  EXPECT_EQ(known.find_first_not_of("0123456789abcdef"), std::string::npos);
  for (const char* same : {
           R"({"input":["a text"],"model":"m"})",
           R"( { "input" : [ "a te\u0078t" ] , "model" : "m" } )",
           R"({"model":"m","input":"a text","encoding_format":"float"})",
           R"({"model":"m","user":"u-1","input":"a text"})",
       })
    EXPECT_EQ(digest(same), known) << same;
}

TEST(embedding_items, tells_apart_whatever_makes_another_vector) {
  std::vector<std::string> bodies{
      plain,
      R"({"model":"n","input":"a text"})",
      R"({"model":"m","input":"another text"})",
      R"({"model":"m","input":"a text","dimensions":256})",
      R"({"model":"m","input":"a text","dimensions":512})",
      R"({"model":"m","input":"a text","encoding_format":"base64"})",
      R"({"model":"m","input":"a text","input_type":"query"})",
      R"({"model":"m","input":"a text","input_type":"passage"})",
      R"({"model":"m","input":[1,2]})",
      R"({"model":"m","input":[12]})",
      R"({"model":"m","input":"1,2,"})",
      R"({"model":"m","input":"[1,2]"})",
  };
  std::vector<std::string> seen;
  for (const auto& body : bodies)
    seen.push_back(digest(body));
  seen.push_back(digest(plain, {"umbrella", "1", {}}));
  seen.push_back(digest(plain, {"acme", "2", {}}));
  std::vector<config::model_settings> models(2);
  models[0].name = "other";
  models[1].name = "m";
  for (const auto* target : {"large", "small"}) {
    models[1].targets.emplace_back().model = target;
    seen.push_back(digest(plain, {"acme", "1", models}));
  }
  seen.push_back(digest(plain, {"acm", "e1", {}}));
  auto beta = asking(plain);
  beta.headers.add("OpenAI-Beta", "x=1");
  seen.push_back(split_embeddings(openai(), beta, acme)->items[0].digest);
  const auto dated = asking(plain, "/v1/embeddings?api-version=1");
  seen.push_back(split_embeddings(openai(), dated, acme)->items[0].digest);
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(seen.front().size(), 64U);
}

TEST(embedding_items, finds_items_in_texts_and_in_numbers) {
  const auto texts = split(R"({"input":["a","b","a"],"model":"m"})");
  ASSERT_TRUE(texts);
  ASSERT_EQ(texts->items.size(), 3U);
  EXPECT_EQ(texts->items[1].first, 1U);
  EXPECT_EQ(texts->items[2].first, 0U);
  const auto numbers = split(R"({"input":[[1, 2],[3]],"model":"m"})");
  ASSERT_TRUE(numbers);
  ASSERT_EQ(numbers->items.size(), 2U);
  EXPECT_EQ(numbers->items[0].digest, digest(R"({"input":[1,2],"model":"m"})"));
}

TEST(embedding_items, has_none_where_it_does_not_understand) {
  for (const char* body : {
           R"({"model":"m","input":[]})",
           R"({"model":"m","input":["a",1]})",
           R"({"model":"m","input":[1,"a"]})",
           R"({"model":"m","input":[[1],"a"]})",
           R"({"model":"m","input":[["a"]]})",
           R"({"model":"m","input":[1.5]})",
           R"({"model":"m","input":[{"image":"x"}]})",
           R"({"model":"m","input":{"text":"x"}})",
           R"({"model":"m","input":null})",
           R"({"model":"m"})",
           R"({"input":"a"})",
           R"({"model":"m","input":"a","input":"b"})",
           R"({"model":"m","model":"n","input":"a"})",
           R"({"model":"m","input":"a","dimensions":1,"dimensions":2})",
           R"({"model":"m","input":["a"],"titles":["one for each"]})",
           R"({"model":"m","input":["a"],"extra":{"b":1}})",
           R"({"model":"m","input":"\ud800"})",
           R"({"model":"m","input":"a"} x)",
           R"({"model":"m","input":"a")",
           R"({"model":"m","input":["a",]})",
           "[]",
           "",
       })
    EXPECT_FALSE(split(body)) << body;
}

TEST(embedding_items, has_none_beyond_its_limits) {
  json body{{"model", "m"}};
  body["input"] = std::vector<std::string>(embedding_items_max, "a");
  EXPECT_TRUE(split(body.dump()));
  body["input"].push_back("a");
  EXPECT_FALSE(split(body.dump()));
  const auto of_size = [](std::size_t size) {
    return R"({"model":"m","input":")" + std::string(size - 24, 'a') + "\"}";
  };
  ASSERT_EQ(of_size(100).size(), 100U);
  EXPECT_TRUE(split(of_size(embedding_body_max)));
  EXPECT_FALSE(split(of_size(embedding_body_max + 1)));
}

TEST(embedding_items, are_the_same_to_gemini_alone_and_in_a_batch) {
  const auto one = gemini_digest(
      endpoint::embed_content,
      R"({"content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY"})");
  EXPECT_EQ(one.size(), 64U);
  EXPECT_EQ(gemini_digest(endpoint::batch_embed_contents,
                          R"({"requests":[{"taskType":"RETRIEVAL_QUERY",
        "model":"models/m","content":{"parts":[{"text":"\u0061"}]}}]})"),
            one);
  EXPECT_EQ(
      gemini_digest(
          endpoint::embed_content,
          R"({"content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY"})",
          "/x?alt=json"),
      one);
  for (const char* other : {
           R"({"content":{"parts":[{"text":"a"}]}})",
           R"({"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"})",
           R"({"content":{"parts":[{"text":"a"}]},"title":"t",
               "taskType":"RETRIEVAL_QUERY"})",
           R"({"content":{"parts":[{"text":"a"}]},"outputDimensionality":9,
               "taskType":"RETRIEVAL_QUERY"})",
       }) {
    EXPECT_NE(gemini_digest(endpoint::embed_content, other), one) << other;
    EXPECT_NE(gemini_digest(endpoint::embed_content, other), "none") << other;
  }
}

TEST(embedding_items, has_none_where_gemini_is_asked_oddly) {
  const auto e = endpoint::batch_embed_contents;
  for (const char* body : {
           R"({"requests":[{"model":"models/other","content":{}}]})",
           R"({"requests":[{"content":{},"content":{}}]})",
           R"({"requests":[{"content":{"parts":[],"parts":[]}}]})",
           R"({"requests":[{"content":{}}],"more":1})",
           R"({"requests":["a"]})",
           R"({"requests":[]})",
       })
    EXPECT_EQ(gemini_digest(e, body), "none") << body;
  const auto* sound = R"({"requests":[{"content":{}}]})";
  EXPECT_NE(gemini_digest(e, sound), "none");
  EXPECT_EQ(gemini_digest(e, sound, "/x?fields=embeddings"), "none");
}

TEST(embedding_items, asks_for_the_missing_in_the_clients_own_bytes) {
  const std::string body =
      R"({ "x": 1.50, "input" : [ "a" , "b\u0062", "c" ] ,"model": "m"})";
  const auto items = split(body);
  ASSERT_TRUE(items);
  const std::size_t wanted[]{1, 2};
  EXPECT_EQ(with_items(body, *items, wanted),
            R"({ "x": 1.50, "input" : ["b\u0062","c"] ,"model": "m"})");
  const std::string tokens = R"({"input":[[1, 2],[3 ]],"model":"m"})";
  const std::size_t last[]{1};
  EXPECT_EQ(with_items(tokens, *split(tokens), last),
            R"({"input":[[3 ]],"model":"m"})");
  const std::string batch =
      R"({"requests": [{"content":{"parts":[{"text":"a"}]}} , {"content":{}}]})";
  const auto contents = split_embeddings(gemini(endpoint::batch_embed_contents),
                                         asking(batch), acme);
  ASSERT_TRUE(contents);
  EXPECT_EQ(with_items(batch, *contents, last),
            R"({"requests": [{"content":{}}]})");
}

// -- the law: known or not makes no difference
// ---------------------------------------------------------------------------

/// A provider whose vector of a text is a function of the text.
class provider {
public:
  provider(endpoint e, bool base64) : endpoint_(e), base64_(base64) {}

  std::string answer(const std::string& body) const {
    const auto asked = json::parse(body);
    if (endpoint_ == endpoint::batch_embed_contents) {
      auto all = json::array();
      for (const auto& one : asked.at("requests"))
        all.push_back({{"values", vector_of(one.at("content").dump())}});
      return json{{"embeddings", all}}.dump(1);
    }
    auto list = json::array();
    for (const auto& one : asked.at("input"))
      list.push_back({{"object", "embedding"},
                      {"index", list.size()},
                      {"embedding", vector_of(one.dump())}});
    return json{{"object", "list"},
                {"data", list},
                {"model", "m-2"},
                {"usage", {{"prompt_tokens", 3 * list.size()}}}}
        .dump(2);
  }

private:
  json vector_of(const std::string& text) const {
    const auto hash = std::hash<std::string>{}(text);
    if (base64_)
      return "b64+/" + std::to_string(hash) + "==";
    return {static_cast<double>(hash % 1000) / 7, -0.5, 1e-9};
  }

  endpoint endpoint_;
  bool base64_;
};

/// Everything a cache does, without one: `known` may be given, the rest asked.
struct by_items {
  const match& m;
  const provider& far;
  std::map<std::string, std::string> kept;

  void keep(const embedding_items& of, const embedding_vectors& found,
            const std::vector<std::size_t>& asked, const std::string& body) {
    for (std::size_t i = 0; i < asked.size(); ++i)
      kept[of.items[asked[i]].digest] = written(
          {found.model, std::string_view{body}.substr(found.vectors[i].at,
                                                      found.vectors[i].size)});
  }

  std::string ask(const request& r) {
    const auto items = split_embeddings(m, r, acme);
    EXPECT_TRUE(items);
    std::vector<std::size_t> missing;
    std::size_t known = 0;
    for (std::size_t i = 0; i < items->items.size(); ++i) {
      known += kept.contains(items->items[i].digest) ? 1 : 0;
      if (items->items[i].first == i && !kept.contains(items->items[i].digest))
        missing.push_back(i);
    }
    std::string body;
    std::optional<embedding_vectors> found;
    if (!missing.empty()) {
      body = far.answer(with_items(r.body, *items, missing));
      found = read_vectors(m.endpoint, body, missing.size());
      EXPECT_TRUE(found) << body;
      keep(*items, *found, missing, body);
    }
    std::vector<std::string_view> vectors;
    std::string_view model;
    for (const auto& item : items->items) {
      const auto one = read_kept_vector(kept.at(item.digest));
      vectors.push_back(one->vector);
      model = one->model;
    }
    const vector_list all{m.endpoint, vectors, known};
    return found ? join_vectors(all, body, *found) : join_vectors(all, model);
  }
};

json without_usage(const std::string& answer) {
  auto all = json::parse(answer);
  all.erase("usage");
  return all;
}

request random_request(endpoint e, std::mt19937& dice) {
  const auto text = [&] {
    return "text " + std::to_string(dice() % 12);
  };
  auto list = json::array();
  const bool numbers = dice() % 4 == 0;
  for (std::size_t n = 1 + dice() % 9; n > 0; --n) {
    if (e == endpoint::batch_embed_contents)
      list.push_back({{"content", {{"parts", {{{"text", text()}}}}}}});
    else if (numbers)
      list.push_back(json::array({dice() % 5, dice() % 5}));
    else
      list.push_back(text());
  }
  if (e == endpoint::batch_embed_contents)
    return asking(json{{"requests", list}}.dump(), "/x");
  return asking(
      json{{"model", "m"}, {"input", list}}.dump(dice() % 2 ? 1 : -1));
}

TEST(embedding_items, give_the_same_answer_whatever_is_known) {
  for (const auto e : {endpoint::embeddings, endpoint::batch_embed_contents})
    for (const bool base64 : {false, true}) {
      if (base64 && e != endpoint::embeddings)
        continue;
      std::mt19937 dice{7};
      const auto m = e == endpoint::embeddings ? openai() : gemini(e);
      const provider far{e, base64};
      by_items cache{m, far, {}};
      for (int round = 0; round < 150; ++round) {
        const auto r = random_request(e, dice);
        EXPECT_EQ(without_usage(cache.ask(r)),
                  without_usage(far.answer(r.body)));
        // What is known changes all the time, also inside of one batch.
        std::erase_if(cache.kept, [&](const auto&) { return dice() % 3 == 0; });
      }
    }
}

}  // namespace

}  // namespace troupe::http::wire
