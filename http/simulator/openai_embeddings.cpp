// Writing OpenAI embeddings.

#include "http/simulator/embedding.hpp"
#include "http/simulator/openai.hpp"

#include <algorithm>

namespace troupe::simulator {

namespace {

/// A text as it is; tokens as the text of their numbers.
std::string text_of(const json& input) {
  return input.is_string() ? input.get<std::string>() : write_json(input);
}

}  // namespace

void write_openai_embedding(const composition& with, script& to) {
  const auto& input = with.body["input"];
  // An array of numbers is one text, given as tokens.
  const bool is_batch = input.is_array() && !input.front().is_number();
  const auto dimensions = with.body.value("dimensions", json(nullptr));
  const auto size = dimensions.is_number_unsigned()
                        ? dimensions.get<std::size_t>()
                        : dimensions_usual;
  const bool packed = text_at(with.body, "encoding_format") == "base64";
  auto rows = json::array();
  const auto add = [&](const json& one) {
    const auto numbers = embed(text_of(one), size);
    rows.push_back(
        {{"object", "embedding"},
         {"index", rows.size()},
         {"embedding", packed ? json(base64_of(numbers)) : json(numbers)}});
  };
  if (is_batch)
    std::ranges::for_each(input, add);
  else
    add(input);
  write_whole(with,
              {{"object", "list"},
               {"data", std::move(rows)},
               {"model", with.asked.model},
               {"usage",
                {{"prompt_tokens", with.used.input},
                 {"total_tokens", with.used.input}}}},
              to);
}

}  // namespace troupe::simulator
