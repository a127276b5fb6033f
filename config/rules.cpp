#include "config/rules.hpp"

#include "config/endpoint.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

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
}

}  // namespace troupe::config
