// A lane with a courier, and the world it goes to, over real sockets on the
// loopback: the simulator, by way of a router that always lends, and a small
// server that is a webhook.
//
// Everything lives on one io_context that the test turns until the errand is
// back; nothing sleeps, and a deadline only ends a test that hangs.

#pragma once

#include "http/cache/flight_board.hpp"
#include "http/jobs/job_courier.hpp"
#include "http/listener.hpp"
#include "http/simulator/service.hpp"
#include "tests/support/actor_test.hpp"

#include <nlohmann/json.hpp>
#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::http {

/// Answers every request as the test says.
class small_server final : public service {
public:
  task<> serve(request& req, responder& res) override {
    seen.push_back(req);
    const auto answer = reply ? reply(req) : webhook_reply{};
    if (answer.status == 0)
      res.reset();
    else
      co_await res.send(answer.status, answer.headers, answer.body);
  }

  task<> refuse(request&, responder& res, refusal why) override {
    const header_list none;
    co_await res.send(why.status, none, why.message);
  }

  struct webhook_reply {
    unsigned status = 200;
    header_list headers;
    std::string body;
  };

  std::function<webhook_reply(const request&)> reply;
  std::vector<request> seen;
};

class courier_room : public troupe::testing::actor_test {
protected:
  courier_room() {
    provider_ = std::make_shared<config::provider_settings>();
    provider_->name = "simulated";
    provider_->base_url = {false, {"127.0.0.1", models_.port()}, "/v1"};
    provider_->timeouts.total = std::chrono::seconds{5};
    models_.open();
    hooks_.open();
    router_.replace(
        spawn([this](router_actor::pointer) { return router_behavior(); }));
    worker_ =
        spawn([this](worker_actor::pointer) { return worker_behavior(); });
    key_ = spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](atom::settle, const lease_report&) {},
              [](atom::learn, lease_id, const limits_ptr&) {
              }};
    });
  }

  ~courier_room() override {
    models_.cut();
    hooks_.cut();
    turn_until(
        [this] { return models_.connections() + hooks_.connections() == 0; });
    worker_ = nullptr;
    key_ = nullptr;
    router_.replace({});
  }

  static config::http_settings loopback() {
    config::http_settings s;
    s.listen = {"127.0.0.1", 0};
    return s;
  }

  router_actor::behavior_type router_behavior() {
    return {
        [this](atom::route, const call_ticket& t) {
          calls.push_back(t.matter());
          if (refuses != errc::none) {
            t.answer(caf::make_error(refuses, std::uint64_t{3'000}));
            return;
          }
          lease l;
          l.secret = "k";
          l.provider = provider_;
          l.model = t.matter()->model;
          l.settle_with = key_;
          t.answer(std::move(l));
        },
        [](atom::retry, const call_ticket& t, const attempt_result&) {
          t.answer(errc::retries_spent);
        },
        [](atom::hedge, const call_ticket& t) {
          t.answer(errc::retries_spent);
        },
        [](atom::postpone, const call_ticket&, time_point) {},
        [](atom::lend, const call_ticket&) {},
        [](atom::judge, const target_report&) {},
        [](atom::adopt, const routing_ptr&) {},
    };
  }

  worker_actor::behavior_type worker_behavior() {
    return {
        [](atom::work, std::uint64_t, const leased_jobs&) {},
        [](atom::alter, std::uint64_t, const change_receipts&) {},
        [this](atom::output, std::uint64_t, const job_output& o) {
          EXPECT_TRUE(done.empty());
          outputs.push_back(o);
        },
        [this](atom::done, std::uint64_t number, const job_outcome& o) {
          done.emplace_back(number, o);
        },
        [](atom::drain) {},
        [](atom::status) { return std::uint64_t{0}; },
        [](atom::sweep) {},
    };
  }

  /// Runs both sides until `is_over`.
  template <class F>
  void turn_until(F is_over) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!is_over() && std::chrono::steady_clock::now() < end) {
      settle();
      io_.run_one_for(std::chrono::milliseconds{1});
      io_.restart();
    }
    settle();
  }

  job_errand errand(config::queue_handler by, std::string data,
                    std::uint64_t timeout_ms = 0) {
    auto queue = std::make_shared<config::queue_settings>();
    queue->name = "q";
    queue->handler = by;
    queue->url = "http://127.0.0.1:" + std::to_string(hooks_.port()) + "/hook";
    queue->secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    job_errand e;
    e.number = ++last_;
    e.job.id = std::to_string(e.number);
    e.job.tenant = "acme";
    e.job.timeout_ms = timeout_ms;
    e.job.data = shared_bytes{std::move(data)};
    e.queue = queue;
    return e;
  }

  /// Has it carried out and returns what became of it.
  job_outcome carry(job_errand e) {
    done.clear();
    courier_.carry(std::move(e), worker_);
    turn_until([this] { return !done.empty(); });
    if (done.empty()) {
      ADD_FAILURE() << "the errand did not come back";
      return {};
    }
    return done.front().second;
  }

  job_outcome ask(std::string model, bool streams = true) {
    return carry(errand(
        config::queue_handler::completion,
        nlohmann::json{{"model", std::move(model)},
                       {"stream", streams},
                       {"messages", {{{"role", "user"}, {"content", "Hello"}}}}}
            .dump()));
  }

  job_outcome post(std::uint64_t timeout_ms = 0) {
    return carry(
        errand(config::queue_handler::webhook, R"({"a":1})", timeout_ms));
  }

  std::string words() const {
    std::string all;
    for (const auto& o : outputs)
      if (o.event == "token")
        all += nlohmann::json::parse(o.data.view())["text"].get<std::string>();
    return all;
  }

  errc refuses = errc::none;
  std::vector<call_ptr> calls;
  std::vector<job_output> outputs;
  std::vector<std::pair<std::uint64_t, job_outcome>> done;
  small_server hook;

  asio::io_context io_;
  http::reactor reactor_{io_};
  config::http_settings http_ = loopback();
  simulator::service simulated_{simulator::settings{}};
  listener models_{{{&reactor_, &simulated_}}, http_};
  listener hooks_{{{&reactor_, &hook}}, http_};
  prometheus::Registry registry_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  flight_board flights_;
  lifecycle stage_;
  address<router_actor> router_;
  gateway_deps deps_{
      metric_catalog{registry_}, router_, {}, tls_, stage_, flights_, {}};
  lane lane_{reactor_, deps_, neighbours{{}, {}, {}},
             std::make_shared<const config::settings>()};
  job_carrier_slot slot_{nullptr};
  job_courier courier_{lane_, slot_};
  std::shared_ptr<config::provider_settings> provider_;
  worker_actor worker_;
  caf::actor key_;
  std::uint64_t last_ = 0;
};

}  // namespace troupe::http
