#include "actors/key_pool/key_ring.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <cassert>

namespace troupe {

namespace {

/// Pools of up to this many keys are picked from without an allocation.
constexpr std::size_t keys_usual = 16;

using candidates =
    boost::container::small_vector<const key_standing*, keys_usual>;

bool contains(const std::vector<key_index>& xs, key_index x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

bool is_better(const key_standing& a, const key_standing& b) {
  if (a.headroom != b.headroom)
    return a.headroom > b.headroom;
  return a.in_flight < b.in_flight;
}

// Two draws without repetition from one random number.
const key_standing& best_of_two(const candidates& from, std::uint64_t random) {
  const auto n = from.size();
  const auto i = random % n;
  if (n == 1)
    return *from[i];
  const auto j = (i + 1 + random / n % (n - 1)) % n;
  return is_better(*from[j], *from[i]) ? *from[j] : *from[i];
}

}  // namespace

bool is_usable(const key_standing& s, time_point now) noexcept {
  return s.condition == key_condition::usable || now >= s.usable_at;
}

key_ring::key_ring(std::size_t keys) : keys_(keys) {
  for (std::size_t i = 0; i < keys; ++i)
    keys_[i].index = static_cast<key_index>(i);
}

void key_ring::stand(const key_standing& standing) {
  assert(standing.index < keys_.size());
  keys_[standing.index] = standing;
}

void key_ring::sent(key_index key) {
  ++keys_[key].in_flight;
}

key_ring::choice key_ring::pick(const call& c, time_point now,
                                std::uint64_t random) const {
  candidates fresh;
  candidates burnt;
  for (const auto& k : keys_)
    if (is_usable(k, now) && !contains(c.declined, k.index))
      (contains(c.burnt, k.index) ? burnt : fresh).push_back(&k);
  const auto& from = fresh.empty() ? burnt : fresh;
  if (from.empty())
    return refuse(c);
  choice result;
  result.key = best_of_two(from, random).index;
  return result;
}

key_ring::choice key_ring::refuse(const call& c) const {
  choice result;
  result.refusal = errc::keys_dead;
  result.usable_at = c.soonest;
  for (const auto& k : keys_) {
    if (k.condition == key_condition::dead)
      continue;
    result.refusal = errc::keys_cooling;
    // A key that declined said in `soonest` when it can serve this very call.
    if (!contains(c.declined, k.index))
      result.usable_at = std::min(result.usable_at, k.usable_at);
  }
  return result;
}

}  // namespace troupe
