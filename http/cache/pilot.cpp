#include "http/cache/pilot.hpp"

#include "http/cache/semantic_lookup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

namespace troupe::http {

namespace {

// The first follower's own time is the follower's matter: those who came later
// have more of it.
request without_timeout(const request& req) {
  auto copy = req;
  copy.headers.clear();
  for (const auto [name, value] : req.headers)
    if (!same_token(name, "x-stainless-timeout"))
      copy.headers.add(name, value);
  return copy;
}

// The request had an endpoint when it came, and is the same.
wire::match match_of(const request& req) {
  return wire::find_endpoint(req.method, req.path(), req.headers)
      .value_or(wire::match{});
}

}  // namespace

pilot::pilot(lane& l, lead right, const request& req, cache_terms terms)
    : lane_(l), board_(l.deps.flights), lead_(std::move(right)),
      token_(lead_.token()), request_(without_timeout(req)),
      terms_(std::move(terms)), match_(match_of(request_)),
      bell_(std::make_shared<bell>(l.reactor.context.get_executor())),
      flight_(std::make_shared<http::flight>(terms_.shape, bell_)),
      responder_(flight_, bell_, match_.endpoint, [this] { desert(); }) {}

pilot::~pilot() {
  if (called_ && !told_)
    spdlog::info("flight request={} provider={} model={} key={} attempts={} "
                 "fault={} tokens_in={} tokens_out={}",
                 request_.id, record_.provider, record_.model, record_.key,
                 record_.attempts, name_of(record_.ended),
                 record_.usage.input(), record_.usage.output());
}

void pilot::take_off() {
  board_.announce(token_, flight_);
  board_.count_start();
  asio::co_spawn(
      bell_->where(), [self = shared_from_this()] { return self->fly(); },
      [self = shared_from_this(),
       &board = board_](const std::exception_ptr&) mutable {
        self->close();
        self.reset();
        board.count_end();  // Whoever stops the node destroys lanes after it.
      });
}

const exchange_record* pilot::take_record() {
  if (!called_)
    return nullptr;
  told_ = true;
  return &record_;
}

task<> pilot::fly() {
  co_await call();
  co_await land();
}

task<> pilot::call() {
  exchange one{lane_,  request_,        responder_,
               match_, cache_use::miss, terms_.from};
  one.speak_for(terms_.tenant);
  responder_.account(one.record());
  try {
    co_await one.run();
  } catch (const boost::system::system_error&) {
    // Nobody follows any more.
  } catch (const std::exception& e) {
    spdlog::error("flight request={} fault={}", request_.id, e.what());
  }
  record_ = one.record();
  responder_.account(record_);
  called_ = true;
  const auto stands = flight_->now();
  if (stands == flight::stage::waiting)
    flight_->end(flight::stage::lost, record_.usage);
  else if (stands == flight::stage::flowing)
    flight_->end(flight::stage::reset, record_.usage);
}

task<> pilot::land() {
  if (lead_.token() == 0)
    co_return;
  std::optional<worthy_entry> worthy;
  if (const auto body = responder_.whole())
    worthy = entry_of(terms_, match_.endpoint, record_, *body);
  if (worthy && worthy->by_meaning)
    remember_meaning(worthy->entry);
  const auto ttl = terms_.wish.ttl ? std::chrono::milliseconds{*terms_.wish.ttl}
                                   : lane_.settings().cache.ttl;
  if (worthy && worthy->exactly)
    co_await lead_.keep(bell_->where(), std::move(worthy->entry), ttl);
  else
    co_await lead_.yield(bell_->where());
}

void pilot::remember_meaning(const cache_entry& entry) {
  semantic_memory memory;
  memory.topic = terms_.id.topic;
  memory.text = terms_.id.question;
  memory.meaning = terms_.meaning;
  memory.entry = entry;
  for (auto& tag : memory.entry.tags)
    tag = tag_of(terms_.tenant, tag);
  remember(lane_, std::move(memory));
}

void pilot::desert() {
  lead_.give_back();
  board_.strike(token_);
}

void pilot::close() {
  desert();
  flight_->land();
}

}  // namespace troupe::http
