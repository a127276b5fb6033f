#include "actors/admin/reload_plan.hpp"

#include "actors/admin/fixed_settings.hpp"
#include "runtime/errc.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace troupe {

namespace {

using provider_ptr = std::shared_ptr<const config::provider_settings>;

using queue_list = decltype(config::settings::queues);

// How many of a list came, went and changed; elements are known by `name`.
template <class List>
change_count compare(const List& now, const List& next) {
  change_count result;
  const auto find = [](const List& in, const std::string& name) {
    return std::ranges::find_if(in,
                                [&](const auto& x) { return x.name == name; });
  };
  for (const auto& x : next)
    if (const auto old = find(now, x.name); old == now.end())
      ++result.added;
    else if (!(*old == x))
      ++result.changed;
  for (const auto& x : now)
    if (find(next, x.name) == next.end())
      ++result.removed;
  return result;
}

// @pre both name the same queues in the same order.
std::uint32_t count_changed(const queue_list& now, const queue_list& next) {
  std::uint32_t changed = 0;
  for (std::size_t i = 0; i < now.size(); ++i)
    changed += *now[i] == *next[i] ? 0 : 1;
  return changed;
}

bool differs_beside_keys(const config::provider_settings& a,
                         config::provider_settings b) {
  b.keys = a.keys;
  return !(a == b);
}

bool is_here(key_fate f) {
  return f == key_fate::lends || f == key_fate::drains;
}

/// Works one plan out.
class planning {
public:
  planning(const config::settings& now,
           const std::vector<provider_standing>& present,
           const config::settings& next)
      : now_(now), present_(present), next_(next) {}

  reload_plan make() {
    for (const auto& p : next_.providers)
      plan_provider(*p);
    for (std::size_t i = 0; i < present_.size(); ++i)
      if (present_[i].fate != provider_fate::goes && !is_matched(i))
        plan_leave(i);
    auto effective = without_restart(now_, next_);
    effective.providers.clear();
    for (const auto& p : plan_.providers)
      effective.providers.push_back(p.next.settings);
    describe(effective);
    plan_.settings =
        std::make_shared<const config::settings>(std::move(effective));
    return std::move(plan_);
  }

private:
  void plan_provider(const config::provider_settings& next) {
    const auto index = find_present(next);
    reload_plan::provider made;
    made.present = index;
    if (index) {
      const auto& present = present_[*index];
      made.next = merge(present, next);
      made.is_changed = !(*made.next.settings == *present.settings)
                        || made.next.keys != present.keys
                        || present.fate != provider_fate::plays;
      if (!made.is_changed)
        made.next.settings = present.settings;
      count(present, made.next);
    } else {
      // Its namesake, on the way out, has used up some ids.
      provider_standing nobody;
      nobody.settings = std::make_shared<const config::provider_settings>();
      nobody.last_number = last_number_of(next.name);
      made.next = merge(nobody, next);
      made.is_changed = true;
      ++plan_.changes.providers.added;
      count_keys(nobody, made.next);
    }
    plan_.providers.push_back(std::move(made));
  }

  void plan_leave(std::size_t index) {
    plan_.leaving.push_back(index);
    if (present_[index].fate != provider_fate::plays)
      return;
    ++plan_.changes.providers.removed;
    plan_.changes.keys.removed += static_cast<std::uint32_t>(
        std::ranges::count_if(present_[index].keys, is_here));
  }

  // Who plays comes before who leaves: a provider may have left twice.
  std::optional<std::size_t>
  find_present(const config::provider_settings& next) const {
    for (const auto fate : {provider_fate::plays, provider_fate::leaves})
      for (std::size_t i = 0; i < present_.size(); ++i)
        if (const auto& p = present_[i];
            p.fate == fate && !is_matched(i) && p.settings->name == next.name
            && p.settings->protocol == next.protocol)
          return i;
    return std::nullopt;
  }

  bool is_matched(std::size_t index) const {
    return std::ranges::any_of(
        plan_.providers, [&](const auto& p) { return p.present == index; });
  }

  std::uint32_t last_number_of(const std::string& name) const {
    std::uint32_t last = 0;
    for (const auto& p : present_)
      if (p.settings->name == name)
        last = std::max(last, p.last_number);
    return last;
  }

  // Keeps the places of `present` and adds those that are new.
  static provider_standing merge(const provider_standing& present,
                                 const config::provider_settings& next) {
    std::unordered_set<std::string_view> wanted;
    for (const auto& k : next.keys)
      wanted.insert(k.secret);
    auto made = std::make_shared<config::provider_settings>(next);
    made->keys = present.settings->keys;
    provider_standing result{made, present.keys, present.last_number};
    for (std::size_t i = 0; i < result.keys.size(); ++i)
      if (result.keys[i] != key_fate::gone
          && !wanted.contains(made->keys[i].secret))
        result.keys[i] = key_fate::leaves;
    for (const auto& k : next.keys)
      add_key(result, k.secret);
    return result;
  }

  void count(const provider_standing& from, const provider_standing& to) {
    if (from.fate != provider_fate::plays)
      ++plan_.changes.providers.added;
    else if (differs_beside_keys(*from.settings, *to.settings))
      ++plan_.changes.providers.changed;
    count_keys(from, to);
  }

  void count_keys(const provider_standing& from, const provider_standing& to) {
    auto& keys = plan_.changes.keys;
    for (std::size_t i = 0; i < to.keys.size(); ++i) {
      const bool was = i < from.keys.size() && is_here(from.keys[i])
                       && from.fate == provider_fate::plays;
      const bool is = is_here(to.keys[i]);
      keys.added += is && !was;
      keys.removed += was && !is;
      keys.changed += was && is && from.keys[i] != to.keys[i];
    }
  }

  // @pre the providers are planned.
  void describe(const config::settings& effective) {
    auto& c = plan_.changes;
    c.models = compare(now_.models, effective.models);
    c.clients = compare(now_.auth.clients, effective.auth.clients);
    c.auth_mode = now_.auth.mode != effective.auth.mode;
    c.retry_budget = !(now_.routing == effective.routing);
    c.cache = !(now_.cache == effective.cache);
    c.semantic_cache = !(now_.semantic_cache == effective.semantic_cache);
    c.queues = count_changed(now_.queues, effective.queues);
    c.workers = !(now_.workers == effective.workers);
    plan_.queues_changed = c.queues > 0 || c.workers;
    plan_.caches_changed = c.cache || c.semantic_cache;
    c.restart = needing_restart(now_, next_);
    plan_.gate_changed = !(now_.auth == effective.auth);
    plan_.routing_changed = c.retry_budget || now_.models != effective.models
                            || now_.providers != effective.providers
                            || has_turned_round();
  }

  // Whether a provider comes back that was on its way out: nothing about it
  // needs to be new but that it is routed to.
  bool has_turned_round() const {
    return std::ranges::any_of(plan_.providers, [&](const auto& p) {
      return p.present && present_[*p.present].fate != provider_fate::plays;
    });
  }

  const config::settings& now_;
  const std::vector<provider_standing>& present_;
  const config::settings& next_;
  reload_plan plan_;
};

void append(std::string& to, const std::string& words) {
  to += (to.empty() ? "" : ", ") + words;
}

void append(std::string& to, std::string_view what, const change_count& n) {
  std::string words;
  for (const auto& [sign, count] :
       {std::pair{" +", n.added}, {" -", n.removed}, {" ~", n.changed}})
    if (count > 0)
      words += sign + std::to_string(count);
  if (!words.empty())
    append(to, std::string{what} + words);
}

}  // namespace

provider_standing standing_of(provider_ptr settings) {
  provider_standing result;
  result.keys.assign(settings->keys.size(), key_fate::lends);
  result.last_number = static_cast<std::uint32_t>(settings->keys.size());
  result.settings = std::move(settings);
  return result;
}

key_index add_key(provider_standing& to, const std::string& secret) {
  const auto& known = to.settings->keys;
  for (std::size_t i = 0; i < known.size(); ++i)
    if (to.keys[i] != key_fate::gone && known[i].secret == secret) {
      to.keys[i] = key_fate::lends;
      return static_cast<key_index>(i);
    }
  auto more = std::make_shared<config::provider_settings>(*to.settings);
  const auto number = std::to_string(++to.last_number);
  more->keys.push_back({key_id{more->name + '-' + number}, secret});
  to.settings = std::move(more);
  to.keys.push_back(key_fate::lends);
  return static_cast<key_index>(to.keys.size() - 1);
}

std::string reload_changes::summary() const {
  std::string result;
  append(result, "providers", providers);
  append(result, "keys", keys);
  append(result, "models", models);
  append(result, "clients", clients);
  if (auth_mode)
    append(result, "auth.mode");
  if (retry_budget)
    append(result, "routing.retry_budget");
  if (cache)
    append(result, "cache");
  if (semantic_cache)
    append(result, "semantic_cache");
  append(result, "queues", {.changed = queues});
  if (workers)
    append(result, "workers");
  if (result.empty())
    result = "nothing changed";
  if (!restart.empty()) {
    std::string paths;
    for (const auto path : restart)
      paths += (paths.empty() ? "" : " ") + std::string{path};
    append(result, std::string{restart_needed} + paths);
  }
  return result;
}

caf::expected<reload_plan>
plan_reload(const config::settings& now,
            const std::vector<provider_standing>& present,
            const config::settings& next) {
  if (next.providers.empty())
    return caf::make_error(errc::invalid_setting,
                           std::string{"providers: none is configured"});
  return planning{now, present, next}.make();
}

}  // namespace troupe
