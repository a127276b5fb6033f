#include "http/routes/operators.hpp"
#include "http/routes/queue/counting.hpp"
#include "http/routes/queue/object_text.hpp"
#include "http/routes/queue/orders.hpp"
#include "http/routes/queue/refusals.hpp"
#include "http/routes/queue/visit.hpp"

#include <utility>

namespace troupe::http::app_queue {

namespace {

std::string print_counts(const queue_counts& all,
                         const config::settings& settings) {
  std::string out;
  object_text o{out};
  append_list(o.begin("queues"), all,
              [&](std::string& to, const queue_count& each) {
                to += print_count(each, settings_of(settings, each.name));
              });
  o.end();
  return out;
}

bool is_switch(queue_verb verb) {
  return verb == queue_verb::pause || verb == queue_verb::resume;
}

std::string print_done(std::string_view queue, queue_verb verb,
                       const queue_receipt& r) {
  std::string out;
  object_text o{out};
  o.text("queue", queue);
  if (is_switch(verb))
    o.flag("paused", verb == queue_verb::pause);
  else
    o.number("jobs", r.jobs);
  o.end();
  return out;
}

}  // namespace

task<> visit::show_queues() {
  const auto counts = co_await count_queues(lane_, where(), {});
  const auto body = print_counts(counts, lane_.settings());
  co_await answer_tagged(json_headers(), body);
}

task<> visit::show_queue() {
  const auto counts =
      co_await count_queues(lane_, where(), std::string{queue_});
  if (counts.empty() || !counts.front().queue) {
    co_await refuse(caf::make_error(errc::actor_lost));
    co_return;
  }
  const auto body =
      print_count(counts.front(), settings_of(lane_.settings(), queue_));
  co_await answer_tagged(json_headers(), body);
}

// Where nobody is asked who they are, everybody is.
bool visit::speaks_for_all() const {
  return !lane_.knows_clients() || !refuse_operator(req_, lane_.settings());
}

std::optional<wire::door_error> visit::refuse_order(queue_verb verb) const {
  if (speaks_for_all() || (!guest_.tenant.empty() && !is_switch(verb)))
    return std::nullopt;
  return not_for_tenants();
}

task<> visit::give_order(queue_verb verb) {
  auto why = refuse_order(verb);
  if (why) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto read = read_order(verb, req_.body, guest_.tenant);
  if (auto* fault = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*fault));
    co_return;
  }
  const auto got = co_await order(lane_, where(), *place_,
                                  std::move(std::get<queue_order>(read)));
  if (!got) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  const auto body = print_done(queue_, verb, *got);
  co_await answer(200, body);
}

}  // namespace troupe::http::app_queue
