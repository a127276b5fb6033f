// Vectors taken out of answers and put together again: nothing is kept whose
// owner is not certain, and the usage says what was really asked.

#include "http/wire/embedding_vectors.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http::wire {

namespace {

using nlohmann::json;

TEST(embedding_vectors, are_kept_as_they_were_written) {
  const std::string body =
      R"({"data":[{"index":1,"embedding":[ 1.50, -2E-3 ]},)"
      R"({"index":0,"embedding":[0.1]}],"model":"m\u0041"})";
  const auto found = read_vectors(endpoint::embeddings, body, 2);
  ASSERT_TRUE(found);
  const auto text = [&](std::size_t i) {
    return body.substr(found->vectors[i].at, found->vectors[i].size);
  };
  EXPECT_EQ(text(0), "[0.1]");
  EXPECT_EQ(text(1), "[ 1.50, -2E-3 ]");
  const auto bytes = written({found->model, text(1)});
  const auto kept = read_kept_vector(bytes);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->model, R"("m\u0041")");
  EXPECT_EQ(kept->vector, "[ 1.50, -2E-3 ]");
  EXPECT_FALSE(read_kept_vector(""));
  EXPECT_FALSE(read_kept_vector("\"m\"\n"));
}

TEST(embedding_vectors, are_none_where_it_is_not_known_whose_they_are) {
  for (
      const char* body : {
          R"({"data":[{"index":0,"embedding":[1]}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[2]}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[2]}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"embedding":[2]}]})",
          R"({"data":[{"embedding":[1]},{"index":1,"embedding":[2]}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":1}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[]}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":""}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[null]}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,,2]}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[2]}],"data":[]})",
          R"({"error":{"message":"no"}})",
          "",
      })
    EXPECT_FALSE(read_vectors(endpoint::embeddings, body, 2)) << body;
  EXPECT_TRUE(
      read_vectors(endpoint::embeddings,
                   R"({"data":[{"embedding":[1]},{"embedding":"AA=="}]})", 2));
  EXPECT_FALSE(read_vectors(endpoint::embed_content,
                            R"({"embedding":{"other":[1]}})", 1));
  EXPECT_FALSE(read_vectors(endpoint::batch_embed_contents,
                            R"({"embeddings":[{"values":[1]}]})", 2));
}

/// Joins two vectors, one of them known, into `body`, which has the other.
std::string joined(const std::string& body) {
  const auto found = read_vectors(endpoint::embeddings, body, 1);
  EXPECT_TRUE(found);
  const std::string_view vectors[]{"[7]", "[8]"};
  return join_vectors({endpoint::embeddings, vectors, 1}, body, *found);
}

TEST(embedding_vectors, say_what_was_really_asked) {
  constexpr auto* list = R"([{"object":"embedding","index":0,"embedding":[7]},)"
                         R"({"object":"embedding","index":1,"embedding":[8]}])";
  const auto data = R"({"data":)" + std::string{list};
  EXPECT_EQ(
      joined(R"({"data":[{"embedding":[8]}],"usage":{"prompt_tokens":2}})"),
      data + R"(,"usage":{"prompt_tokens":2,"troupe":{"cached":1}}})");
  EXPECT_EQ(joined(R"({"usage":{ },"x":1,"data":[{"embedding":[8]}]})"),
            R"({"usage":{ "troupe":{"cached":1}},"x":1,"data":)"
                + std::string{list} + "}");
  EXPECT_EQ(joined(R"({"data":[{"embedding":[8]}]})"), data + "}");
  EXPECT_EQ(
      joined(
          R"({"data":[{"embedding":[8]}],"usage":{"troupe":{"cached":9},"a":1}})"),
      data + R"(,"usage":{"troupe":{"cached":1},"a":1}})");
}

TEST(embedding_vectors, cost_nothing_where_nothing_was_asked) {
  const std::string_view two[]{"[7]", "\"AAA=\""};
  const auto openai =
      json::parse(join_vectors({endpoint::embeddings, two, 2}, R"("m")"));
  EXPECT_EQ(openai["object"], "list");
  EXPECT_EQ(openai["model"], "m");
  EXPECT_EQ(openai["data"][1]["embedding"], "AAA=");
  EXPECT_EQ(
      openai["usage"],
      json::parse(
          R"({"prompt_tokens":0,"total_tokens":0,"troupe":{"cached":2}})"));
  const std::string_view one[]{R"({"values":[7]})"};
  EXPECT_EQ(join_vectors({endpoint::embed_content, one, 1}, ""),
            R"({"embedding":{"values":[7]}})");
  EXPECT_EQ(join_vectors({endpoint::batch_embed_contents, one, 1}, ""),
            R"({"embeddings":[{"values":[7]}]})");
}

}  // namespace

}  // namespace troupe::http::wire
