#include "http/wire/credential.hpp"

#include <openssl/evp.h>

#include <array>

namespace troupe::http::wire {

std::string_view credential_of(const request& req) {
  constexpr std::string_view scheme = "Bearer ";
  if (const auto value = req.headers.find("authorization");
      value && value->size() > scheme.size()
      && same_token(value->substr(0, scheme.size()), scheme))
    return value->substr(scheme.size());
  for (const std::string_view name : {"x-api-key", "x-goog-api-key"})
    if (const auto value = req.headers.find(name); value && !value->empty())
      return *value;
  return req.query_value("key").value_or("");
}

std::string credential_sha256(const request& req) {
  const auto key = credential_of(req);
  if (key.empty())
    return {};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(),
             nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * size);
  for (unsigned i = 0; i < size; ++i) {
    hex.push_back(digits[digest[i] >> 4]);
    hex.push_back(digits[digest[i] & 15]);
  }
  return hex;
}

}  // namespace troupe::http::wire
