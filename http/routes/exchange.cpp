#include "http/routes/exchange.hpp"

#include "http/status.hpp"
#include "http/upstream/request_head.hpp"
#include "http/wire/credential.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

namespace troupe::http {

/// A lease in hand: settled by `settle`, or, if the coroutine that held it is
/// gone, as abandoned.
class exchange::held_lease {
public:
  explicit held_lease(const lease& l)
      : lease_(l), since_(std::chrono::steady_clock::now()) {}
  held_lease(const held_lease&) = delete;
  held_lease& operator=(const held_lease&) = delete;

  ~held_lease() {
    if (!settled_)
      send({.fault = fault::abandoned}, {});
  }

  void settle(const attempt_result& result, const token_usage& usage) {
    settled_ = true;
    send(result, usage);
  }

private:
  void send(const attempt_result& result, const token_usage& usage) const {
    lease_report report;
    report.id = lease_.id;
    report.fault = result.fault;
    report.retry_after = result.retry_after;
    report.usage = usage;
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - since_);
    caf::anon_send(lease_.settle_with, atom::settle_v, std::move(report));
  }

  const lease& lease_;
  time_point since_;
  bool settled_ = false;
};

exchange::exchange(lane& l, request& req, responder& res, const wire::match& m)
    : lane_(l), req_(req), res_(res), match_(m),
      started_(std::chrono::steady_clock::now()) {}

exchange::~exchange() = default;

task<> exchange::run() {
  auto read = wire::read_request(match_, req_.body);
  if (read.refused) {
    wire::door_error why;
    why.status = 400;
    why.code = "invalid_request";
    why.message = std::move(read.refused->message);
    why.param = std::move(read.refused->param);
    co_await refuse(std::move(why), false);
    co_return;
  }
  facts_ = std::move(read.facts);
  write_call();
  co_await try_all();
}

task<bool> exchange::enter() {
  write_call();
  call_->entry_only = true;
  const auto let_in = co_await ask_ingress();
  res_.watch({});  // The answer is not this exchange's any more.
  if (!let_in)
    co_await refuse(let_in.error());
  co_return static_cast<bool>(let_in);
}

void exchange::write_call() {
  res_.watch([this] { interrupt(interruption::client_gone); });
  const auto due = started_ + lane_.deps.total_max;
  lane_.reactor.wheel.arm_at(overall_, due);
  call_ = std::make_shared<call>();
  call_->id = req_.id;
  call_->protocol = match_.protocol;
  call_->model = facts_.model;
  call_->tokens_estimated = facts_.tokens_estimated;
  call_->deadline = due;
  if (!lane_.deps.settings.auth.clients.empty())
    call_->credential_sha256 = wire::credential_sha256(req_);
}

task<> exchange::try_all() {
  auto got = co_await ask_ingress();
  outcome last;
  while (got) {
    {
      held_lease held{*got};
      last = co_await attempt(*got);
      held.settle(last.result, last.usage);
    }
    lane_.count_model(got->provider->name, got->model, last.result.fault);
    record_.ended = last.result.fault;
    record_.usage = last.usage;
    if (last.answered)
      co_return;
    if (interrupted_ != interruption::none)
      break;
    if (!is_retryable(last.result.fault)) {
      co_await show_last(last, {});
      co_return;
    }
    spdlog::info("attempt request={} attempt={} provider={} key={} fault={} "
                 "what=\"{}\"",
                 req_.id, got->attempt, got->provider->name, got->key.value(),
                 name_of(last.result.fault), last.what);
    got = co_await ask_again(last.result);
  }
  if (interrupted_ == interruption::client_gone)
    throw boost::system::system_error{asio::error::operation_aborted};
  if (interrupted_ == interruption::deadline)
    co_await refuse(caf::make_error(errc::deadline_exceeded));
  else if (record_.attempts > 0)
    co_await show_last(last, got.error());
  else
    co_await refuse(got.error());
}

// -- asking
// --------------------------------------------------------------------

task<caf::expected<lease>> exchange::ask_ingress() {
  return ask<lease>(res_.get_executor(), call_, [this](call_ticket t) {
    question_ = t.observe();
    caf::anon_send(lane_.ingress.current(), atom::admit_v, std::move(t));
  });
}

task<caf::expected<lease>> exchange::ask_again(attempt_result after) {
  return ask<lease>(res_.get_executor(), call_, [this, after](call_ticket t) {
    question_ = t.observe();
    caf::anon_send(lane_.deps.router.current(), atom::retry_v, std::move(t),
                   after);
  });
}

void exchange::interrupt(interruption why) {
  if (interrupted_ != interruption::none)
    return;
  interrupted_ = why;
  if (connection_ != nullptr)
    connection_->interrupt();
  question_.answer(errc::deadline_exceeded);
}

// -- one attempt
// ---------------------------------------------------------------

task<exchange::outcome> exchange::attempt(const lease& l) {
  record_.attempts = l.attempt;
  record_.provider = l.provider->name;
  record_.key = l.key.value();
  record_.model = l.model;
  record_.wire = config::name_of(match_.protocol);
  record_.client = call_->client;
  std::unique_ptr<upstream::connection> to;
  auto result = co_await open(l, to);
  if (to == nullptr)
    co_return result;
  connection_ = to.get();
  const auto status = to->answer().status_code();
  if (status >= 300)
    result = co_await keep_fault(l, *to);
  else if (is_stream(to->answer()))
    result = co_await relay_stream(l, *to);
  else
    result = co_await relay_whole(l, *to);
  connection_ = nullptr;
  lane_.pool_of(l.provider).give(std::move(to));
  co_return result;
}

// Sends the request and reads the answer's head. A kept connection that the
// provider closed while it was idle is not the provider's fault: the request
// goes out again at once on a new one.
task<exchange::outcome>
exchange::open(const lease& l, std::unique_ptr<upstream::connection>& to) {
  write_request(l);
  const auto& limits = l.provider->timeouts;
  for (;;) {
    auto c = lane_.pool_of(l.provider).take();
    connection_ = c.get();
    std::string_view doing = "connecting";
    outcome result;
    try {
      if (!c->used())
        co_await c->connect(l.provider->base_url, lane_.deps.tls,
                            limits.connect);
      doing = "sending";
      co_await c->send(head_, body_, limits.stall);
      doing = "waiting for the answer";
      co_await c->read_head(limits.first_byte);
      to = std::move(c);
      co_return result;
    } catch (const boost::system::system_error& e) {
      result = failed(e, *c, doing);
    }
    connection_ = nullptr;
    if (!c->used() || c->timed_out() || c->heard()
        || interrupted_ != interruption::none)
      co_return result;
  }
}

exchange::outcome exchange::failed(const boost::system::system_error& e,
                                   const upstream::connection& at,
                                   std::string_view doing) const {
  outcome o;
  o.result.fault = interrupted_ == interruption::client_gone ? fault::abandoned
                                                             : fault::transient;
  o.timed_out = at.timed_out() || interrupted_ == interruption::deadline;
  o.what = o.timed_out ? "timed out " : "failed ";
  o.what += doing;
  if (!o.timed_out)
    o.what += ": " + e.code().message();
  return o;
}

void exchange::write_request(const lease& l) {
  const auto& provider = *l.provider;
  wire::changes wanted;
  if (l.model != facts_.model)
    wanted.model = l.model;
  wanted.ask_usage = facts_.streams && !facts_.asks_usage
                     && wire::has_usage_option(match_.endpoint);
  body_ = req_.body;
  if (!wanted.model.empty() || wanted.ask_usage) {
    changed_ = wire::rewritten(req_.body, facts_, wanted);
    body_ = changed_;
  }
  head_.clear();
  const auto target = wire::upstream_path(match_, req_.query(),
                                          provider.base_url.path, l.model);
  upstream::append_request_head(
      head_,
      {req_.method, target, provider, l.secret, body_.size(), !body_.empty()},
      req_.headers);
}

// -- the last word when there is no answer
// ---------------------------------------

// A provider's own words are the best account of what went wrong, unless they
// speak of troupe's key, which is none of the client's business.
task<> exchange::show_last(const outcome& last, const caf::error& why) {
  const auto code = code_of(why);
  const bool about_key = last.result.fault == fault::credential
                         || last.result.fault == fault::quota;
  if (code == errc::keys_cooling || code == errc::keys_dead
      || code == errc::overloaded) {
    co_await refuse(why);
  } else if (last_ && !about_key) {
    record_.status = last_->status;
    record_.bytes_out = last_->body.size();
    if (is_retryable(last.result.fault))  // Ours are spent; SDKs shall not add.
      last_->headers.add("x-should-retry", "false");
    co_await res_.send(last_->status, last_->headers, last_->body);
  } else {
    wire::door_error e;
    e.status = last.timed_out ? 504 : (about_key ? 503 : 502);
    e.code = last.timed_out ? "provider_timeout" : "provider_failed";
    e.message = about_key ? "The provider refuses the keys it was asked with."
                          : "The provider gave no answer: " + last.what + ".";
    co_await refuse(std::move(e), false);
  }
}

task<> exchange::refuse(const caf::error& why) {
  const bool failed =
      record_.ended == fault::transient || record_.ended == fault::malformed;
  const circumstance at{match_.protocol, failed};
  return refuse(door_error_of(why, at),
                !verdict_of(code_of(why), at).forbid_retry);
}

task<> exchange::refuse(wire::door_error why, bool may_retry) {
  why.request_id = req_.id;
  record_.status = why.status;
  auto headers = json_headers();
  if (why.retry_after)
    headers.add("Retry-After", retry_after_seconds(*why.retry_after));
  if (!may_retry)
    headers.add("x-should-retry", "false");
  const auto body = wire::error_body(match_.protocol, why);
  co_await res_.send(why.status, headers, body);
}

}  // namespace troupe::http
