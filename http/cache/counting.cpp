#include "http/cache/counting.hpp"

#include "http/ask.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <utility>

namespace troupe::http {

namespace {

/// Longer than the desk waits for its shards.
constexpr std::chrono::seconds patience{3};

using count_ticket = ticket<std::string, cache_counts>;

/// Collects the answers; the ticket is answered with the last of them.
struct messenger {
  count_ticket asked;
  cache_counts counts;
  std::size_t awaited = 0;

  void heard(cache_statistics* into, const cache_statistics& what) {
    *into = what;
    arrived();
  }
  void arrived() {
    if (--awaited == 0)
      asked.answer(std::move(counts));
  }
};

void ask_one(caf::event_based_actor* self, const cache_desk_actor& desk,
             const std::shared_ptr<messenger>& by, cache_space space,
             const std::string& tenant, cache_statistics* into) {
  ++by->awaited;
  self->request(desk, caf::duration{patience}, atom::status_v, space, tenant)
      .then([by, into](const cache_statistics& got) { by->heard(into, got); },
            [by](const caf::error&) { by->arrived(); });
}

void carry(caf::event_based_actor* self, const cache_desk_actor& desk,
           const count_ticket& asked) {
  auto by = std::make_shared<messenger>();
  by->asked = asked;
  for (std::size_t i = 0; i < cache_space_count; ++i) {
    const auto space = static_cast<cache_space>(i);
    ask_one(self, desk, by, space, asked.matter(), &by->counts.of_tenant[i]);
    ask_one(self, desk, by, space, {}, &by->counts.of_all[i]);
  }
}

void send_messenger(const cache_desk_actor& desk, const count_ticket& asked) {
  if (desk)
    caf::actor_cast<caf::actor>(desk)->home_system().spawn(carry, desk, asked);
}

}  // namespace

task<cache_counts> count_caches(lane& l, executor where, std::string tenant) {
  auto got = co_await ask<cache_counts>(
      where, std::move(tenant),
      [&l](count_ticket t) { send_messenger(l.cache.current(), t); });
  cache_counts counts;
  if (got)
    counts = *got;
  co_return counts;
}

}  // namespace troupe::http
