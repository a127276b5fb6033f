// Every path clients use finds its row, and nothing else does.

#include "http/wire/endpoint.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

const header_list plain;
const header_list anthropic{{"Anthropic-Version", "2023-06-01"}};
const header_list google{{"X-Goog-Api-Key", "k"}};

struct path_case {
  std::string_view method;
  std::string_view path;
  endpoint expected;
  std::string_view model = {};
};

TEST(endpoint, finds_the_row_of_every_path) {
  const path_case cases[]{
      {"POST", "/v1/chat/completions", endpoint::chat_completions},
      {"POST", "/v1/completions", endpoint::completions},
      {"POST", "/v1/responses", endpoint::responses},
      {"POST", "/v1/embeddings", endpoint::embeddings},
      {"GET", "/v1/models", endpoint::list_models},
      {"GET", "/v1/models/gpt-4o", endpoint::get_model, "gpt-4o"},
      {"GET", "/v1/models/org%2Fm", endpoint::get_model, "org/m"},
      {"GET", "/v1/models/ft:gpt:a::b", endpoint::get_model, "ft:gpt:a::b"},
      {"POST", "/v1/messages", endpoint::messages},
      {"POST", "/v1/messages/count_tokens", endpoint::count_message_tokens},
      {"POST", "/v1beta/models/g-2.5:generateContent",
       endpoint::generate_content, "g-2.5"},
      {"POST", "/v1/models/g-2.5:generateContent", endpoint::generate_content,
       "g-2.5"},
      {"POST", "/v1alpha/models/g:streamGenerateContent",
       endpoint::stream_generate_content, "g"},
      {"POST", "/v1beta/models/g:countTokens", endpoint::count_tokens, "g"},
      {"POST", "/v1beta/models/g%3AembedContent", endpoint::embed_content, "g"},
      {"POST", "/v1beta/models/a%2Fb:batchEmbedContents",
       endpoint::batch_embed_contents, "a/b"},
      {"POST", "/v1beta/tunedModels/x:generateContent",
       endpoint::generate_content, "tunedModels/x"},
      {"GET", "/v1beta/models", endpoint::list_gemini_models},
      {"GET", "/v1beta/models/g", endpoint::get_gemini_model, "g"},
  };
  for (const auto& c : cases) {
    const auto found = find_endpoint(c.method, c.path, plain);
    ASSERT_TRUE(found) << c.path;
    EXPECT_EQ(found->endpoint, c.expected) << c.path;
    EXPECT_EQ(model_of(*found), c.model) << c.path;
  }
}

TEST(endpoint, lets_the_headers_decide_whose_models_are_listed) {
  EXPECT_EQ(find_endpoint("GET", "/v1/models", anthropic)->endpoint,
            endpoint::list_anthropic_models);
  EXPECT_EQ(find_endpoint("GET", "/v1/models/claude", anthropic)->endpoint,
            endpoint::get_anthropic_model);
  EXPECT_EQ(find_endpoint("GET", "/v1/models", google)->endpoint,
            endpoint::list_gemini_models);
}

TEST(endpoint, finds_nothing_for_paths_that_lead_elsewhere) {
  for (const auto* path :
       {"/", "", "/v1", "/v1/", "/v1/chat", "/v1/modelsX", "/v1/models/",
        "/v1/chat/completions/", "/v1beta", "/v1beta/models/",
        "/v1beta/models/:generateContent", "/v1beta/models/g:dance",
        "/v1beta/models/../x:generateContent",
        "/v1beta/models/%2e%2e/x:generateContent", "/v1/models/a%2F..%2Fb",
        "/v1beta/tunedModels/:generateContent", "/v1/modelsX:generateContent"})
    EXPECT_FALSE(find_endpoint("POST", path, plain)
                 || find_endpoint("GET", path, plain))
        << path;
}

TEST(endpoint, tells_a_wrong_method_from_an_unknown_path) {
  EXPECT_FALSE(find_endpoint("GET", "/v1/messages", plain));
  EXPECT_EQ(methods_of("/v1/messages", plain), "POST");
  EXPECT_EQ(methods_of("/v1/models", plain), "GET");
  EXPECT_EQ(methods_of("/v1/nothing", plain), "");
}

TEST(endpoint, knows_whose_error_shape_an_unknown_path_gets) {
  using config::protocol;
  EXPECT_EQ(dialect_of("/v1/nothing", plain), protocol::openai);
  EXPECT_EQ(dialect_of("/v1/nothing", anthropic), protocol::anthropic);
  EXPECT_EQ(dialect_of("/v1beta/nothing", plain), protocol::gemini);
  EXPECT_EQ(dialect_of("/v1/messages", plain), protocol::anthropic);
  EXPECT_EQ(dialect_of("/api/chat", plain), std::nullopt);
}

TEST(endpoint, builds_the_providers_target) {
  struct {
    std::string_view method, path, query, base, model, expected;
  } const cases[]{
      {"POST", "/v1/chat/completions", "", "/v1", "m", "/v1/chat/completions"},
      {"POST", "/v1/embeddings", "a=b", "/x/v2", "m", "/x/v2/embeddings?a=b"},
      {"GET", "/v1/models/m", "", "/v1", "o/p q", "/v1/models/o/p%20q"},
      {"POST", "/v1/messages", "beta=true", "", "m", "/v1/messages?beta=true"},
      {"POST", "/v1beta/models/g:streamGenerateContent", "key=secret&alt=sse",
       "", "g2", "/v1beta/models/g2:streamGenerateContent?alt=sse"},
      {"POST", "/v1beta/models/g:generateContent", "%6bey=secret", "", "g",
       "/v1beta/models/g:generateContent"},
      {"POST", "/v1beta/tunedModels/x:generateContent", "", "/p",
       "tunedModels/x", "/p/v1beta/tunedModels/x:generateContent"},
      {"GET", "/v1beta/models", "pageSize=5&key=s&pageToken=t", "", "",
       "/v1beta/models?pageSize=5&pageToken=t"},
      {"GET", "/v1beta/models/g", "", "", "g?x", "/v1beta/models/g%3Fx"},
  };
  for (const auto& c : cases) {
    const auto found = find_endpoint(c.method, c.path, plain);
    ASSERT_TRUE(found) << c.path;
    EXPECT_EQ(upstream_path(*found, c.query, c.base, c.model), c.expected);
  }
}

TEST(endpoint, reads_whether_a_gemini_client_wants_events) {
  EXPECT_TRUE(asks_for_sse("alt=sse"));
  EXPECT_TRUE(asks_for_sse("key=k&alt=sse&x"));
  EXPECT_TRUE(asks_for_sse("%24alt=sse"));
  EXPECT_FALSE(asks_for_sse(""));
  EXPECT_FALSE(asks_for_sse("alt=json"));
  EXPECT_FALSE(asks_for_sse("xalt=sse"));
}

}  // namespace

}  // namespace troupe::http::wire
