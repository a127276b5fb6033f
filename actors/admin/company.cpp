#include "actors/admin/company.hpp"

#include "actors/ingress/gate.hpp"
#include "actors/router/routing.hpp"
#include "config/provider_knobs.hpp"
#include "runtime/errc.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

bool plays(const company::member& m) {
  return m.who->standing().fate == provider_fate::plays;
}

// What is wrong with a secret that no configuration file has vouched for.
std::optional<caf::error> fault_in(const std::string& secret) {
  const auto read =
      config::as::key::read(secret, config::knobs::provider_keys.min,
                            config::knobs::provider_keys.max);
  if (const auto* c = std::get_if<config::complaint>(&read))
    return caf::make_error(errc::invalid_setting, "the key " + c->text);
  return std::nullopt;
}

}  // namespace

company::company(stage s, const settings_ptr& settings,
                 address<router_actor> router_at,
                 std::vector<address<ingress_actor>> ingresses_at,
                 std::vector<address<cache_shard_actor>> cache_shards_at)
    : on(std::move(s)), router(std::move(router_at)),
      ingresses(std::move(ingresses_at)),
      cache_shards(std::move(cache_shards_at)),
      routes_published(std::make_shared<published<routing_ptr>>()),
      gate_published(std::make_shared<published<gate_ptr>>()),
      settings_published(std::make_shared<published<settings_ptr>>()),
      settings_(settings) {
  for (const auto& p : settings->providers) {
    auto m = std::make_shared<member>();
    m->who = std::make_shared<branch>(on, free_name(p->name), router,
                                      standing_of(p));
    m->is_hired = true;
    m->keys_hired.assign(p->keys.size(), true);
    m->told = m->who->roster();
    members.push_back(m);
    routed_.push_back(std::move(m));
  }
  make_routing();
  make_gate();
  routes_published->put(routes_);
  gate_published->put(gate_);
  settings_published->put(settings_);
  owes_routing = false;
  owes_gate = false;
}

caf::expected<std::string> company::reload(const config::settings& next) {
  std::vector<provider_standing> present;
  for (const auto& m : members)
    present.push_back(m->who->standing());
  auto plan = plan_reload(*settings_, present, next);
  if (!plan)
    return std::move(plan.error());
  // From here on nothing can be refused.
  for (const auto i : plan->leaving) {
    auto standing = members[i]->who->standing();
    standing.fate = provider_fate::leaves;
    members[i]->who->assume(std::move(standing));
  }
  routed_.clear();
  for (auto& p : plan->providers) {
    if (!p.present) {
      auto m = std::make_shared<member>();
      m->who = std::make_shared<branch>(on, free_name(p.next.settings->name),
                                        router, std::move(p.next));
      members.push_back(m);
      routed_.push_back(std::move(m));
      continue;
    }
    const auto& m = members[*p.present];
    routed_.push_back(m);
    m->left_at.reset();
    if (p.is_changed)
      update(*m, std::move(p.next));
  }
  settings_ = plan->settings;
  settings_published->put(settings_);
  if (plan->routing_changed)
    make_routing();
  if (plan->gate_changed)
    make_gate();
  owes_bounds = owes_bounds || plan->caches_changed;
  owes_queues = owes_queues || plan->queues_changed;
  return plan->changes.summary();
}

caf::expected<std::string> company::add(const std::string& provider,
                                        const std::string& secret) {
  if (auto fault = fault_in(secret))
    return std::move(*fault);
  const auto found = std::ranges::find_if(members, [&](const auto& m) {
    return plays(*m) && m->who->standing().settings->name == provider;
  });
  if (found == members.end())
    return caf::make_error(errc::unknown_provider, provider);
  auto standing = (*found)->who->standing();
  const auto key = add_key(standing, secret);
  auto id = standing.settings->keys[key].id.value();
  update(**found, std::move(standing));
  return id;
}

caf::expected<void> company::set_fate(const std::string& id, key_fate fate) {
  const auto at = find_key(id);
  if (at.of == nullptr)
    return caf::make_error(errc::unknown_key, id);
  auto standing = at.of->who->standing();
  standing.keys[at.key] = fate;
  update(*at.of, std::move(standing));
  return caf::unit;
}

caf::expected<void> company::change(const std::string& id,
                                    const std::string& secret) {
  if (auto fault = fault_in(secret))
    return std::move(*fault);
  const auto at = find_key(id);
  if (at.of == nullptr)
    return caf::make_error(errc::unknown_key, id);
  auto standing = at.of->who->standing();
  auto changed =
      std::make_shared<config::provider_settings>(*standing.settings);
  for (std::size_t i = 0; i < changed->keys.size(); ++i)
    if (i != at.key && changed->keys[i].secret == secret)
      return caf::make_error(errc::invalid_setting,
                             "the key is the same as "
                                 + changed->keys[i].id.value());
  changed->keys[at.key].secret = secret;
  standing.settings = std::move(changed);
  update(*at.of, std::move(standing));
  return caf::unit;
}

void company::bury(member& of, key_index key) {
  auto standing = of.who->standing();
  auto stripped =
      std::make_shared<config::provider_settings>(*standing.settings);
  stripped->keys[key].secret.clear();
  standing.settings = std::move(stripped);
  standing.keys[key] = key_fate::gone;
  update(of, std::move(standing));
}

void company::send_keys_off(member& of) {
  auto standing = of.who->standing();
  for (auto& fate : standing.keys)
    if (fate != key_fate::gone)
      fate = key_fate::leaves;
  update(of, std::move(standing));
}

void company::let_go(member& who) {
  auto standing = who.who->standing();
  standing.fate = provider_fate::goes;
  who.who->assume(std::move(standing));
}

void company::forget(const member_ptr& who) {
  std::erase(members, who);
}

company::place company::find_key(const std::string& id) const {
  for (const auto& m : members) {
    const auto& s = m->who->standing();
    for (key_index i = 0; plays(*m) && i < s.keys.size(); ++i)
      if (s.keys[i] != key_fate::gone && s.settings->keys[i].id.value() == id)
        return {m.get(), i};
  }
  return {};
}

// A namesake may still be on its way out.
std::string company::free_name(const std::string& provider) const {
  const auto first = "provider-" + provider;
  auto name = first;
  for (int i = 2; std::ranges::any_of(
           members, [&](const auto& m) { return m->who->name() == name; });
       ++i)
    name = first + '#' + std::to_string(i);
  return name;
}

void company::update(member& m, provider_standing next) {
  m.who->assume(std::move(next));
  m.keys_hired.resize(m.who->standing().keys.size());
  m.owes_word = true;
}

void company::make_routing() {
  std::vector<address<key_pool_actor>> pools;
  for (const auto& m : routed_)
    pools.push_back(m->who->pool());
  routes_ = std::make_shared<const routing>(*settings_, std::move(pools));
  owes_routing = true;
}

void company::make_gate() {
  gate_ = std::make_shared<const gate>(
      settings_->auth, gate_mode_of(settings_->auth, settings_->http.listen));
  owes_gate = true;
}

}  // namespace troupe
