#include "actors/semantic_cache/plain_words.hpp"

#include "actors/semantic_cache/question.hpp"

namespace troupe {

std::string plain_words(std::string_view text) {
  return read_question(text).plain;
}

}  // namespace troupe
