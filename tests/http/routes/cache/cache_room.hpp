// A lane with a desk that says what the test wants it to say.
//
// The desk and the ingress are small actors with the production contracts, in
// virtual time; the visit is a coroutine on an io_context that the test turns.
// Neither runs by itself.

#pragma once

#include "http/cache/flight_board.hpp"
#include "http/routes/cache/visit.hpp"
#include "http/routes/cache/warm_file.hpp"
#include "http/routes/gateway.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/fake_responder.hpp"

#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::http {

class cache_room : public troupe::testing::actor_test {
protected:
  using fields = std::initializer_list<header_list::field>;

  cache_room() {
    ingress_.replace(
        spawn([this](ingress_actor::pointer) -> ingress_actor::behavior_type {
          return {
              [this](atom::admit, const call_ticket& t) {
                t.matter()->tenant = tenant;
                t.answer(welcome == errc::none
                             ? call_ticket::result{lease{}}
                             : call_ticket::result{caf::make_error(welcome)});
              },
              [](atom::adopt, const gate_ptr&) {},
          };
        }));
    desk_.replace(spawn(
        [this](cache_desk_actor::pointer) -> cache_desk_actor::behavior_type {
          return desk_behavior();
        }));
  }

  /// Brings a request to the gateway and returns what it answered; nothing was
  /// answered if `status_sent` is 0.
  tests::fake_responder& ask(std::string method, std::string target,
                             fields head = {}, std::string body = {}) {
    requests_.push_back(std::make_unique<http::request>());
    auto& req = *requests_.back();
    req.method = std::move(method);
    req.target = std::move(target);
    req.headers = head;
    req.body = std::move(body);
    req.id = "req_1";
    clients_.push_back(
        std::make_unique<tests::fake_responder>(io_.get_executor()));
    auto& client = *clients_.back();
    client.leaves = client_leaves;
    asio::co_spawn(io_.get_executor(), gateway_.serve(req, client),
                   [this](std::exception_ptr why) { thrown = why; });
    turn();
    return client;
  }

  void warm_from(const std::filesystem::path& path) {
    app_cache::warm_from_file(lane_, path);
    turn();
  }

  /// Runs both sides until neither has anything to do.
  void turn() {
    for (int idle = 0; idle < 3; ++idle) {
      settle();
      if (io_.poll() > 0)
        idle = 0;
      io_.restart();
    }
  }

  /// Answers every question that the desk was told to hold.
  void answer_held() {
    for (const auto& t : held)
      held_answered.push_back(t.answer(find_all(t.matter())));
    held.clear();
    turn();
  }

  std::string tenant = "acme";
  errc welcome = errc::none;
  bool client_leaves = false;
  std::exception_ptr thrown;

  // What the desk says, and what it was told.
  std::function<cache_finding(const cache_question&)> find =
      [](const cache_question&) {
        return cache_finding{};
      };
  std::function<cache_receipt(const cache_change&)> keep =
      [](const cache_change&) {
        cache_receipt r;
        r.outcome = cache_outcome::done;
        r.etag = 5;
        return r;
      };
  cache_receipt purged;
  bool holds = false;  ///< Questions wait in `held`.
  std::vector<find_ticket> held;
  std::vector<bool> held_answered;
  std::vector<cache_question> questions;
  std::vector<cache_change> changes;
  std::vector<std::size_t> batches;
  std::vector<cache_purge> purges;
  std::vector<std::string> counted;
  lifecycle stage;

private:
  cache_findings find_all(const cache_questions& asked) {
    cache_findings all;
    for (const auto& q : asked)
      all.push_back(find(q));
    return all;
  }

  void hear(const find_ticket& t) {
    for (const auto& q : t.matter())
      questions.push_back(q);
    if (holds)
      held.push_back(t);
    else
      t.answer(find_all(t.matter()));
  }

  void hear(const keep_ticket& t) {
    cache_receipts all;
    batches.push_back(t.matter().size());
    for (const auto& c : t.matter()) {
      changes.push_back(c);
      all.push_back(keep(c));
    }
    t.answer(std::move(all));
  }

  cache_desk_actor::behavior_type desk_behavior() {
    return {
        [this](atom::find, const find_ticket& t) { hear(t); },
        [this](atom::keep, const keep_ticket& t) { hear(t); },
        [this](atom::purge, const purge_ticket& t) {
          purges.push_back(t.matter());
          t.answer(cache_receipt{purged});
        },
        [this](atom::status, cache_space space, const std::string& whose) {
          counted.push_back(whose);
          cache_statistics s;
          s.entries = whose.empty() ? 100 : 10;
          s.hits = static_cast<std::uint64_t>(space);
          return s;
        },
        [](atom::found, std::uint64_t, const cache_findings&) {},
        [](atom::kept, std::uint64_t, const cache_receipts&) {},
        [](atom::adopt, const directory_ptr&) {},
        [](atom::sweep) {},
    };
  }

  static settings_ptr asking_who_comes() {
    auto s = std::make_shared<config::settings>();
    s->auth.mode = config::auth_mode::required;
    return s;
  }

  asio::io_context io_;
  http::reactor reactor_{io_};
  prometheus::Registry registry_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  flight_board flights_;
  gateway_deps deps_{metric_catalog{registry_}, {}, {}, tls_, stage, flights_};
  address<ingress_actor> ingress_;
  address<cache_desk_actor> desk_;
  lane lane_{reactor_, deps_, neighbours{ingress_, desk_, {}},
             asking_who_comes()};
  published<health_report> health_;
  monitoring monitoring_{
      monitoring::deps{stage, health_, {}, std::chrono::milliseconds{1}}};
  gateway gateway_{lane_, monitoring_};
  std::vector<std::unique_ptr<http::request>> requests_;
  std::vector<std::unique_ptr<tests::fake_responder>> clients_;
};

}  // namespace troupe::http
