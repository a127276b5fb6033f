// What the cache had to do with an answer: the words of `x-troupe-cache`.

#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::http {

enum class cache_use : std::uint8_t {
  none,       ///< Not an answer of a model.
  bypass,     ///< Nothing: the answer is for this request only.
  miss,       ///< It was asked, and did not have it.
  hit,        ///< It had it.
  semantic,   ///< It had the answer to a question that means the same.
  coalesced,  ///< Another one's call was under way, and shared.
};

/// Returns `bypass`, `miss`, ...; empty for `none`.
constexpr std::string_view name_of(cache_use u) noexcept {
  switch (u) {
  case cache_use::none:
    break;
  case cache_use::bypass:
    return "bypass";
  case cache_use::miss:
    return "miss";
  case cache_use::hit:
    return "hit";
  case cache_use::semantic:
    return "semantic";
  case cache_use::coalesced:
    return "coalesced";
  }
  return {};
}

}  // namespace troupe::http
