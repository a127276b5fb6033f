#include "config/rules.hpp"

#include "config/endpoint.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace troupe::config {
namespace {

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
}

}  // namespace troupe::config
