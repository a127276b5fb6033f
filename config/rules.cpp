#include "config/rules.hpp"

#include "config/endpoint.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <set>
#include <unordered_map>
#include <utility>

namespace troupe::config {
namespace {

/// Bytes: a small answer with its names and upkeep. A shard with less room
/// would keep nothing.
constexpr std::uint64_t entry_size_min = 16 * 1024;

// Reports by path; the location is the path's own or its nearest parent's.
class rulebook {
public:
  rulebook(std::string_view file, findings& found)
      : file_(file), found_(found) {}

  void break_at(const std::string& path, std::string message) {
    found_.faults.add({find(path), path, std::move(message)});
  }

  /// The same is said only once, however many queues share it.
  void break_once_at(const std::string& path, const std::string& message) {
    if (said_.emplace(path, message).second)
      break_at(path, message);
  }

  bool is_written(const std::string& path) const {
    return found_.locations.contains(path);
  }

private:
  location find(std::string_view path) const {
    for (;;) {
      const auto found = found_.locations.find(path);
      if (found != found_.locations.end())
        return found->second;
      const auto parent_end = path.find_last_of(".[");
      if (parent_end == path.npos)
        return {std::string{file_}, 0};
      path = path.substr(0, parent_end);
    }
  }

  std::string_view file_;
  findings& found_;
  std::set<std::pair<std::string, std::string>> said_;
};

std::string at(std::string_view list, std::size_t index) {
  return std::string{list} + "[" + std::to_string(index) + "]";
}

// Reports each element whose text an earlier one has too. The text itself is
// not shown: it may be a key. Empty texts are faults already, or allowed.
template <class List, class TextOf>
void check_unique(rulebook& rules, std::string_view list_path,
                  std::string_view key, const List& list, TextOf text_of) {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string_view text = text_of(list[i]);
    if (text.empty())
      continue;
    const auto [earlier, is_new] = first.emplace(text, i);
    if (!is_new)
      rules.break_at(at(list_path, i) + std::string{key},
                     "is the same as " + at(list_path, earlier->second)
                         + std::string{key});
  }
}

void check_provider(rulebook& rules, const provider_settings& p,
                    const std::string& path) {
  check_unique(rules, path + ".keys", "", p.keys,
               [](const key_entry& k) { return std::string_view{k.secret}; });
  // A level that was faulty itself is 0 here.
  const bool all_read = std::ranges::find(p.alerts, 0.0) == p.alerts.end();
  if (all_read && !std::ranges::is_sorted(p.alerts, std::less_equal<>{}))
    rules.break_at(path + ".alerts", "must rise from one to the next");
  if (p.breaker.cooldown > p.breaker.cooldown_max)
    rules.break_at(path + ".breaker.cooldown",
                   "must not be longer than cooldown_max ("
                       + print_duration(p.breaker.cooldown_max) + ")");
  if (p.retry.delay > p.retry.delay_max)
    rules.break_at(path + ".retry.delay",
                   "must not be longer than delay_max ("
                       + print_duration(p.retry.delay_max) + ")");
}

void check_providers(rulebook& rules, const settings& s) {
  check_unique(rules, "providers", ".name", s.providers,
               [](const auto& p) { return std::string_view{p->name}; });
  for (std::size_t i = 0; i < s.providers.size(); ++i)
    check_provider(rules, *s.providers[i], at("providers", i));
}

void check_models(rulebook& rules, const settings& s) {
  check_unique(rules, "models", ".name", s.models,
               [](const auto& m) { return std::string_view{m.name}; });
  const auto knows = [&](const std::string& name) {
    return std::ranges::any_of(s.providers, [&](const auto& p) {
      // A provider whose own name is faulty may be the one that is meant.
      return p->name.empty() || p->name == name;
    });
  };
  for (std::size_t i = 0; i < s.models.size(); ++i)
    for (std::size_t j = 0; j < s.models[i].targets.size(); ++j) {
      const auto& provider = s.models[i].targets[j].provider;
      if (!provider.empty() && !knows(provider))
        rules.break_at(at(at("models", i) + ".targets", j) + ".provider",
                       "no provider has the name `" + provider + "`");
    }
}

// Every shard has room for an entry, and every tenant in every shard.
void check_cache(rulebook& rules, const cache_settings& c) {
  const auto shards = std::to_string(c.shards);
  if (c.max_entries < c.shards)
    rules.break_at("cache.max_entries",
                   "must be at least cache.shards (" + shards + "): one each");
  if (c.tenant_max_entries != 0 && c.tenant_max_entries < c.shards)
    rules.break_at("cache.tenant_max_entries",
                   "must be 0, or at least cache.shards (" + shards
                       + "): one each");
  if (c.max_bytes / c.shards < entry_size_min)
    rules.break_at("cache.max_bytes",
                   "must be at least "
                       + print_size(static_cast<std::int64_t>(entry_size_min))
                       + " for each of cache.shards (" + shards + ")");
  if (c.tenant_max_bytes != 0 && c.tenant_max_bytes / c.shards < entry_size_min)
    rules.break_at("cache.tenant_max_bytes",
                   "must be 0B, or at least "
                       + print_size(static_cast<std::int64_t>(entry_size_min))
                       + " for each of cache.shards (" + shards + ")");
}

void check_embedder(rulebook& rules, const embedder_settings& e) {
  const std::string path = "semantic_cache.embedder";
  const bool has_url = !e.base_url.at.host.empty();
  if (e.kind == embedder_kind::openai) {
    if (!has_url)
      rules.break_at(path + ".base_url", "is missing: kind openai asks there");
    if (e.model.empty())
      rules.break_at(path + ".model", "is missing: kind openai asks for it");
    return;
  }
  const auto refuse = [&](const char* key, bool given) {
    if (given)
      rules.break_at(path + key, "is of kind openai only; kind is lexical");
  };
  refuse(".base_url", has_url);
  refuse(".model", !e.model.empty());
  refuse(".key", !e.key.empty());
}

// Finds out what is wrong with one queue, and where it was said: in the queue
// itself, or in queue_defaults for all of them.
class queue_check {
public:
  queue_check(rulebook& rules, const queue_settings& q)
      : rules_(rules), q_(q), own_("queues." + q.name) {}

  void run() {
    check_handler();
    check_pauses();
    if (q_.heartbeat > q_.lease)
      refuse({"heartbeat", "lease"}, "must not be longer than lease ("
                                         + print_duration(q_.lease) + ")");
  }

private:
  using keys = std::initializer_list<std::string_view>;

  // The path of the first key, in the section that has any of them.
  void refuse(keys involved, const std::string& message) {
    const auto is_own = std::ranges::any_of(
        involved, [&](auto key) { return rules_.is_written(own(key)); });
    const std::string first{*involved.begin()};
    rules_.break_once_at(is_own ? own(first) : "queue_defaults." + first,
                         message);
  }

  std::string own(std::string_view key) const {
    return own_ + "." + std::string{key};
  }

  void check_handler() {
    if (q_.handler == queue_handler::webhook) {
      if (q_.url.empty())
        rules_.break_at(own("url"), "is missing: handler webhook sends there");
      return;
    }
    for (const auto& [key, given] :
         {std::pair{"url", !q_.url.empty()}, {"secret", !q_.secret.empty()}})
      if (given)
        rules_.break_at(own(key), "is of handler webhook only; handler is "
                                      + std::string{choice_name(q_.handler)});
  }

  void check_pauses() {
    const auto& b = q_.backoff;
    const bool is_custom = b.kind == pause_kind::custom;
    const auto max = "must not be longer than delay_max ("
                     + print_duration(b.delay_max) + ")";
    if (is_custom && b.delays.empty())
      refuse({"backoff.delays", "backoff.kind"},
             "is missing: kind custom goes through them");
    if (is_custom && !b.delays.empty()
        && std::ranges::max(b.delays) > b.delay_max)
      refuse({"backoff.delays", "backoff.delay_max"}, max);
    if (!is_custom && b.delay > b.delay_max)
      refuse({"backoff.delay", "backoff.delay_max"}, max);
    // Those of queue_defaults may be for other queues.
    if (!is_custom && rules_.is_written(own("backoff.delays")))
      refuse({"backoff.delays"}, "is of kind custom only; kind is "
                                     + std::string{choice_name(b.kind)});
  }

  rulebook& rules_;
  const queue_settings& q_;
  std::string own_;
};

void check_workers(rulebook& rules, const worker_settings& w) {
  const auto refuse = [&](const char* key, const char* must,
                          std::string_view other, std::uint64_t bound) {
    rules.break_at(std::string{"workers."} + key,
                   "must " + std::string{must} + " " + std::string{other} + " ("
                       + std::to_string(bound) + ")");
  };
  if (w.min > w.max)
    refuse("min", "not be more than", "max", w.max);
  else if (w.count < w.min)
    refuse("count", "not be less than", "min", w.min);
  else if (w.count > w.max)
    refuse("count", "not be more than", "max", w.max);
  if (w.scale_down_below >= w.scale_up_above)
    refuse("scale_down_below", "be less than", "scale_up_above",
           w.scale_up_above);
}

void check_auth(rulebook& rules, const settings& s) {
  check_unique(rules, "auth.clients", ".name", s.auth.clients,
               [](const auto& c) { return std::string_view{c.name}; });
  check_unique(rules, "auth.clients", ".key_sha256", s.auth.clients,
               [](const auto& c) { return std::string_view{c.key_sha256}; });
  if (!s.auth.clients.empty())
    return;
  if (s.auth.mode == auth_mode::required)
    rules.break_at("auth.mode", "required, but nobody could enter: add "
                                "auth.clients");
  if (s.auth.mode == auth_mode::automatic && !is_loopback(s.http.listen))
    rules.break_at("http.listen",
                   "others can reach this address and no client has a key: add "
                   "auth.clients, or set auth.mode: open");
}

}  // namespace

void check_rules(const settings& s, std::string_view file, findings& found) {
  rulebook rules{file, found};
  check_providers(rules, s);
  check_models(rules, s);
  check_auth(rules, s);
  check_cache(rules, s.cache);
  check_embedder(rules, s.semantic_cache.embedder);
  for (const auto& q : s.queues)
    queue_check{rules, *q}.run();
  check_workers(rules, s.workers);
}

}  // namespace troupe::config
