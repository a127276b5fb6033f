// Vectors are read whole, in the order of the texts, or not at all.

#include "http/wire/numeric_vectors.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace troupe::http::wire {
namespace {

std::string item(int index, const std::string& vector) {
  return R"({"object":"embedding","index":)" + std::to_string(index)
         + R"(,"embedding":)" + vector + "}";
}

std::string answer(const std::string& items) {
  return R"({"object":"list","data":[)" + items + R"(],"model":"m"})";
}

TEST(numeric_vectors, are_scaled_to_length_one) {
  const auto got = read_vectors(answer(item(0, "[3, 4.0]")), 1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_FLOAT_EQ(got[0][0], 0.6F);
  EXPECT_FLOAT_EQ(got[0][1], 0.8F);
}

TEST(numeric_vectors, are_in_the_order_of_the_texts) {
  const auto got =
      read_vectors(answer(item(1, "[0,1]") + "," + item(0, "[1,0]")), 2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0], (std::vector<float>{1, 0}));
  EXPECT_EQ(got[1], (std::vector<float>{0, 1}));
}

TEST(numeric_vectors, what_is_not_whole_is_nothing) {
  for (const auto& body : {
           std::string{},
           std::string{"no JSON"},
           std::string{"[]"},
           std::string{"{}"},
           std::string{R"({"data":{}})"},
           answer(""),
           answer(item(0, "[1,0]")),                           // One too few.
           answer(item(0, "[1,0]") + "," + item(0, "[1,0]")),  // Twice.
           answer(item(0, "[1,0]") + "," + item(2, "[1,0]")),  // Of what?
           answer(item(0, "[1,0]") + "," + item(-1, "[1,0]")),
           answer(item(0, "[1,0]") + "," + item(1, "[1]")),  // Shorter.
           answer(item(0, "[1,0]") + "," + item(1, "[]")),
           answer(item(0, "[1,0]") + "," + item(1, "[0,0]")),  // No direction.
           answer(item(0, "[1,0]") + "," + item(1, R"(["1",0])")),
           answer(item(0, "[1,0]") + "," + item(1, "[null,0]")),
           answer(item(0, "[1,0]") + "," + item(1, R"("AACAPw==")")),
           answer(item(0, "[1,0]") + "," + item(1, "[1e300,1e300]")),
           answer(item(0, "[1,0]") + R"(,{"embedding":[1,0]})"),
           answer(item(0, "[1,0]") + ",7"),
       })
    EXPECT_TRUE(read_vectors(body, 2).empty()) << body;
}

TEST(numeric_vectors, has_a_bound_on_the_parts_of_one) {
  std::string parts = "[1";
  for (std::size_t i = 1; i < vector_parts_max; ++i)
    parts += ",1";
  EXPECT_EQ(read_vectors(answer(item(0, parts + "]")), 1).size(), 1U);
  EXPECT_TRUE(read_vectors(answer(item(0, parts + ",1]")), 1).empty());
}

TEST(numeric_vectors, are_asked_for_as_numbers) {
  const auto body = nlohmann::json::parse(
      embeddings_request("m", {"plain", "with \"quotes\"", "\xff broken"}));
  EXPECT_EQ(body["model"], "m");
  EXPECT_EQ(body["encoding_format"], "float");
  EXPECT_EQ(body["input"][1], "with \"quotes\"");
  EXPECT_EQ(body["input"].size(), 3U);
}

}  // namespace
}  // namespace troupe::http::wire
