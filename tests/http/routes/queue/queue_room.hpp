// A lane with a queue that says what the test wants it to say.
//
// The queue, its pool and the ingress are small actors with the production
// contracts, in virtual time; the visit is a coroutine on an io_context that
// the test turns. Neither runs by itself.

#pragma once

#include "http/cache/flight_board.hpp"
#include "http/routes/gateway.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/fake_responder.hpp"

#include <nlohmann/json.hpp>
#include <prometheus/registry.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::http {

class queue_room : public troupe::testing::actor_test {
protected:
  using fields = std::initializer_list<header_list::field>;

  queue_room() {
    ingress_.replace(
        spawn([this](ingress_actor::pointer) -> ingress_actor::behavior_type {
          return {
              [this](atom::admit, const call_ticket& t) { admit(t); },
              [](atom::adopt, const gate_ptr&) {},
          };
        }));
    place_.queue.replace(
        spawn([this](queue_actor::pointer) -> queue_actor::behavior_type {
          return queue_behavior();
        }));
    place_.pool.replace(spawn(
        [](worker_pool_actor::pointer) -> worker_pool_actor::behavior_type {
          return pool_behavior();
        }));
    auto directory = std::make_shared<queue_directory>();
    directory->emplace("email", place_);
    directory->emplace("reports", queue_place{});
    deps_.queues = std::move(directory);
  }

  /// Who is still held hears that nobody answers while there is somebody to.
  ~queue_room() override {
    wishes_held.clear();
    follows_held.clear();
    turn();
  }

  /// Brings a request to the gateway and returns what it answered; nothing was
  /// answered if `status_sent` is 0.
  tests::fake_responder& ask(std::string method, std::string target,
                             std::string body = {}, fields head = {}) {
    requests_.push_back(std::make_unique<http::request>());
    auto& req = *requests_.back();
    req.method = std::move(method);
    req.target = std::move(target);
    req.headers = head;
    req.body = std::move(body);
    req.id = "req_1";
    req.peer = peer;
    clients_.push_back(
        std::make_unique<tests::fake_responder>(io_.get_executor()));
    auto& client = *clients_.back();
    client.leaves = client_leaves;
    client.breaks = clients_break;
    asio::co_spawn(io_.get_executor(), gateway_.serve(req, client),
                   [this](std::exception_ptr why) { thrown = why; });
    turn();
    return client;
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

  /// From now on clients are asked who they are.
  void ask_who_they_are(std::string admin_token = {}) {
    take_settings([&](config::auth_settings& auth) {
      auth.mode = config::auth_mode::required;
      auth.admin_token = std::move(admin_token);
      auth.clients.push_back({"shop", std::string(64, 'a'), "acme"});
    });
    tenant = "acme";
  }

  /// From now on the settings are the usual ones but for `change(auth)`.
  template <class F>
  void take_settings(F change) {
    auto s = std::make_shared<config::settings>();
    change(s->auth);
    lane_.adopt(std::move(s));
  }

  static nlohmann::json json_of(const tests::fake_responder& client) {
    return nlohmann::json::parse(client.body(), nullptr, false);
  }

  static std::string code_in(const tests::fake_responder& client) {
    const auto body = json_of(client);
    return body.contains("error") ? body["error"].value("code", "") : "";
  }

  std::string tenant;
  std::string peer = "127.0.0.1";
  errc welcome = errc::none;
  bool client_leaves = false;
  bool clients_break = false;
  std::exception_ptr thrown;

  // What the queue says, and what it was told.
  caf::error refusal;  ///< Answers everything, if there is one.
  change_receipt changed{job_refusal::none, job_state::completed, 0, false};
  job_receipt added{"7", job_state::waiting, false, 7};
  leased_jobs lent;
  job_page page;
  std::deque<job_events> streams;  ///< One for each question; then held.
  queue_receipt ordered{3};
  children_page brood;
  schedule_receipt arranged;
  schedule_page plans;
  bool holds = false;  ///< Wishes for work wait in `wishes_held`.
  std::vector<work_ticket> wishes_held;
  std::vector<follow_ticket> follows_held;
  std::vector<new_jobs> adds;
  std::vector<lease_wish> wishes;
  std::vector<job_changes> changes;
  std::vector<job_query> queries;
  std::vector<events_wish> follows;
  std::vector<queue_order> orders;
  std::vector<children_query> brood_queries;
  std::vector<schedule_order> arrangements;
  std::vector<schedule_query> plan_queries;

private:
  void admit(const call_ticket& t) {
    t.matter()->tenant = tenant;
    t.answer(welcome == errc::none
                 ? call_ticket::result{lease{}}
                 : call_ticket::result{caf::make_error(welcome)});
  }

  template <class Ticket, class Answer>
  void tell(const Ticket& t, Answer answer) {
    if (refusal)
      t.answer(typename Ticket::result{refusal});
    else
      t.answer(typename Ticket::result{std::move(answer)});
  }

  void hear(const enqueue_ticket& t) {
    adds.push_back(t.matter());
    tell(t, job_receipts(t.matter().size(), added));
  }

  void hear(const work_ticket& t) {
    wishes.push_back(t.matter());
    if (holds)
      wishes_held.push_back(t);
    else
      tell(t, lent);
  }

  void hear(const alter_ticket& t) {
    changes.push_back(t.matter());
    tell(t, change_receipts(t.matter().size(), changed));
  }

  void hear(const follow_ticket& t) {
    follows.push_back(t.matter());
    if (streams.empty() && !refusal) {
      follows_held.push_back(t);
      return;
    }
    job_events next;
    if (!streams.empty()) {
      next = std::move(streams.front());
      streams.pop_front();
    }
    tell(t, std::move(next));
  }

  static queue_statistics statistics() {
    queue_statistics s;
    s.name = "email";
    s.waiting = 12;
    s.waiting_children = 4;
    s.added_total = 40;
    return s;
  }

  static pool_size pool() {
    pool_size p;
    p.workers = 5;
    return p;
  }

  queue_actor::behavior_type queue_behavior() {
    return {
        [this](atom::enqueue, const enqueue_ticket& t) { hear(t); },
        [this](atom::lease, const work_ticket& t) { hear(t); },
        [this](atom::alter, const alter_ticket& t) { hear(t); },
        [this](atom::view, const view_ticket& t) {
          queries.push_back(t.matter());
          tell(t, page);
        },
        [this](atom::follow, const follow_ticket& t) { hear(t); },
        [this](atom::order, const order_ticket& t) {
          orders.push_back(t.matter());
          tell(t, ordered);
        },
        [this](atom::arrange, const arrange_ticket& t) {
          arrangements.push_back(t.matter());
          tell(t, arranged);
        },
        [this](atom::schedules, const schedules_ticket& t) {
          plan_queries.push_back(t.matter());
          tell(t, plans);
        },
        [this](atom::children, const children_ticket& t) {
          brood_queries.push_back(t.matter());
          tell(t, brood);
        },
        [](atom::report, const report_ticket&) {},
        [](atom::status) { return statistics(); },
        [](atom::stored, std::uint64_t, const caf::error&) {},
        [](atom::found, std::uint64_t, const record_pages&) {},
        [](atom::adopt, const settings_ptr&) {},
        [](atom::drain) {},
        [](atom::sweep) {},
    };
  }

  static worker_pool_actor::behavior_type pool_behavior() {
    return {
        [](atom::scale, std::uint32_t) { return pool(); },
        [](atom::status) { return pool(); },
        [](atom::adopt, const settings_ptr&) {},
        [](atom::drain) {},
        [](atom::sweep) {},
    };
  }

  asio::io_context io_;
  http::reactor reactor_{io_};
  prometheus::Registry registry_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  flight_board flights_;
  lifecycle stage_;
  gateway_deps deps_{metric_catalog{registry_}, {}, {}, tls_, stage_, flights_};
  address<ingress_actor> ingress_;
  queue_place place_;
  lane lane_{reactor_, deps_, neighbours{ingress_, {}, {}},
             std::make_shared<const config::settings>()};
  published<health_report> health_;
  monitoring monitoring_{
      monitoring::deps{stage_, health_, {}, std::chrono::milliseconds{1}}};
  gateway gateway_{lane_, monitoring_};
  std::vector<std::unique_ptr<http::request>> requests_;
  std::vector<std::unique_ptr<tests::fake_responder>> clients_;
};

}  // namespace troupe::http
