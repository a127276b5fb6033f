#include "http/jobs/job_courier.hpp"

#include "config/base_url.hpp"
#include "http/cache/cached_call.hpp"
#include "http/jobs/completion_request.hpp"
#include "http/jobs/completion_responder.hpp"
#include "http/jobs/webhook_call.hpp"

#include <boost/asio/co_spawn.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <variant>

namespace troupe::http {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string_view name_of(job_outcome::kind how) noexcept {
  static constexpr std::array<std::string_view, 5> names{
      "completed", "failed", "refused", "postponed", "dropped"};
  return names[static_cast<std::size_t>(how)];
}

job_outcome refused(std::string why) {
  job_outcome o;
  o.how = job_outcome::kind::refused;
  o.value = shared_bytes{std::move(why)};
  return o;
}

milliseconds time_of(const leased_job& job) {
  if (job.timeout_ms == 0)
    return webhook_time_max;
  return milliseconds{static_cast<milliseconds::rep>(job.timeout_ms)};
}

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

struct job_courier::trip {
  job_errand errand;
  worker_actor whom;
  steady_clock::time_point since = steady_clock::now();
  std::function<void()> cut;  // While there is something to be cut.
  bool dropped = false;
};

job_courier::job_courier(lane& l, job_carrier_slot& slot)
    : lane_(l), slot_(slot) {
  slot_ = this;
}

job_courier::~job_courier() {
  slot_ = nullptr;
}

void job_courier::carry(job_errand errand, worker_actor whom) {
  auto t = std::make_shared<trip>();
  t->errand = std::move(errand);
  t->whom = std::move(whom);
  trips_[{t->whom.id(), t->errand.number}] = t;
  ++under_way_;
  asio::co_spawn(lane_.reactor.context.get_executor(), run(std::move(t)),
                 [this](const std::exception_ptr&) { --under_way_; });
}

void job_courier::drop(const worker_actor& whom, std::uint64_t number) {
  const auto found = trips_.find({whom.id(), number});
  if (found == trips_.end())
    return;
  const auto t = found->second;
  job_outcome cut;
  cut.how = job_outcome::kind::dropped;
  end(t, std::move(cut));
  t->dropped = true;
  if (t->cut)
    t->cut();
}

task<> job_courier::run(trip_ptr t) {
  job_outcome how;
  how.how = job_outcome::kind::failed;
  how.value = shared_bytes{"the errand was lost inside the gateway"};
  try {
    if (!t->dropped)
      how = co_await carry_out(t);
  } catch (const std::exception& e) {
    spdlog::error("job queue={} id={} fault=\"{}\"", t->errand.queue->name,
                  t->errand.job.id, e.what());
  }
  t->cut = {};
  if (!t->dropped)
    end(t, std::move(how));
}

void job_courier::end(const trip_ptr& t, job_outcome how) {
  const auto took =
      std::chrono::duration_cast<milliseconds>(steady_clock::now() - t->since);
  spdlog::info("job queue={} id={} attempt={} outcome={} ms={}",
               t->errand.queue->name, t->errand.job.id, t->errand.job.attempt,
               name_of(how.how), took.count());
  trips_.erase({t->whom.id(), t->errand.number});
  caf::anon_send(t->whom, atom::done_v, t->errand.number, std::move(how));
}

task<job_outcome> job_courier::carry_out(trip_ptr t) {
  switch (t->errand.queue->handler) {
  case config::queue_handler::completion:
    return complete(std::move(t));
  case config::queue_handler::webhook:
    return post(std::move(t));
  case config::queue_handler::external:
    break;
  }
  return []() -> task<job_outcome> {
    co_return refused("nobody here carries out the jobs of this queue");
  }();
}

// -- completion
// ----------------------------------------------------------------

task<job_outcome> job_courier::complete(trip_ptr t) {
  auto read = read_completion(t->errand.job, t->errand.queue->name);
  if (auto* why = std::get_if<std::string>(&read))
    co_return refused(std::move(*why));
  auto& asked = std::get<completion_request>(read);
  completion_responder client{
      lane_.reactor, asked.endpoint, [t](job_output what) {
        if (!t->dropped)
          caf::anon_send(t->whom, atom::output_v, t->errand.number,
                         std::move(what));
      }};
  t->cut = [&client] {
    client.leave();
  };
  const own_call whose{t->errand.job.tenant};
  const auto m = asked.match();
  exchange_record record;
  try {
    co_await answer_model(lane_, asked.request, client, m, record, &whose);
  } catch (const boost::system::system_error&) {
    // It was dropped, or the answer is too large.
  }
  t->cut = {};
  co_return client.outcome(record);
}

// -- webhook
// -------------------------------------------------------------------

task<job_outcome> job_courier::post(trip_ptr t) {
  const auto to = read_webhook_place(t->errand.queue->url);
  if (!to)
    co_return refused("the queue's url is none");
  const auto letter = write_letter(t->errand, *to, seconds_now());
  webhook_call call{pool_of(to->at), lane_.deps.tls};
  bool late = false;
  const auto limit = time_of(t->errand.job);
  deadline_for over{[&call, &late] {
    late = true;
    call.cut();
  }};
  lane_.reactor.wheel.arm(over, limit);
  t->cut = [&call] {
    call.cut();
  };
  auto how = co_await call.run(*to, letter, limit);
  t->cut = {};
  if (late)
    how.value = shared_bytes{"timed out after " + std::to_string(limit.count())
                             + " ms"};
  co_return how;
}

upstream::pool& job_courier::pool_of(const config::base_url& place) {
  auto bare = place;
  bare.path.clear();
  auto& pool = pools_[config::print(bare)];
  if (pool == nullptr)
    pool = std::make_unique<upstream::pool>(lane_.reactor);
  return *pool;
}

}  // namespace troupe::http
