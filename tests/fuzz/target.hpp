// What a fuzz target is, and what it may say.
//
// A target is one function over bytes, with the signature libFuzzer wants; it
// aborts through `require` where a promise is broken. Each is linked with the
// seeded loop of driver.cpp, or with -fsanitize=fuzzer.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size);

namespace troupe::fuzz {

/// Inputs the loop starts from; each target brings its own.
std::vector<std::string_view> seeds();

inline void require(bool held, const char* promise) {
  if (held)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// Takes decisions from the front of the input, so that the input alone decides
/// what happens.
class choices {
public:
  choices(const std::uint8_t* bytes, std::size_t size)
      : begin_(reinterpret_cast<const char*>(bytes)), rest_(begin_, size) {}

  /// A number below `limit`; 0 when the input is used up. @pre limit > 0.
  std::size_t below(std::size_t limit) {
    if (rest_.empty())
      return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte % limit;
  }

  /// What follows the two decisions that the loop puts in front of a seed.
  /// @pre at most two were taken.
  std::string_view rest() const {
    const auto taken = static_cast<std::size_t>(rest_.data() - begin_);
    return rest_.substr(
        std::min(rest_.size(), 2 - std::min<std::size_t>(taken, 2)));
  }

private:
  const char* begin_;
  std::string_view rest_;
};

}  // namespace troupe::fuzz
