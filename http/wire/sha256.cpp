#include "http/wire/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>

namespace troupe::http::wire {

namespace {

struct digester {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> method{
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
      EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  thread_local digester mine;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (!mine.method || !mine.context
      || EVP_DigestInit_ex2(mine.context.get(), mine.method.get(), nullptr) != 1
      || EVP_DigestUpdate(mine.context.get(), bytes.data(), bytes.size()) != 1
      || EVP_DigestFinal_ex(mine.context.get(), digest.data(), &size) != 1)
    return {};
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
