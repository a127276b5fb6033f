#include "actors/semantic_cache/lexical.hpp"

#include "actors/semantic_cache/question.hpp"

#include <cmath>
#include <map>
#include <numeric>
#include <string>
// Header only: hashes of a few bytes need no library at run time.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace troupe {

namespace {

/// A name or number makes more of a question than another word does.
constexpr float weight_named = 1.5F;
/// Of a word that may be missing without harm.
constexpr float weight_light = 0.4F;
/// What a word that has synonyms keeps for itself ...
constexpr float weight_itself = 0.5F;
/// ... and what it shares with all its groups together.
constexpr float weight_groups = 1.0F;
/// Three letters; they bring words closer that are spelt alike.
constexpr float weight_letters = 0.15F;
constexpr std::size_t letters = 3;
/// What kind of answer is wanted.
constexpr float weight_kind = 0.5F;

// Weights by feature: ordered, so that sums come out the same everywhere.
using features = std::map<std::string, float>;

void add_word(const content_word& w, features& all) {
  const auto weight = w.named ? weight_named : w.light ? weight_light : 1.0F;
  all["w" + w.stem] += w.groups.empty() ? weight : weight * weight_itself;
  // In as many groups as it is, it means one thing at a time.
  const auto share =
      weight_groups / std::sqrt(static_cast<float>(w.groups.size()));
  for (const auto group : w.groups)
    all["g" + std::to_string(group)] += weight * share;
  const auto framed = "<" + w.stem + ">";
  for (std::size_t i = 0; i + letters <= framed.size(); ++i)
    all["l" + framed.substr(i, letters)] += weight * weight_letters;
}

void add_text(const char* mark, const std::string& text, features& all) {
  all[mark + text] += weight_named;
}

features features_of(const question& q) {
  features all;
  for (const auto& w : q.words)
    add_word(w, all);
  for (const auto& text : q.quotes)
    add_text("q", text, all);
  for (const auto& text : q.code)
    add_text("c", text, all);
  for (const auto& text : q.negations)
    add_text("n", text, all);
  if (q.whole)
    add_text("t", q.plain, all);
  else if (!all.empty())
    all["k" + std::string{name_of(q.kind)}] += weight_kind;
  return all;
}

// The n-th occurrence says less than the first; below one, all is as it is.
float dampened(float weight) {
  return weight > 1 ? 1 + std::log(weight) : weight;
}

}  // namespace

std::vector<float> embed_lexically(std::string_view text) {
  std::vector<float> vector(lexical_dimensions);
  for (const auto& [feature, weight] : features_of(read_question(text))) {
    const auto hash =
        XXH3_64bits_withSeed(feature.data(), feature.size(), lexical_version);
    const auto sign = hash >> 63 ? 1.0F : -1.0F;
    vector[hash % lexical_dimensions] += sign * dampened(weight);
  }
  const auto length = std::sqrt(
      std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0F));
  if (length > 0)
    for (auto& x : vector)
      x /= length;
  return vector;
}

}  // namespace troupe
