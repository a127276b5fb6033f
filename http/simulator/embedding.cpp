#include "http/simulator/embedding.hpp"

#include "http/simulator/dice.hpp"

#include <boost/beast/core/detail/base64.hpp>

#include <bit>
#include <cctype>
#include <cmath>

namespace troupe::simulator {

static_assert(std::endian::native == std::endian::little,
              "the wire carries little-endian floats");

std::vector<float> embed(std::string_view text, std::size_t dimensions) {
  // More tells no more about a text, and costs time.
  constexpr std::size_t read_max = 32'768;
  constexpr std::size_t gram = 3;
  // The frame makes texts shorter than a gram count, too.
  std::string framed = "^";
  for (const unsigned char c : text.substr(0, read_max))
    framed += static_cast<char>(std::tolower(c));
  framed += "$$";
  std::vector<float> sum(dimensions, 0.0F);
  for (std::size_t i = 0; i + gram <= framed.size(); ++i) {
    const auto bits = hash_of(std::string_view{framed}.substr(i, gram));
    sum[bits % dimensions] += (bits >> 63) != 0 ? 1.0F : -1.0F;
  }
  double square = 0;
  for (const auto each : sum)
    square += static_cast<double>(each) * static_cast<double>(each);
  if (square <= 0) {
    // Everything cancelled out, as may happen in few dimensions.
    sum[0] = 1;
    return sum;
  }
  const auto scale = 1 / std::sqrt(square);
  for (auto& each : sum)
    each = static_cast<float>(static_cast<double>(each) * scale);
  return sum;
}

std::string base64_of(std::string_view bytes) {
  namespace base64 = boost::beast::detail::base64;
  std::string text(base64::encoded_size(bytes.size()), '\0');
  text.resize(base64::encode(text.data(), bytes.data(), bytes.size()));
  return text;
}

std::string base64_of(const std::vector<float>& numbers) {
  return base64_of({reinterpret_cast<const char*>(numbers.data()),
                    numbers.size() * sizeof(float)});
}

}  // namespace troupe::simulator
