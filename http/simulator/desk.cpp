#include "http/simulator/desk.hpp"

#include "http/simulator/dice.hpp"

namespace troupe::simulator {

desk::desk(const settings& rules)
    : chances_(rules.faults), seed_(rules.seed),
      limiter_({.requests_per_minute = rules.requests_per_minute,
                .tokens_per_minute = rules.tokens_per_minute}) {}

verdict desk::admit(const visit& by, instant now) {
  verdict made;
  made.number = number();
  made.rate = limiter_.take(by.key, by.tokens, now.steady);
  if (made.rate.retry_after)
    return made;
  ++admitted_;
  made.befalls = draw(by, now);
  if (by.cache.asked)
    made.cached = !prefixes_.insert(by.cache.prefix);
  return made;
}

std::optional<fault> desk::draw(const visit& by, instant now) {
  const auto& wishes = by.wishes;
  const auto chance_of = [this](std::uint64_t what) {
    return share_of(mix(admitted_, seed_ + what));
  };
  if (wishes.fails && !is_up(by, now)) {
    const bool spent = wishes.once && !once_.insert(hash_of(*wishes.once));
    if (!spent && chance_of(0) < wishes.chance)
      return wishes.fails;
  }
  std::uint64_t what = 0;
  for (const auto& each : chances_)
    if (chance_of(++what) < each.chance)
      return each.what;
  return std::nullopt;
}

/// Whether a model that flaps is in one of its good spans; no other model is.
bool desk::is_up(const visit& by, instant now) {
  if (!by.wishes.flap)
    return false;
  const auto [up, down] = *by.wishes.flap;
  if (flaps_.size() >= memory_max)
    flaps_.erase(flaps_.begin());
  const auto since =
      flaps_.try_emplace(std::string{by.model}, now.steady).first->second;
  const auto whole = up + down;
  return whole.count() == 0 || (now.steady - since) % whole < up;
}

void desk::reset() {
  number_ = 0;
  admitted_ = 0;
  limiter_.clear();
  once_.clear();
  prefixes_.clear();
  flaps_.clear();
  records_.clear();
  letters_.clear();
}

}  // namespace troupe::simulator
