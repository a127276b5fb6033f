#include "runtime/command/node.hpp"

#include "actors/admin/reload_plan.hpp"
#include "actors/cast.hpp"
#include "actors/schedule/time_zone.hpp"
#include "config/embedder_provider.hpp"
#include "config/endpoint.hpp"
#include "http/cache/embeddings_courier.hpp"
#include "http/cache/flight_board.hpp"
#include "http/jobs/job_courier.hpp"
#include "http/listener.hpp"
#include "http/routes/cache/warm_file.hpp"
#include "http/routes/gateway.hpp"
#include "http/simulator/service.hpp"
#include "runtime/command/closing.hpp"
#include "runtime/command/durable.hpp"
#include "runtime/command/threads.hpp"
#include "runtime/log.hpp"
#include "runtime/metrics/process.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

namespace troupe {

namespace {

/// Exit status of a node whose actors gave up: "internal software error" of
/// sysexits.h, so that an orchestrator starts it anew.
constexpr int gave_up = 70;

/// The simulator's callers have ended before it; what they kept open only has
/// to notice.
constexpr std::chrono::milliseconds simulator_grace{1000};

/// Health reports are late when they miss three turns.
constexpr int health_turns_missed_max = 3;

/// Longer than actors need that are well, short enough for who waits at a
/// terminal. What is not done by then is done later.
constexpr std::chrono::seconds reload_patience{5};

/// The actors come on stage within a millisecond. A node on which they do not
/// opens its door all the same: its probes tell how it is.
constexpr std::chrono::seconds entrance_max{2};

bool needs_tls(const config::settings& settings) {
  const auto is_secure = [](const auto& queue) {
    return queue->url.starts_with("https:");
  };
  return std::ranges::any_of(settings.providers,
                             [](const auto& p) { return p->base_url.tls; })
         || std::ranges::any_of(settings.queues, is_secure);
}

boost::asio::ssl::context client_tls() {
  namespace ssl = boost::asio::ssl;
  ssl::context made{ssl::context::tls_client};
  made.set_verify_mode(ssl::verify_peer);
  return made;
}

/// The simulator as three providers, one for each dialect.
std::vector<std::shared_ptr<const config::provider_settings>>
simulated_providers(const config::endpoint& at) {
  std::vector<std::shared_ptr<const config::provider_settings>> all;
  for (const auto p : {config::protocol::openai, config::protocol::anthropic,
                       config::protocol::gemini}) {
    config::provider_settings made;
    made.name = "simulated-" + std::string{name_of(p)};
    made.protocol = p;
    made.base_url = {false, at, p == config::protocol::openai ? "/v1" : ""};
    made.keys = {{key_id{made.name + "-1"}, "simulated"}};
    all.push_back(std::make_shared<const config::provider_settings>(made));
  }
  return all;
}

}  // namespace

/// In the order of their making; destroyed backwards.
class node::parts {
public:
  parts(config::settings s, reader read_again);
  ~parts();

  int run(const signals& ending);

private:
  void start_simulator();
  void start_actors();
  void dismiss_actors();
  void open_lanes();
  void await_cast() const;
  void greet() const;
  void read_certificates(const config::settings& settings);
  void reload();
  void apply(const settings_ptr& next);
  void show_lanes(const settings_ptr& settings);
  bool close(const signals& ending);

  config::settings settings_;  // Of the start.
  settings_ptr current_;
  reader read_again_;
  lifecycle stage_;
  prometheus::Registry registry_;
  metric_catalog catalog_{registry_};
  process_metrics process_;
  published<health_report> health_;
  boost::asio::ssl::context tls_ = client_tls();
  bool has_certificates_ = false;
  // Opened beside what comes next: a disk takes some milliseconds.
  std::future<durable_state> opening_;
  std::future<void> zones_;  // Likewise: schedules want them.
  durable_state state_;
  threads threads_;
  config::http_settings simulator_http_;
  std::optional<simulator::service> simulator_;
  std::optional<http::listener> simulator_door_;
  std::vector<carrier_slot> carriers_;
  std::vector<job_carrier_slot> job_carriers_;
  std::optional<cast> cast_;
  std::atomic<bool> gave_up_{false};
  http::flight_board flights_;
  std::optional<http::gateway_deps> gateway_deps_;
  std::optional<http::monitoring> monitoring_;
  std::vector<std::unique_ptr<http::lane>> lanes_;
  std::vector<std::unique_ptr<http::embeddings_courier>> couriers_;
  std::vector<std::unique_ptr<http::job_courier>> job_couriers_;
  std::vector<std::unique_ptr<http::gateway>> gateways_;
  std::optional<http::listener> door_;
};

node::parts::parts(config::settings s, reader read_again)
    : settings_(std::move(s)), read_again_(std::move(read_again)),
      opening_(std::async(std::launch::async, open_durable_state,
                          settings_.node.data_dir)),
      threads_(settings_.node.threads), carriers_(threads_.size()),
      job_carriers_(threads_.size()) {
  if (!settings_.queues.empty())
    zones_ = std::async(std::launch::async, time_zone::make_ready);
  if (settings_.providers.empty())
    start_simulator();
  config::add_embedder_provider(settings_, settings_.semantic_cache.embedder);
  current_ = std::make_shared<const config::settings>(settings_);
  read_certificates(settings_);
  start_actors();
  try {
    open_lanes();
  } catch (...) {  // A destructor would not run; actors that play on hang it.
    dismiss_actors();
    throw;
  }
}

void node::parts::dismiss_actors() {
  if (cast_)
    caf::anon_send_exit(cast_->root, caf::exit_reason::user_shutdown);
}

void node::parts::start_simulator() {
  simulator_http_.listen = {"127.0.0.1", 0};
  simulator_http_.max_connections = settings_.http.max_connections;
  simulator_.emplace(simulator::settings{});
  std::vector<http::seat> seats;
  for (auto* r : threads_.reactors())
    seats.push_back({r, &*simulator_});
  simulator_door_.emplace(seats, simulator_http_);
  simulator_door_->open();
  settings_.providers =
      simulated_providers({"127.0.0.1", simulator_door_->port()});
}

void node::parts::start_actors() {
  state_ = opening_.get();
  cast_.emplace(start_cast(threads_.system(), settings_, catalog_,
                           {threads_.size(), std::random_device{}(), &health_,
                            carriers_, job_carriers_, state_}));
  caf::actor_cast<caf::strong_actor_ptr>(cast_->root)
      ->get()
      ->attach_functor([this](const caf::error& why) {
        if (why == caf::exit_reason::user_shutdown)
          return;
        gave_up_ = true;
        signals::raise(SIGTERM);
      });
}

void node::parts::open_lanes() {
  gateway_deps_.emplace(http::gateway_deps{catalog_, cast_->router,
                                           cast_->semantic_cache, tls_, stage_,
                                           flights_, cast_->queues.queues});
  monitoring_.emplace(http::monitoring::deps{
      stage_,
      health_,
      {&registry_, &process_},
      settings_.monitoring.health_interval * health_turns_missed_max});
  std::vector<http::seat> seats;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    lanes_.push_back(std::make_unique<http::lane>(
        threads_.reactor(i), *gateway_deps_,
        http::neighbours{cast_->ingresses[i], cast_->cache_desks[i],
                         cast_->embedders[i]},
        current_));
    couriers_.push_back(
        std::make_unique<http::embeddings_courier>(*lanes_[i], carriers_[i]));
    job_couriers_.push_back(
        std::make_unique<http::job_courier>(*lanes_[i], job_carriers_[i]));
    gateways_.push_back(
        std::make_unique<http::gateway>(*lanes_[i], *monitoring_));
    seats.push_back({&threads_.reactor(i), gateways_[i].get()});
  }
  door_.emplace(seats, settings_.http);
  if (!settings_.cache.warm.empty())
    http::app_cache::warm_from_file(*lanes_.front(), settings_.cache.warm);
}

node::parts::~parts() {
  gateways_.clear();
  threads_.discard(couriers_);
  threads_.discard(job_couriers_);
  threads_.discard(lanes_);
  dismiss_actors();
}

// What a person sees who started it by hand.
void node::parts::greet() const {
  const auto url = (door_->secure() ? "https://" : "http://")
                   + config::print({settings_.http.listen.host, door_->port()});
  std::printf("troupe listening on %s\n", url.c_str());
  if (simulator_)
    std::printf("\nNo provider is configured: a simulator answers instead of a "
                "model.\nSet OPENAI_API_KEY, ANTHROPIC_API_KEY or "
                "GEMINI_API_KEY, or pass --config FILE.\n");
  std::printf("\n  say hello    curl %s/api/chat -d '{\"message\":\"Hello\"}'\n"
              "  OpenAI SDK   base_url=%s/v1\n"
              "  Anthropic    base_url=%s\n"
              "  Gemini       base_url=%s\n"
              "  all paths    curl %s/\n",
              url.c_str(), url.c_str(), url.c_str(), url.c_str(), url.c_str());
  if (const auto queue =
          std::ranges::find(settings_.queues, config::queue_handler::external,
                            [](const auto& q) { return q->handler; });
      queue != settings_.queues.end())
    std::printf("  add a job    curl --json '{\"data\":\"Hello\"}' "
                "%s/api/queues/%s/jobs\n",
                url.c_str(), (*queue)->name.c_str());
  std::fflush(stdout);
}

// Who came in before would find the caches away, or nobody to let it in.
void node::parts::await_cast() const {
  const auto end = std::chrono::steady_clock::now() + entrance_max;
  while (!is_complete(*cast_) && !gave_up_
         && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
}

int node::parts::run(const signals& ending) {
  await_cast();
  door_->open();
  stage_.enter(phase::ready);
  greet();
  while (ending.wait() == SIGHUP)
    reload();
  spdlog::info("stopping grace_ms={}", settings_.http.shutdown_grace.count());
  stage_.enter(phase::stopping);
  if (!close(ending)) {
    // Something still holds what would have to be destroyed.
    log::close();
    std::_Exit(gave_up_ ? gave_up : EXIT_SUCCESS);
  }
  spdlog::info("stopped");
  return gave_up_ ? gave_up : EXIT_SUCCESS;
}

// Reading the system's certificates takes 30 ms, most of a start; without a
// provider behind TLS nobody would look at them.
void node::parts::read_certificates(const config::settings& settings) {
  if (std::exchange(has_certificates_, has_certificates_ || needs_tls(settings))
      || !has_certificates_)
    return;
  tls_.set_default_verify_paths();  // SSL_CERT_FILE and SSL_CERT_DIR count.
}

void node::parts::reload() {
  auto loaded = read_again_();
  if (simulator_ && loaded.settings.providers.empty())
    loaded.settings.providers =
        simulated_providers({"127.0.0.1", simulator_door_->port()});
  if (!loaded.settings.providers.empty())  // Of what cannot change, ours.
    config::add_embedder_provider(loaded.settings,
                                  settings_.semantic_cache.embedder);
  for (const auto& fault : loaded.faults) {
    std::ostringstream words;
    words << fault;
    spdlog::error("reload fault=\"{}\"", words.str());
  }
  if (loaded)
    apply(std::make_shared<const config::settings>(std::move(loaded.settings)));
  else
    spdlog::error("reload faults={} configuration=unchanged",
                  loaded.faults.size());
}

// The lanes come first: they have to know whom to ask for a key before the
// ingresses want to see one.
void node::parts::apply(const settings_ptr& next) {
  read_certificates(*next);
  show_lanes(next);
  caf::scoped_actor self{threads_.system()};
  self->request(cast_->admin.current(), caf::duration{reload_patience},
                atom::reload_v, next)
      .receive(
          [&](const std::string& changes) {
            current_ = next;
            const bool all = changes.find(restart_needed) == std::string::npos;
            spdlog::log(all ? spdlog::level::info : spdlog::level::warn,
                        "reload changed=\"{}\"", changes);
          },
          [&](const caf::error& why) {
            if (code_of(why) == errc::invalid_setting)
              show_lanes(current_);
            else  // It is written down, and will be done.
              current_ = next;
            spdlog::error("reload error=\"{}{}\"", to_string(code_of(why)),
                          to_string(why.context()));
          });
}

void node::parts::show_lanes(const settings_ptr& settings) {
  std::vector<std::future<void>> shown;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const auto done = std::make_shared<std::promise<void>>();
    shown.push_back(done->get_future());
    boost::asio::post(threads_.context(i),
                      [lane = lanes_[i].get(), settings, done] {
                        lane->adopt(settings);
                        done->set_value();
                      });
  }
  for (const auto& one : shown)
    one.wait_for(reload_patience);
}

bool node::parts::close(const signals& ending) {
  const auto grace = settings_.http.shutdown_grace;
  drain_queues(*cast_->queues.queues);  // Whoever waits there may leave.
  bool all = close_politely(*door_, grace, ending);
  await_workers(threads_.system(), *cast_->queues.queues, grace, ending);
  all = await_couriers(job_couriers_, grace, ending) && all;
  all = await_landings(flights_, grace, ending) && all;
  all = await_couriers(couriers_, ending) && all;
  await_queues(*cast_->queues.queues, ending);
  if (simulator_door_)
    all = close_politely(*simulator_door_, simulator_grace, ending) && all;
  return all;
}

node::node(config::settings settings, reader read_again)
    : parts_(
        std::make_unique<parts>(std::move(settings), std::move(read_again))) {}

node::~node() = default;

int node::run(const signals& ending) {
  return parts_->run(ending);
}

}  // namespace troupe
