#include "actors/cache_shard/cache_tally.hpp"

namespace troupe {

namespace {

constexpr std::array operation_names{
    std::string_view{"hit"},    std::string_view{"miss"},
    std::string_view{"stale"},  std::string_view{"negative"},
    std::string_view{"busy"},   std::string_view{"keep"},
    std::string_view{"remove"}, std::string_view{"evict"},
    std::string_view{"expire"}, std::string_view{"purge"},
    std::string_view{"reject"},
};
static_assert(operation_names.size() == cache_tally::operations);

}  // namespace

std::string_view name_of(cache_operation o) noexcept {
  return operation_names[static_cast<std::size_t>(o)];
}

void note(cache_statistics& in, cache_operation o) noexcept {
  using enum cache_operation;
  switch (o) {
  case hit:
  case negative:
    ++in.hits;
    return;
  case miss:
  case busy:
    ++in.misses;
    return;
  case stale:
    ++in.stale;
    return;
  case evict:
    ++in.evictions;
    return;
  case expire:
    ++in.expiries;
    return;
  default:
    return;
  }
}

}  // namespace troupe
