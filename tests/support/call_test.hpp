// The way of a call, with one provider behind it, in virtual time.
//
// The actors are wired by hand, without supervisors, so that a test can kill
// and replace each of them by itself.

#pragma once

#include "actors/api_key/api_key.hpp"
#include "actors/ingress/ingress.hpp"
#include "actors/key_pool/key_pool.hpp"
#include "actors/router/router.hpp"
#include "tests/support/actor_test.hpp"

#include <prometheus/text_serializer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::testing {

class call_test : public actor_test {
protected:
  /// Where an answer arrives; empty until then.
  using answer = std::shared_ptr<std::optional<caf::expected<lease>>>;

  /// Describes the provider `acme`; change `provider` before `start`.
  explicit call_test(std::size_t keys = 2) {
    provider->name = "acme";
    for (std::size_t i = 1; i <= keys; ++i)
      provider->keys.push_back(
          {key_id{"acme-" + std::to_string(i)}, "secret-" + std::to_string(i)});
  }

  /// Starts ingress, router, pool and keys.
  void start() {
    settings.providers = {provider};
    keys_at.resize(provider->keys.size());
    start_pool();
    for (key_index i = 0; i < keys_at.size(); ++i)
      start_key(i);
    start_router();
    ingress_at.replace(spawn(
        ingress,
        ingress_deps{.entrance = std::make_shared<gate>(
                         settings.auth,
                         gate_mode_of(settings.auth, settings.http.listen)),
                     .router = router_at,
                     .refused = ingress_metrics_of(catalog)}));
  }

  void start_router() {
    routes->put(
        std::make_shared<const routing>(settings, std::vector{pool_at}));
    router_at.replace(spawn(
        router, router_deps{.routes = routes, .metrics = catalog, .seed = 1}));
  }

  void start_pool() {
    auto roster = std::make_shared<key_roster>();
    roster->provider = provider;
    for (key_index i = 0; i < keys_at.size(); ++i)
      roster->places.push_back({provider->keys[i].id, keys_at[i]});
    pool_at.replace(
        spawn(key_pool,
              key_pool_deps{.roster = roster,
                            .router = router_at,
                            .metrics = key_pool_metrics_of(catalog, *provider),
                            .seed = 1}));
  }

  void start_key(key_index i) {
    auto& memory = memories[i];
    if (memory == nullptr)
      memory = std::make_shared<key_memory>();
    const auto& entry = provider->keys[i];
    keys_at[i].replace(
        spawn(api_key, api_key_deps{.provider = provider,
                                    .entry = entry,
                                    .index = i,
                                    .pool = pool_at,
                                    .memory = memory,
                                    .metrics = api_key_metrics_of(
                                        catalog, provider->name, entry.id),
                                    .seed = i}));
  }

  /// Ends an actor as a fault would, without replacing it.
  template <class Handle>
  void kill(const address<Handle>& at) {
    caf::anon_send_exit(at.current(), caf::exit_reason::kill);
    settle();
  }

  /// A call as http writes it.
  static call_ptr make_call() {
    auto c = std::make_shared<call>();
    c->id = "req-1";
    c->model = "gpt-6";
    c->tokens_estimated = 10;
    return c;
  }

  call_ticket ticket_for(call_ptr c, answer to) {
    return call_ticket{std::move(c), [to](caf::expected<lease>&& x) {
                         *to = std::move(x);
                       }};
  }

  static answer no_answer() {
    return std::make_shared<std::optional<caf::expected<lease>>>();
  }

  /// Sends a call through the door.
  answer admit(const call_ptr& c = make_call()) {
    auto to = no_answer();
    caf::anon_send(ingress_at.current(), atom::admit_v, ticket_for(c, to));
    settle();
    return to;
  }

  /// Says how an attempt ended and asks for another.
  answer retry(const call_ptr& c, attempt_result result) {
    auto to = no_answer();
    caf::anon_send(router_at.current(), atom::retry_v, ticket_for(c, to),
                   result);
    settle();
    return to;
  }

  /// Ends a lease, as a session does.
  void give_back(const lease& l, fault f = fault::none,
                 std::optional<std::chrono::milliseconds> retry_after = {}) {
    lease_report report;
    report.id = l.id;
    report.fault = f;
    report.retry_after = retry_after;
    caf::anon_send(l.settle_with, atom::settle_v, report);
    settle();
  }

  /// Fails an attempt and asks for the next.
  answer fail(const call_ptr& c, const lease& l, attempt_result result) {
    give_back(l, result.fault, result.retry_after);
    return retry(c, result);
  }

  /// A whole call that ends like this. Returns whether it got a key.
  bool make_attempt(fault f) {
    const auto got = admit();
    if (!*got || !**got)
      return false;
    give_back(***got, f);
    return true;
  }

  static errc error_in(const answer& a) {
    return *a ? code_of(**a) : errc::none;
  }

  /// The milliseconds a refusal asks to wait.
  static std::uint64_t wait_in(const answer& a) {
    return (*a)->error().context().get_as<std::uint64_t>(0);
  }

  std::vector<key_status> status() {
    return *ask<std::vector<key_status>>(pool_at.current(), atom::status_v);
  }

  /// The value of one exported line, or -1.
  double exported(const std::string& line) {
    const auto text =
        prometheus::TextSerializer{}.Serialize(registry.Collect());
    const auto at = text.find("\n" + line + " ");
    return at == std::string::npos
               ? -1
               : std::stod(text.substr(at + line.size() + 2));
  }

  std::shared_ptr<config::provider_settings> provider =
      std::make_shared<config::provider_settings>();
  config::settings settings;
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  std::shared_ptr<published<routing_ptr>> routes =
      std::make_shared<published<routing_ptr>>();
  address<ingress_actor> ingress_at;
  address<router_actor> router_at;
  address<key_pool_actor> pool_at;
  std::vector<address<api_key_actor>> keys_at;
  /// What each key's incarnations leave to one another.
  std::map<key_index, std::shared_ptr<key_memory>> memories;
};

}  // namespace troupe::testing
