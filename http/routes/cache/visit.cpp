#include "http/routes/cache/visit.hpp"

#include "http/ask.hpp"
#include "http/cache/asking.hpp"
#include "http/cache/packing.hpp"
#include "http/routes/cache/lookup.hpp"
#include "http/routes/cache/many.hpp"
#include "http/routes/cache/storing.hpp"
#include "http/routes/cache/tokens.hpp"
#include "http/status.hpp"

#include <caf/send.hpp>
#include <nlohmann/json.hpp>

#include <utility>

namespace troupe::http::app_cache {

namespace {

/// The desk answers by then what a shard left unanswered.
constexpr std::chrono::milliseconds patience_beyond{2000};

[[noreturn]] void fail_gone() {
  throw boost::system::system_error{asio::error::operation_aborted};
}

bool is_here(const cache_finding& found) {
  return found.state == cache_state::fresh || found.state == cache_state::stale;
}

}  // namespace

visit::visit(lane& l, request& req, responder& res, const match& m)
    : lane_(l), req_(req), res_(res), match_(m) {}

visit::~visit() = default;

task<> visit::run() {
  auto let_in = co_await enter(lane_, req_, res_.get_executor());
  if (let_in) {
    guest_ = std::move(*let_in);
    co_await act();
  } else {
    co_await refuse(door_error_of(let_in.error()));
  }
}

task<> visit::act() {
  switch (match_.action) {
  case action::get:
    co_await get();
    break;
  case action::put:
    co_await put();
    break;
  case action::drop:
    co_await drop();
    break;
  case action::purge:
    co_await purge();
    break;
  case action::get_many:
    co_await get_many();
    break;
  case action::warm:
    co_await warm();
    break;
  case action::status:
    co_await count();
    break;
  }
}

cache_key visit::key_of(std::string name) const {
  return {cache_space::application, guest_.tenant, std::move(name)};
}

// -- one entry
// -----------------------------------------------------------------

task<> visit::get() {
  auto read = read_key(match_.key);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto asked = read_lookup(req_, key_of(std::get<std::string>(read)));
  if (auto* why = std::get_if<wire::door_error>(&asked)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto& question = std::get<cache_question>(asked);
  lead_ms_ = question.lead_ms;
  if (lead_ms_ > 0)
    key_ = question.key.name;
  const auto found = co_await find(std::move(question));
  if (is_here(found))
    co_await show(found);
  else
    co_await show_absence(found);
}

task<cache_finding> visit::find(cache_question what) {
  if (what.wait_ms > 0)
    return find_patiently(std::move(what));
  return find_one(lane_, res_.get_executor(), std::move(what));
}

// Somebody who waits may leave meanwhile.
task<cache_finding> visit::find_patiently(cache_question what) {
  const std::chrono::milliseconds wait{what.wait_ms};
  cache_questions all;
  all.push_back(std::move(what));
  res_.watch([this] {
    gone_ = true;
    asked_.answer(errc::deadline_exceeded);
  });
  lane_.reactor.wheel.arm(patience_, wait + patience_beyond);
  auto got = co_await ask<cache_findings>(
      res_.get_executor(), std::move(all), [this](find_ticket t) {
        asked_ = t.observe();
        caf::anon_send(lane_.cache.current(), atom::find_v, std::move(t));
      });
  patience_.disarm();
  res_.watch({});
  cache_finding found;
  if (got && !got->empty())
    found = std::move(got->front());
  if (gone_) {
    give_back(found.state == cache_state::lead ? found.token : 0);
    fail_gone();
  }
  co_return found;
}

void visit::give_back(std::uint64_t token) {
  if (token == 0)
    return;
  cache_change change;
  change.key = key_of(key_);
  change.verb = cache_verb::yield;
  change.token = token;
  keep_unasked(lane_, std::move(change));
}

task<> visit::show(const cache_finding& found) {
  const auto status = status_of(req_, found);
  const auto head = head_of(found, status);
  std::string unpacked;
  auto body = found.entry.value.view();
  if (found.entry.packing != packing::as_is) {
    unpacked = unpack(found.entry);
    body = unpacked;
  }
  if (status == 304)
    body = {};
  co_await answer(status, head, body);
}

task<> visit::show_absence(const cache_finding& found) {
  auto why = absence_of(found);
  if (found.state == cache_state::lead)
    co_await show_lease(std::move(why), found);
  else
    co_await refuse(std::move(why), absence_head_of(found));
}

// Who does not hear of its lease cannot end it.
task<> visit::show_lease(wire::door_error why, const cache_finding& found) {
  why.request_id = req_.id;
  const auto head = absence_head_of(found);
  const auto body = lease_body(why, found.token, lead_ms_);
  try {
    co_await answer(why.status, head, body);
  } catch (const boost::system::system_error&) {
    give_back(found.token);
    throw;
  }
}

task<> visit::put() {
  auto read = read_key(match_.key);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto change = read_put(req_, key_of(std::get<std::string>(read)),
                         lane_.settings().cache.ttl);
  if (auto* why = std::get_if<wire::door_error>(&change)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  const auto receipt = co_await keep_one(
      lane_, res_.get_executor(), std::move(std::get<cache_change>(change)));
  co_await show_receipt(receipt);
}

task<> visit::drop() {
  auto read = read_key(match_.key);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto change = read_drop(req_, key_of(std::get<std::string>(read)));
  if (auto* why = std::get_if<wire::door_error>(&change)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  const auto receipt = co_await keep_one(
      lane_, res_.get_executor(), std::move(std::get<cache_change>(change)));
  co_await show_receipt(receipt);
}

task<> visit::show_receipt(const cache_receipt& receipt) {
  header_list head;
  auto fault = fault_of(receipt);
  if (fault)
    head = json_headers();
  if (receipt.etag != 0 && match_.action == action::put)
    head.add("ETag", print_etag(receipt.etag));
  if (fault)
    co_await refuse(std::move(*fault), std::move(head));
  else
    co_await answer(receipt.created ? 201 : 204, head, {});
}

// -- answers
// -------------------------------------------------------------------

task<> visit::answer(unsigned status, const header_list& head,
                     std::string_view body) {
  status_ = status;
  bytes_out_ = body.size();
  return res_.send(status, head, body);
}

task<> visit::refuse(wire::door_error why) {
  return refuse(std::move(why), json_headers());
}

task<> visit::refuse(wire::door_error why, header_list head) {
  why.request_id = req_.id;
  if (why.retry_after)
    head.add("Retry-After", retry_after_seconds(*why.retry_after));
  const auto body = wire::error_body(std::nullopt, why);
  co_await answer(why.status, head, body);
}

}  // namespace troupe::http::app_cache
