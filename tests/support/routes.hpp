// Routings for tests of the router's brains: providers a, b, c, ... and a model
// `m` that each of them serves as `m-a`, `m-b`, ...; every pool is nobody.

#pragma once

#include "actors/router/routing.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::testing {

/// The provider at a place, for changing before the routing is made.
inline config::provider_settings& provider_at(config::settings& s,
                                              std::size_t i) {
  return const_cast<config::provider_settings&>(*s.providers[i]);
}

/// Adds a provider without jitter: what waits, waits to the millisecond.
inline void add_provider(config::settings& s, std::string name,
                         config::protocol spoken = config::protocol::openai) {
  auto p = std::make_shared<config::provider_settings>();
  p->name = std::move(name);
  p->protocol = spoken;
  p->retry.jitter = 0;
  s.providers.push_back(std::move(p));
}

/// `m` at so many providers, the first one preferred.
inline config::settings
serving(std::size_t targets, config::strategy by = config::strategy::priority) {
  config::settings s;
  config::model_settings m;
  m.name = "m";
  m.strategy = by;
  for (std::size_t i = 0; i < targets; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    add_provider(s, name);
    config::target_settings t;
    t.provider = name;
    t.model = "m-" + name;
    t.priority = static_cast<std::uint32_t>(i + 1);
    m.targets.push_back(std::move(t));
  }
  s.models.push_back(std::move(m));
  return s;
}

inline routing_ptr routes_of(const config::settings& s) {
  return std::make_shared<const routing>(
      s, std::vector<address<key_pool_actor>>(s.providers.size()));
}

/// Where `m` is served by the provider of that name.
inline target_index target_at(const routing& r, const std::string& provider) {
  for (std::size_t i = 0; i < r.targets().size(); ++i)
    if (r.targets()[i].name == provider + "/m-" + provider)
      return static_cast<target_index>(i);
  return static_cast<target_index>(r.targets().size());
}

}  // namespace troupe::testing
