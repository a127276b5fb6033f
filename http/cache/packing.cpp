#include "http/cache/packing.hpp"

#include <utility>
#include <zstd.h>

namespace troupe::http {

namespace {

/// zstd's fastest ordinary level: the ratio of text hardly grows above it.
constexpr int level = 1;

/// Packed bytes worth having are at most this part of the plain ones.
constexpr std::size_t worth(std::size_t plain) {
  return plain - plain / 4;
}

/// Nothing larger is kept, whatever a broken frame says of itself.
constexpr std::size_t plain_size_max = 64u << 20;

}  // namespace

void pack(cache_entry& entry, std::string bytes) {
  entry.size = bytes.size();
  entry.packing = packing::as_is;
  if (bytes.size() >= packed_size_min) {
    std::string packed(ZSTD_compressBound(bytes.size()), '\0');
    const auto size = ZSTD_compress(packed.data(), packed.size(), bytes.data(),
                                    bytes.size(), level);
    if (ZSTD_isError(size) == 0 && size <= worth(bytes.size())) {
      packed.resize(size);
      packed.shrink_to_fit();
      entry.packing = packing::zstd;
      entry.value = shared_bytes{std::move(packed)};
      return;
    }
  }
  entry.value = shared_bytes{std::move(bytes)};
}

std::string unpack(const cache_entry& entry) {
  const auto kept = entry.value.view();
  if (entry.packing == packing::as_is)
    return std::string{kept};
  if (entry.size > plain_size_max)
    return {};
  std::string plain(entry.size, '\0');
  const auto size =
      ZSTD_decompress(plain.data(), plain.size(), kept.data(), kept.size());
  if (ZSTD_isError(size) != 0 || size != entry.size)
    return {};
  return plain;
}

}  // namespace troupe::http
