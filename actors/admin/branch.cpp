#include "actors/admin/branch.hpp"

#include "actors/api_key/api_key.hpp"
#include "actors/api_key/key_memory.hpp"
#include "actors/key_pool/key_pool.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <cassert>
#include <utility>

namespace troupe {

namespace {

key_roster::duty duty_of(key_fate f) {
  switch (f) {
  case key_fate::lends:
    return key_roster::duty::lends;
  case key_fate::drains:
  case key_fate::leaves:
    return key_roster::duty::drains;
  case key_fate::gone:
    break;
  }
  return key_roster::duty::gone;
}

}  // namespace

std::function<void(std::string_view)> stage::restart_counter() const {
  return [catalog = metrics](std::string_view child) {
    catalog.actor_restarts(std::string{child}).Increment();
  };
}

branch::branch(const stage& on, std::string name, address<router_actor> router,
               provider_standing standing)
    : stage_(on), name_(std::move(name)),
      pool_name_("pool-" + standing.settings->name),
      router_(std::move(router)) {
  assume(std::move(standing));
}

std::string branch::key_name(key_index key) const {
  return "key-" + standing_.settings->keys[key].id.value();
}

void branch::assume(provider_standing next) {
  assert(next.settings->keys.size() == next.keys.size());
  standing_ = std::move(next);
  const auto before = published_.get();
  auto memories = before ? before->memories : decltype(state::memories){};
  auto made = std::make_shared<key_roster>();
  made->provider = standing_.settings;
  memories.resize(standing_.keys.size());
  for (key_index i = 0; i < standing_.keys.size(); ++i) {
    const bool is_new = roster_ == nullptr || i >= roster_->places.size();
    made->places.push_back(
        {standing_.settings->keys[i].id,
         is_new ? address<api_key_actor>{} : roster_->places[i].at,
         duty_of(standing_.keys[i])});
    if (standing_.keys[i] == key_fate::gone)
      memories[i] = nullptr;
    else if (memories[i] == nullptr)
      memories[i] = std::make_shared<key_memory>();
  }
  roster_ = std::move(made);
  published_.put({roster_, std::move(memories)});
}

key_brief branch::brief_of(key_index key) const {
  return {standing_.settings, standing_.settings->keys[key]};
}

child_spec branch::pool_recipe(const std::shared_ptr<const branch>& of) {
  const auto name = of->pool_name();
  return child_made_at(
      {name, of->stage_.thread_of(name), {}}, of->pool_, key_pool, [of, name] {
        const auto roster = of->published_.get()->roster;
        return key_pool_deps{.roster = roster,
                             .router = of->router_,
                             .metrics = key_pool_metrics_of(of->stage_.metrics,
                                                            *roster->provider),
                             .seed = of->stage_.seed_of(name)};
      });
}

child_spec branch::key_recipe(const std::shared_ptr<const branch>& of,
                              key_index key) {
  const auto now = of->published_.get();
  const auto name = "key-" + now->roster->places[key].id.value();
  // Its own, not looked up later: when the key is gone the branch forgets it.
  return child_made_at(
      {name, of->stage_.thread_of(name), {}}, now->roster->places[key].at,
      api_key, [of, name, key, memory = now->memories[key]] {
        const auto provider = of->published_.get()->roster->provider;
        return api_key_deps{
            .provider = provider,
            .entry = provider->keys[key],
            .index = key,
            .pool = of->pool_,
            .memory = memory,
            .metrics = api_key_metrics_of(of->stage_.metrics, provider->name,
                                          provider->keys[key].id),
            .seed = of->stage_.seed_of(name)};
      });
}

child_spec branch::recipe(const std::shared_ptr<const branch>& of) {
  const auto start = [of] {
    supervisor_deps deps;
    deps.name = of->name_;
    deps.on_restart = of->stage_.restart_counter();
    deps.children.push_back(pool_recipe(of));
    const auto now = of->published_.get();
    for (key_index i = 0; i < now->roster->places.size(); ++i)
      if (now->roster->places[i].on != key_roster::duty::gone)
        deps.children.push_back(key_recipe(of, i));
    return deps;
  };
  // Beside its pool.
  return child_made_at(
      {of->name_, of->stage_.thread_of(of->pool_name()), stage::root_budget()},
      of->supervisor_, troupe::supervisor, start);
}

}  // namespace troupe
