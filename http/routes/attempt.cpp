#include "http/routes/attempt.hpp"

#include "http/upstream/request_head.hpp"
#include "http/wire/answer_facts.hpp"
#include "http/wire/limits.hpp"
#include "http/wire/translate/translate_reply.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe::http {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool has_type(const header_list& headers, std::string_view type) {
  const auto given = headers.find("content-type");
  return given && given->size() >= type.size()
         && same_token(given->substr(0, type.size()), type);
}

bool is_encoded(const header_list& headers) {
  const auto given = headers.find("content-encoding");
  return given && !given->empty() && !same_token(*given, "identity");
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& n : names)
    all.append(all.empty() ? "" : ", ").append(n);
  return all;
}

void append(std::string& body, std::span<const std::string_view> pieces) {
  for (const auto p : pieces)
    body.append(p);
}

}  // namespace

attempt::attempt(lane& l, const asked& what, lease by, call_ptr call)
    : lane_(l), asked_(what), by_(std::move(by)), call_(std::move(call)),
      since_(steady_clock::now()) {}

attempt::~attempt() {
  if (settled_)
    return;
  ended_.result = {.fault = fault::abandoned};
  report();
}

task<> attempt::run() {
  request_.emplace(asked_, by_);
  if (request_->refused()) {
    ended_.result.fault = fault::untranslatable;
    ended_.what = "cannot be asked this in its own API";
    co_return;
  }
  co_await open();
  if (to_ == nullptr)
    co_return;
  learn_limits();
  const auto& answer = to_->answer();
  if (answer.status_code() < 300 && is_stream())
    stage_ = stage::streaming;
  else
    co_await hold();
}

// Sends the request and reads the answer's head. A kept connection that the
// provider closed while it was idle is not the provider's fault: the request
// goes out again at once on a new one.
task<> attempt::open() {
  const auto& limits = by_.provider->timeouts;
  for (;;) {
    auto c = lane_.pool_of(by_.provider).take();
    waiting_ = c.get();
    std::string_view doing = "connecting";
    try {
      if (!c->used())
        co_await c->connect(by_.provider->base_url, lane_.deps.tls,
                            limits.connect);
      doing = "sending";
      co_await c->send(request_->head(), request_->body(), limits.stall);
      sent_ = true;
      doing = "waiting for the answer";
      co_await c->read_head(limits.first_byte);
      to_ = std::move(c);
      co_return;
    } catch (const boost::system::system_error& e) {
      fail(e, *c, doing);
    }
    waiting_ = nullptr;
    if (!c->used() || c->timed_out() || c->heard() || interrupted_)
      co_return;
    ended_ = {};
  }
}

// Reads an answer that is no stream, or a fault.
task<> attempt::hold() {
  const bool is_fault = to_->answer().status_code() >= 300;
  const auto most = is_fault ? wire::error_size_max : held_max;
  held_.reserve(held_reserve);
  append(held_, to_->pieces());
  // Not `&& co_await` in the condition: gcc 12 would read on where the edge is
  // passed, and what it read would be lost.
  while (held_.size() <= most) {
    const bool more = co_await read_more(by_.provider->timeouts.stall);
    if (!more)
      break;
    append(held_, to_->pieces());
  }
  if (ended_.result.fault != fault::none)
    co_return;
  note_first_byte();
  if (!is_fault && !to_->answered()) {
    stage_ = stage::large;
    if (!request_->translated())
      co_return;
    stage_ = stage::failed;
    ended_.result.fault = fault::malformed;
    ended_.what = "answered with more than can be translated";
    co_return;
  }
  judge_held();
}

void attempt::judge_held() {
  const auto& answer = to_->answer();
  const auto& shape = request_->translated();
  const auto wire = by_.provider->protocol;
  if (answer.status_code() >= 300) {
    ended_.result = wire::classify(wire, answer.status_code(), answer.headers(),
                                   held_, std::chrono::system_clock::now());
    ended_.what =
        "answered with status " + std::to_string(answer.status_code());
    if (shape)
      held_ = wire::translate_error(wire, answer.status_code(), held_, *shape);
  } else if (!is_encoded(answer.headers())) {
    const auto facts = wire::read_answer(request_->endpoint(), held_);
    ended_.usage = facts.usage;
    if (!facts.sound || (shape && !translate_held())) {
      ended_.result.fault = fault::malformed;
      ended_.what = "answered with something that is not what its API promises";
      return;
    }
    stage_ = stage::held;
  } else {
    stage_ = stage::held;  // Unreadable on its way; passed on as it is.
  }
  answer_ = {answer.status_code(), headers(), std::move(held_)};
}

// Brings a sound answer into the client's wire; false if that cannot be.
bool attempt::translate_held() {
  const auto wire = by_.provider->protocol;
  if (const auto& vectors = request_->vectors()) {
    auto made = wire::translate_embeddings_reply(wire, held_, *vectors,
                                                 asked_.facts.model);
    held_ = std::move(made.body);
    return made.sound;
  }
  auto made = wire::translate_reply(wire, held_, *request_->translated());
  held_ = std::move(made.body);
  return made.sound;
}

bool attempt::is_sse() const {
  return has_type(to_->answer().headers(), "text/event-stream");
}

bool attempt::is_stream() const {
  if (is_encoded(to_->answer().headers()))
    return false;  // Unreadable on its way; passed on as it is.
  return is_sse()
         || request_->endpoint() == wire::endpoint::stream_generate_content;
}

header_list attempt::headers() const {
  const auto& theirs = to_->answer().headers();
  if (!request_->translated())
    return troupe_headers(upstream::headers_for_client(theirs));
  header_list made;
  const bool sse = to_->answer().status_code() < 300 && is_stream()
                   && !request_->translated()->json_array;
  made.add("Content-Type", sse ? "text/event-stream" : "application/json");
  for (const auto* kept : {"retry-after", "retry-after-ms"})
    if (const auto value = theirs.find(kept))
      made.add(kept, *value);
  return troupe_headers(std::move(made));
}

header_list attempt::troupe_headers(header_list headers) const {
  headers.add("x-troupe-model", by_.model);
  headers.add("x-troupe-provider", by_.provider->name);
  headers.add("x-troupe-key", by_.key.value());
  headers.add("x-troupe-attempts", std::to_string(by_.attempt));
  headers.add("x-troupe-cache", name_of(asked_.cache));
  if (const auto& dropped = request_->dropped(); !dropped.empty())
    headers.add("x-troupe-dropped", joined(dropped));
  return headers;
}

bool attempt::note_first_byte() {
  if (first_byte_.count() != 0)
    return false;
  first_byte_ = duration_cast<microseconds>(steady_clock::now() - since_);
  return true;
}

task<bool> attempt::read_more(milliseconds limit) {
  try {
    co_return co_await to_->read_more(limit);
  } catch (const boost::system::system_error& e) {
    const auto usage = ended_.usage;
    fail(e, *to_, "reading the answer");
    ended_.usage = usage;
    co_return false;
  }
}

void attempt::fail(const boost::system::system_error& e,
                   const upstream::connection& at, std::string_view doing) {
  ended_ = {};
  ended_.result.fault = gone_ ? fault::abandoned : fault::transient;
  ended_.timed_out = at.timed_out() || (interrupted_ && !gone_);
  ended_.what = ended_.timed_out ? "timed out " : "failed ";
  ended_.what += doing;
  if (!ended_.timed_out)
    ended_.what += ": " + e.code().message();
}

// Limits of a long stream are told at once: others may be lent meanwhile.
void attempt::learn_limits() {
  limits_ =
      wire::read_limits(to_->answer().headers(),
                        std::chrono::system_clock::now(), steady_clock::now());
  if (limits_ != nullptr && is_stream())
    caf::anon_send(by_.settle_with, atom::learn_v, by_.id,
                   std::exchange(limits_, nullptr));
}

void attempt::settle() {
  report();
  waiting_ = nullptr;
  drain_limit_.disarm();
  if (to_ != nullptr)
    lane_.pool_of(by_.provider).give(std::move(to_));
}

void attempt::report() {
  settled_ = true;
  lease_report report;
  report.id = by_.id;
  report.fault =
      gone_ && stage_ == stage::failed ? fault::abandoned : ended_.result.fault;
  report.retry_after = ended_.result.retry_after;
  report.usage = ended_.usage;
  report.limits = std::move(limits_);
  report.first_byte = duration_cast<milliseconds>(first_byte_);
  report.took = duration_cast<milliseconds>(steady_clock::now() - since_);
  caf::anon_send(by_.settle_with, atom::settle_v, std::move(report));
}

void attempt::interrupt() {
  interrupted_ = true;
  if (waiting_ != nullptr)
    waiting_->interrupt();
}

void attempt::withdraw() {
  gone_ = true;
  interrupt();
}

void attempt::leave() {
  const auto& wanted = by_.provider->disconnect;
  if (!sent_ || wanted.upstream == config::departure::abort
      || lane_.deps.stage.now() == phase::stopping) {
    withdraw();
    return;
  }
  gone_ = true;
  lane_.reactor.wheel.arm(drain_limit_, wanted.time);
}

}  // namespace troupe::http
