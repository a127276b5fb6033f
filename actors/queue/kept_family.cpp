#include "actors/queue/kept_family.hpp"

#include <bit>
#include <cassert>
#include <utility>

namespace troupe {

namespace {

constexpr std::uint32_t word_bits = 64;

/// What a key has room for, job_papers.hpp.
constexpr std::uint32_t total_max = 1u << 20;

std::uint64_t bit_of(std::uint32_t index) {
  return std::uint64_t{1} << index % word_bits;
}

std::size_t words_for(std::uint32_t total) {
  return (std::size_t{total} + word_bits - 1) / word_bits;
}

std::uint32_t count(const job_family::bits& all) {
  std::uint32_t out = 0;
  for (const auto word : all)
    out += static_cast<std::uint32_t>(std::popcount(word));
  return out;
}

}  // namespace

job_family::job_family(std::uint32_t total)
    : total_(total), ended_(words_for(total)), failed_(words_for(total)) {}

std::optional<job_family> job_family::read(std::uint32_t total, bits ended,
                                           bits failed) {
  if (total == 0 || total > total_max)
    return {};
  job_family out{total};
  // None of them is left out.
  if (ended.empty())
    ended = out.ended_;
  if (failed.empty())
    failed = out.failed_;
  if (ended.size() != out.ended_.size() || failed.size() != ended.size())
    return {};
  for (std::size_t i = 0; i < ended.size(); ++i)
    if ((failed[i] & ~ended[i]) != 0)
      return {};
  if (const auto rest = total % word_bits;
      rest != 0 && ended.back() >> rest != 0)
    return {};
  out.ended_ = std::move(ended);
  out.failed_ = std::move(failed);
  return out;
}

void job_family::end(std::uint32_t index, bool is_well) {
  assert(index < total_);
  ended_[index / word_bits] |= bit_of(index);
  auto& failed = failed_[index / word_bits];
  failed = is_well ? failed & ~bit_of(index) : failed | bit_of(index);
}

bool job_family::has_ended(std::uint32_t index) const {
  assert(index < total_);
  return (ended_[index / word_bits] & bit_of(index)) != 0;
}

child_counts job_family::counts() const {
  return {.total = total_,
          .pending = total_ - count(ended_),
          .failed = count(failed_)};
}

}  // namespace troupe
