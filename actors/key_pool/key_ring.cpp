#include "actors/key_pool/key_ring.hpp"

#include "actors/key_pool/waiting_line.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

// Header only: two hashes of a few bytes need no library at run time.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace troupe {

namespace {

using std::chrono::milliseconds;

/// Pools of up to this many keys are picked from without an allocation.
constexpr std::size_t keys_usual = 16;

/// Room for a call of any size.
constexpr auto tokens_any = std::numeric_limits<std::uint64_t>::max();

using key_list =
    boost::container::small_vector<const key_standing*, keys_usual>;

bool contains(const std::vector<key_index>& xs, key_index x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

// The shortest known time of all; 0 if none is known.
milliseconds fastest_of(const key_list& from) {
  milliseconds result{0};
  for (const auto* s : from)
    if (s->first_byte > milliseconds{0}
        && (result == milliseconds{0} || s->first_byte < result))
      result = s->first_byte;
  return result;
}

bool is_better(const key_standing& a, const key_standing& b,
               milliseconds fastest) {
  const auto score_a = score(a, fastest);
  const auto score_b = score(b, fastest);
  if (score_a != score_b)
    return score_a > score_b;
  return a.in_flight < b.in_flight;
}

// Two draws without repetition from one random number.
const key_standing& best_of_two(const key_list& from, std::uint64_t random) {
  const auto n = from.size();
  const auto i = random % n;
  if (n == 1)
    return *from[i];
  const auto j = (i + 1 + random / n % (n - 1)) % n;
  return is_better(*from[j], *from[i], fastest_of(from)) ? *from[j] : *from[i];
}

}  // namespace

bool is_usable(const key_standing& s, time_point now) noexcept {
  return s.condition == key_condition::usable || now >= s.usable_at;
}

double score(const key_standing& s, milliseconds fastest) noexcept {
  const auto best = std::max(fastest, key_ring::latency_floor);
  const auto own = std::max(s.first_byte, best);
  return s.headroom * static_cast<double>(best.count())
         / static_cast<double>(own.count());
}

void key_ring::adopt(roster_ptr roster) {
  assert(roster != nullptr);
  const auto lent = [&](std::size_t i) {
    return i < standings_.size()
           && roster_->places[i].on != key_roster::duty::gone;
  };
  const auto& places = roster->places;
  std::vector<key_standing> standings(places.size());
  std::vector<memory> memories(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (lent(i) && roster_->places[i].id == places[i].id) {
      standings[i] = standings_[i];
      memories[i] = memories_[i];
    }
    standings[i].index = static_cast<key_index>(i);
    const auto& name = places[i].id.value();
    memories[i].name_hash = XXH3_64bits(name.data(), name.size());
  }
  standings_ = std::move(standings);
  memories_ = std::move(memories);
  roster_ = std::move(roster);
}

void key_ring::stand(const key_standing& standing) {
  if (standing.index >= standings_.size())
    return;
  auto& s = standings_[standing.index];
  auto& m = memories_[standing.index];
  // With more room than before, what was learned by asking is out of date.
  if (standing.tokens_free > s.tokens_free)
    m.fits_at.reset();
  s = standing;
  s.in_flight += m.calls_sent;
}

void key_ring::sent(key_index key, std::uint64_t tokens, time_point now) {
  ++standings_[key].in_flight;
  auto& m = memories_[key];
  ++m.calls_sent;
  m.tokens_sent += tokens;
  if (m.fits_at && *m.fits_at <= now)
    m.fits_at.reset();  // The answer will tell.
}

void key_ring::answered(key_index key, std::uint64_t tokens) {
  if (key >= memories_.size())
    return;
  auto& m = memories_[key];
  m.calls_sent -= std::min(m.calls_sent, 1u);
  m.tokens_sent -= std::min(m.tokens_sent, tokens);
}

// What it did counts more than what it said, so that it is not asked again at
// once for what it has just declined.
void key_ring::declined(key_index key, const call& c, time_point now) {
  if (key >= standings_.size())
    return;
  auto& s = standings_[key];
  auto& m = memories_[key];
  if (!is_usable(s, now))
    return;  // It said itself until when it rests.
  const auto size = size_of(c);
  s.tokens_free = std::min(s.tokens_free, size - 1);
  const auto known = m.fits_at && *m.fits_at > now;
  if (known && m.short_of < size)
    return;  // The smaller one fits first.
  m.short_of = size;
  m.fits_at = c.soonest < time_point::max()
                  ? std::max(c.soonest, now + recheck_min)
                  : now + turnover;
}

key_ring::choice key_ring::pick(const call& c, time_point now,
                                std::uint64_t random) const {
  // Fresh, burnt; then those that can only tell when.
  std::array<key_list, 3> from;
  const auto own = own_key(c.affinity);
  for (const auto& s : standings_) {
    const auto fits = fit_of(s.index, size_of(c), now);
    if (fits == fit::no || contains(c.declined, s.index))
      continue;
    const auto is_burnt = contains(c.burnt, s.index);
    if (fits == fit::sure && !is_burnt && own == s.index
        && s.headroom >= sticky_reserve)
      return {.key = s.index};
    from[fits == fit::unsure ? 2 : is_burnt ? 1 : 0].push_back(&s);
  }
  for (const auto& tier : from)
    if (!tier.empty())
      return {.key = best_of_two(tier, random).index};
  return refusal(c, now);
}

std::uint64_t key_ring::room(time_point now) const {
  std::uint64_t result = 0;
  for (const auto& s : standings_)
    if (lends(s.index))
      result = std::max(result, tokens_room(s.index, now));
  return result;
}

std::optional<key_index> key_ring::unknown(std::uint64_t tokens,
                                           time_point now) const {
  for (const auto& s : standings_) {
    const auto& m = memories_[s.index];
    const auto is_known = m.fits_at && m.short_of <= tokens;
    if (!is_known && m.calls_sent == 0
        && fit_of(s.index, tokens, now) == fit::unsure)
      return s.index;
  }
  return std::nullopt;
}

std::optional<time_point> key_ring::next_room(time_point now) const {
  std::optional<time_point> result;
  for (const auto& s : standings_) {
    const auto& at = memories_[s.index].fits_at;
    if (lends(s.index) && is_usable(s, now) && at && *at > now)
      result = std::min(result.value_or(time_point::max()), *at);
  }
  return result;
}

bool key_ring::is_dead() const {
  bool any = false;
  for (const auto& s : standings_) {
    if (lends(s.index) && s.condition != key_condition::dead)
      return false;
    any = any || lends(s.index);
  }
  return any;
}

bool key_ring::lends(key_index i) const {
  return roster_->places[i].on == key_roster::duty::lends;
}

bool key_ring::has_call_room(key_index i) const {
  return standings_[i].calls_free > memories_[i].calls_sent;
}

// The tokens this key takes for sure, as far as anybody can know. Of a key that
// is past its time, what it said is past too: it is asked one call at a time,
// until it is heard of again.
std::uint64_t key_ring::tokens_room(key_index i, time_point now) const {
  const auto& s = standings_[i];
  const auto& m = memories_[i];
  const auto is_past = s.condition != key_condition::usable;
  const auto is_quiet = m.calls_sent == 0;
  if (!is_usable(s, now) || (is_past ? !is_quiet : !has_call_room(i)))
    return 0;
  if (m.fits_at && now >= *m.fits_at && is_quiet)
    return tokens_any;
  if (is_past)
    return m.fits_at ? m.short_of - 1 : tokens_any;
  return s.tokens_free - std::min(s.tokens_free, m.tokens_sent);
}

key_ring::fit key_ring::fit_of(key_index i, std::uint64_t tokens,
                               time_point now) const {
  if (!lends(i))
    return fit::no;
  if (tokens_room(i, now) >= tokens)
    return fit::sure;
  const auto& s = standings_[i];
  const auto& m = memories_[i];
  const auto is_past = s.condition != key_condition::usable;
  const auto is_known = m.fits_at && m.short_of == tokens && now < *m.fits_at;
  if (!is_usable(s, now) || is_known
      || (is_past ? m.calls_sent > 0 : s.calls_free == 0))
    return fit::no;
  return fit::unsure;
}

// Rendezvous hashing: every key has a lot for every conversation, the highest
// wins. A key that comes or goes moves only what it wins or had won.
std::optional<key_index> key_ring::own_key(std::uint64_t affinity) const {
  std::optional<key_index> result;
  if (affinity == 0)
    return result;
  std::uint64_t highest = 0;
  for (const auto& s : standings_) {
    if (!lends(s.index))
      continue;
    const auto lot = XXH3_64bits_withSeed(&affinity, sizeof affinity,
                                          memories_[s.index].name_hash);
    if (!result || lot > highest) {
      result = s.index;
      highest = lot;
    }
  }
  return result;
}

key_ring::choice key_ring::refusal(const call& c, time_point now) const {
  choice result;
  result.refusal = errc::keys_dead;
  result.usable_at = c.soonest;
  for (const auto& s : standings_) {
    if (!lends(s.index) || s.condition == key_condition::dead)
      continue;
    result.refusal = errc::keys_cooling;
    // A key that declined said in `soonest` when it can serve this very call.
    if (!contains(c.declined, s.index))
      result.usable_at = std::min(result.usable_at, recovery(s.index, c, now));
  }
  return result;
}

time_point key_ring::recovery(key_index i, const call& c,
                              time_point now) const {
  const auto& s = standings_[i];
  const auto& m = memories_[i];
  if (s.condition != key_condition::usable && s.usable_at > now)
    return s.usable_at;
  if (m.fits_at && *m.fits_at > now && m.short_of == size_of(c))
    return *m.fits_at;
  if (now < c.soonest && c.soonest < time_point::max())
    return c.soonest;  // What it heard when it last asked.
  return now + turnover;
}

}  // namespace troupe
