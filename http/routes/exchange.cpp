#include "http/routes/exchange.hpp"

#include "config/embedder_provider.hpp"
#include "http/routes/call_facts.hpp"
#include "http/wire/credential.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace troupe::http {

/// The attempts that an interruption ends, for as long as they live.
class exchange::watch {
public:
  explicit watch(exchange& e) : owner_(e) {}
  ~watch() { owner_.under_way_.clear(); }
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;

  void over(attempt& a) { owner_.under_way_.push_back(&a); }

private:
  exchange& owner_;
};

exchange::exchange(lane& l, request& req, responder& res, const wire::match& m,
                   cache_use cache, origin from)
    : lane_(l), res_(res), origin_(from), asked_{req, m, {}, cache}, req_(req),
      started_(std::chrono::steady_clock::now()) {
  record_.cache = cache;
}

exchange::~exchange() = default;

task<> exchange::run() {
  auto read = wire::read_request(asked_.match, req_.body);
  if (!read.refused) {
    asked_.facts = std::move(read.facts);
    read.refused = write_call();
  }
  if (read.refused)
    co_await refuse(*read.refused);
  else if (asked_.facts.model == config::embedder_model
           && origin_ != origin::troupe)
    co_await refuse(caf::make_error(errc::unknown_model));
  else
    co_await try_all();
}

task<bool> exchange::enter() {
  if (const auto refused = write_call()) {
    co_await refuse(*refused);
    co_return false;
  }
  if (origin_ != origin::client) {
    res_.watch({});
    co_return true;
  }
  call_->entry_only = true;
  const auto let_in = co_await ask_for_lease(nullptr);
  res_.watch({});  // The answer is not this exchange's any more.
  if (!let_in)
    co_await refuse(let_in.error());
  co_return static_cast<bool>(let_in);
}

std::optional<wire::refusal> exchange::write_call() {
  call_ = std::make_shared<call>();
  if (auto refused = write_facts(*call_, asked_, started_, lane_.total_max()))
    return refused;
  call_->tenant = tenant_;
  if (lane_.knows_clients())
    call_->credential_sha256 = wire::credential_sha256(req_);
  res_.watch([this] { interrupt(interruption::client_gone); });
  lane_.reactor.wheel.arm_at(overall_, call_->deadline);
  return std::nullopt;
}

task<> exchange::try_all() {
  auto got = co_await ask_for_lease(nullptr);
  while (got) {
    const auto next = co_await try_once(std::move(*got));
    if (next == sequel::answered)
      co_return;
    if (interrupted_ != interruption::none)
      break;
    if (next == sequel::give_up) {
      co_await show_last({});
      co_return;
    }
    got = co_await ask_for_lease(&last_attempt_);
  }
  if (client_gone())
    throw boost::system::system_error{asio::error::operation_aborted};
  if (interrupted_ == interruption::deadline)
    co_await refuse(caf::make_error(errc::deadline_exceeded));
  else if (last_)
    co_await show_last(got.error());
  else
    co_await refuse(got.error());
}

// -- asking
// --------------------------------------------------------------------

// Asks ROUTER what follows an attempt, or INGRESS for the first one; again if
// the question is lost, since whoever lost it is being replaced.
task<caf::expected<lease>>
exchange::ask_for_lease(const attempt_result* after) {
  for (std::uint32_t losses = 0;; ++losses) {
    auto got = co_await ask_once(losses == 0 ? after : nullptr);
    if (got || code_of(got.error()) != errc::actor_lost || losses == losses_max
        || interrupted_ != interruption::none)
      co_return got;
    if (call_->probes_target) {
      attempt::outcome lost;
      lost.result.fault = fault::abandoned;
      tell_router(*call_, lost, {});
      call_->probes_target = false;
    }
    co_await pause(loss_pause * (1 << losses));
  }
}

// The call was its target's probe, and never got there.
void exchange::give_probe_back() {
  if (!call_->probes_target)
    return;
  attempt::outcome lost;
  lost.result.fault = fault::abandoned;
  tell_router(*call_, lost, {});
  call_->probes_target = false;
}

task<caf::expected<lease>> exchange::ask_once(const attempt_result* after) {
  return ask<lease>(res_.get_executor(), call_, [this, after](call_ticket t) {
    question_ = t.observe();
    if (after != nullptr)
      caf::anon_send(lane_.deps.router.current(), atom::retry_v, std::move(t),
                     *after);
    else if (origin_ != origin::client)
      caf::anon_send(lane_.deps.router.current(), atom::route_v, std::move(t));
    else
      caf::anon_send(lane_.ingress.current(), atom::admit_v, std::move(t));
  });
}

task<> exchange::pause(std::chrono::milliseconds how_long) {
  timer t{res_.get_executor()};
  t.expires_after(how_long);
  co_await t.async_wait(use_task);
}

// What an attempt that is not retried says about its target.
void exchange::tell_router(const call& c, const attempt::outcome& o,
                           std::chrono::microseconds first_byte) const {
  if (c.candidates.empty()
      || (!c.wants_telling() && !rule_of(o.result.fault).blames_target))
    return;
  target_report report;
  report.routes = c.routes;
  report.target = c.candidates[c.turn].target;
  report.fault = o.result.fault;
  report.retry_after = o.result.retry_after;
  report.probe = c.probes_target;
  report.first_byte = std::chrono::ceil<std::chrono::milliseconds>(first_byte);
  caf::anon_send(lane_.deps.router.current(), atom::judge_v, std::move(report));
}

void exchange::interrupt(interruption why) {
  if (interrupted_ != interruption::none)
    return;
  interrupted_ = why;
  for (auto* a : under_way_) {
    if (why == interruption::client_gone)
      a->leave();
    else
      a->interrupt();
  }
  question_.answer(errc::deadline_exceeded);
}

// -- one attempt
// ---------------------------------------------------------------

task<exchange::sequel> exchange::try_once(lease by) {
  if (call_->hedge_after.count() > 0 && !asked_.facts.streams)
    co_return co_await try_hedged(std::move(by));
  attempt a{lane_, asked_, std::move(by), call_};
  watch keep{*this};
  keep.over(a);
  co_await a.run();
  co_return co_await finish(a);
}

// A second attempt beside one that is slow; the first answer counts.
task<exchange::sequel> exchange::try_hedged(lease by) {
  attempt_race race{res_.get_executor()};
  auto first = std::make_shared<attempt>(lane_, asked_, std::move(by), call_);
  watch keep{*this};
  keep.over(*first);
  race.start(first);
  co_await race.wait(call_->hedge_after);
  std::shared_ptr<attempt> second;
  if (!race.is_over() && interrupted_ == interruption::none) {
    const auto beside = std::make_shared<call>(*call_);
    if (auto got = co_await ask_for_hedge(beside)) {
      second =
          std::make_shared<attempt>(lane_, asked_, std::move(*got), beside);
      keep.over(*second);
      race.start(second);
    }
  }
  co_await race.wait(lane_.total_max());
  const auto best = race.winner() != nullptr ? race.winner() : first;
  co_await race.end_others(*best);
  call_ = best->of();  // Its trail is the one that goes on.
  if (second != nullptr)
    call_->attempts = std::max(call_->attempts, second->of()->attempts);
  co_return co_await finish(*best);
}

task<caf::expected<lease>> exchange::ask_for_hedge(call_ptr beside) {
  return ask<lease>(res_.get_executor(), std::move(beside),
                    [this](call_ticket t) {
                      question_ = t.observe();
                      caf::anon_send(lane_.deps.router.current(), atom::hedge_v,
                                     std::move(t));
                    });
}

// The attempt has run: its answer goes to the client, or another one follows.
task<exchange::sequel> exchange::finish(attempt& a) {
  begin_record(a.by());
  // One co_return: with two, gcc 12 looks for `a` eight bytes beside its place.
  const bool shown = co_await relay(a);
  auto next = sequel::answered;
  if (!shown) {
    settle(a);
    next = weigh(a);
  }
  co_return next;
}

// Whether the client had its answer, or as much as there was of one.
task<bool> exchange::relay(attempt& a) {
  switch (a.stands()) {
  case attempt::stage::failed:
    break;
  case attempt::stage::held:
    co_await relay_whole(a);
    co_return true;
  case attempt::stage::large:
    co_await relay_large(a);
    co_return true;
  case attempt::stage::streaming:
    co_return co_await relay_stream(a);
  }
  co_return false;
}

void exchange::begin_record(const lease& by) {
  record_.attempts = by.attempt;
  record_.provider = by.provider->name;
  record_.key = by.key.value();
  record_.model = by.model;
  record_.wire = config::name_of(asked_.match.protocol);
  record_.translated = by.provider->protocol != asked_.match.protocol;
  record_.client = call_->client;
}

// The attempt is over, as far as the provider is concerned.
void exchange::settle(attempt& a) {
  const auto& o = a.ended();
  a.settle();
  lane_.count_model(a.by().provider->name, a.by().model, o.result.fault,
                    o.usage);
  record_.ended = o.result.fault;
  record_.usage = o.usage;
  record_.first_byte = a.first_byte();
}

// What follows an attempt of which the client has seen nothing.
exchange::sequel exchange::weigh(attempt& a) {
  auto& o = a.ended();
  const auto f = o.result.fault;
  last_attempt_ = o.result;
  const bool fallback = last_ && !is_about_request(last_->ended.result.fault);
  const bool again = is_retryable(f) || (fallback && is_about_request(f));
  const auto& by = a.by();
  spdlog::info("attempt request={} attempt={} provider={} model={} key={} "
               "fault={} what=\"{}\"",
               req_.id, by.attempt, by.provider->name, by.model, by.key.value(),
               name_of(f), o.what);
  if (!again || interrupted_ != interruption::none)
    tell_router(*a.of(), o, a.first_byte());
  // A fallback that refuses what the first target failed to answer says less
  // than the first did.
  if (!fallback || !is_about_request(f))
    last_ =
        last_word{std::move(o), std::move(a.answer()), a.request().refused()};
  return again ? sequel::again : sequel::give_up;
}

}  // namespace troupe::http
