// Judges pairs of questions with the code of the semantic cache, for
// semantic.py.
//
// In: JSON lines {"one", "other"[, "cosine"]}. Out: a line for each, with the
// questions as they are embedded ("plain"), the cosine (of the lexical vectors
// where none is given), the score, and why the guard refuses ("refused", empty
// if it does not). `semantic_judge --cost` reads the same and prints what
// reading a question and comparing two of them cost, in microseconds.

#include "actors/semantic_cache/guard.hpp"
#include "actors/semantic_cache/lexical.hpp"
#include "actors/semantic_cache/plain_words.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace {

using nlohmann::json;

double lexical_cosine(const std::string& one, const std::string& other) {
  const auto a = troupe::embed_lexically(one);
  const auto b = troupe::embed_lexically(other);
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

json judge(const json& pair) {
  const auto one = pair.at("one").get<std::string>();
  const auto other = pair.at("other").get<std::string>();
  const auto a = troupe::read_question(one), b = troupe::read_question(other);
  const auto cosine = pair.contains("cosine") ? pair["cosine"].get<double>()
                                              : lexical_cosine(one, other);
  return {{"plain", {a.plain, b.plain}},
          {"cosine", cosine},
          {"score", troupe::semantic_score(cosine, a, b)},
          {"refused", troupe::differs(a, b).value_or("")}};
}

// Enough rounds that the clock's grain does not show.
constexpr int rounds = 20;

template <class Work>
double cost_us(std::size_t times, Work work) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i)
    work();
  const std::chrono::duration<double, std::micro> spent =
      std::chrono::steady_clock::now() - begin;
  return spent.count() / (rounds * static_cast<double>(times));
}

json costs(const std::vector<std::string>& texts) {
  std::vector<troupe::question> questions;
  for (const auto& text : texts)
    questions.push_back(troupe::read_question(text));
  std::size_t used = 0;
  const auto read = cost_us(texts.size(), [&] {
    for (const auto& text : texts)
      used += troupe::read_question(text).words.size();
  });
  const auto compare = cost_us(texts.size() / 2, [&] {
    for (std::size_t i = 0; i + 1 < questions.size(); i += 2)
      used += troupe::differs(questions[i], questions[i + 1]).has_value();
  });
  const auto embed = cost_us(texts.size(), [&] {
    for (const auto& text : texts)
      used += troupe::embed_lexically(text).size();
  });
  return {{"read_us", read},
          {"compare_us", compare},
          {"embed_us", embed},
          {"used", used}};
}

}  // namespace

int main(int argc, char** argv) {
  const bool cost = argc > 1 && std::string_view{argv[1]} == "--cost";
  std::vector<std::string> texts;
  for (std::string line; std::getline(std::cin, line);) {
    const auto pair = json::parse(line, nullptr, false);
    if (!pair.is_object() || !pair.contains("one") || !pair.contains("other")) {
      std::cerr << "semantic_judge: not a pair: " << line << '\n';
      return 2;
    }
    if (!cost)
      std::cout << judge(pair).dump() << '\n';
    texts.push_back(pair["one"]);
    texts.push_back(pair["other"]);
  }
  if (cost)
    std::cout << costs(texts).dump() << '\n';
  return 0;
}
