#include "runtime/error_words.hpp"

#include "runtime/errc.hpp"

namespace troupe {

std::string context_of(const caf::error& why) {
  if (!why || !why.context().match_elements<std::string>())
    return {};
  return why.context().get_as<std::string>(0);
}

std::string words_of(const caf::error& why) {
  std::string result{name_of(code_of(why))};
  if (const auto more = context_of(why); !more.empty())
    result += ": " + more;
  return result;
}

}  // namespace troupe
