#include "http/cache/lead.hpp"

#include "http/cache/asking.hpp"

namespace troupe::http {

task<> lead::keep(executor where, cache_entry entry,
                  std::chrono::milliseconds ttl) {
  auto change = last_word();
  change.verb = cache_verb::keep;
  change.entry = std::move(entry);
  change.ttl_ms = static_cast<std::uint64_t>(ttl.count());
  co_await keep_one(*lane_, where, std::move(change));
}

task<> lead::yield(executor where) {
  auto change = last_word();
  co_await keep_one(*lane_, where, std::move(change));
}

void lead::give_back() {
  if (token_ != 0)
    keep_unasked(*lane_, last_word());
}

cache_change lead::last_word() {
  cache_change change;
  change.key = key_;
  change.verb = cache_verb::yield;
  change.token = std::exchange(token_, 0);
  return change;
}

}  // namespace troupe::http
