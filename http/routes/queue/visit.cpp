#include "http/routes/queue/visit.hpp"

#include "http/routes/cache/query.hpp"
#include "http/routes/cache/tokens.hpp"
#include "http/routes/operators.hpp"
#include "http/routes/queue/job_text.hpp"
#include "http/routes/queue/names.hpp"
#include "http/routes/queue/refusals.hpp"
#include "http/status.hpp"

#define XXH_INLINE_ALL  // Nothing to link.
#include <utility>
#include <xxhash.h>

namespace troupe::http::app_queue {

namespace {

bool has_id(action a) {
  return a != action::add_many && a >= action::show && a <= action::release
         && a != action::lease;
}

bool has_schedule_id(action a) {
  return a >= action::show_schedule && a <= action::remove_schedule;
}

bool has_query(action a) {
  return a == action::list || a == action::follow || a == action::list_children
         || a == action::list_schedules;
}

/// What is wrong before anything was read.
std::optional<wire::door_error> refuse_shape(const request& req, action a) {
  if (auto why = refuse_media_type(req))
    return why;
  if (has_query(a))
    return std::nullopt;
  return app_cache::each_parameter(
      req.query(), [](auto, auto) { return app_cache::taken{.known = false}; });
}

job_change removal(std::string id, std::string tenant) {
  job_change c;
  c.verb = job_verb::remove;
  c.id = std::move(id);
  c.tenant = std::move(tenant);
  return c;
}

job_query query_for(const std::string& id, const std::string& tenant) {
  job_query asked;
  asked.id = id;
  asked.tenant = tenant;
  return asked;
}

}  // namespace

visit::visit(lane& l, request& req, responder& res, const match& m)
    : lane_(l), req_(req), res_(res), match_(m) {}

task<> visit::run() {
  const bool is_in = co_await come_in();
  if (!is_in)
    co_return;
  auto why = refuse_shape(req_, match_.action);
  if (!why)
    why = find_place();
  if (why)
    co_await refuse(std::move(*why));
  else
    co_await act();
}

/// Operators have a key of their own, which INGRESS does not know.
task<bool> visit::come_in() {
  auto let_in = co_await enter(lane_, req_, where());
  if (let_in) {
    guest_ = std::move(*let_in);
    co_return true;
  }
  const bool is_operator = code_of(let_in) == errc::unauthorized
                           && !refuse_operator(req_, lane_.settings());
  if (!is_operator)
    co_await refuse(let_in.error());
  co_return is_operator;
}

std::optional<wire::door_error> visit::find_place() {
  if (match_.action == action::list_queues)
    return std::nullopt;
  const auto* const queues = lane_.deps.queues.get();
  const auto name = app_cache::decoded(match_.queue, app_cache::plus::itself);
  if (queues == nullptr || !name)
    return unknown_queue(match_.queue, queues);
  const auto found = queues->find(*name);
  if (found == queues->end())
    return unknown_queue(*name, queues);
  queue_ = found->first;
  place_ = &found->second;
  if (has_schedule_id(match_.action))
    id_ = app_cache::decoded(match_.id, app_cache::plus::itself)
              .value_or(std::string{match_.id});
  if (!has_id(match_.action))
    return std::nullopt;
  auto id = id_in_path(match_.id);
  if (!id)
    return unknown_job(match_.id, queue_);
  id_ = std::move(*id);
  return std::nullopt;
}

task<> visit::act() {
  switch (match_.action) {
  case action::add:
    return add();
  case action::add_many:
    return add_many();
  case action::list:
    return list();
  case action::show:
    return show();
  case action::remove:
    return remove();
  case action::follow:
    return follow_job();
  case action::list_children:
    return list_children();
  case action::retry:
    return report_one(job_verb::retry);
  case action::cancel:
    return report_one(job_verb::cancel);
  case action::promote:
    return report_one(job_verb::promote);
  case action::adjust:
    return report_one(job_verb::adjust);
  case action::lease:
    return lend();
  case action::complete:
    return report_one(job_verb::complete);
  case action::fail:
    return report_one(job_verb::fail);
  case action::heartbeat:
    return report_one(job_verb::heartbeat);
  case action::progress:
    return report_one(job_verb::progress);
  case action::append:
    return report_one(job_verb::append);
  case action::checkpoint:
    return report_one(job_verb::checkpoint);
  case action::release:
    return report_one(job_verb::release);
  case action::complete_many:
    return report_many(job_verb::complete);
  case action::heartbeat_many:
    return report_many(job_verb::heartbeat);
  default:
    return act_on_queue();
  }
}

task<> visit::act_on_queue() {
  switch (match_.action) {
  case action::list_schedules:
    return list_schedules();
  case action::show_schedule:
    return show_schedule();
  case action::arrange_schedule:
    return arrange_schedule();
  case action::remove_schedule:
    return remove_schedule();
  case action::show_queue:
    return show_queue();
  case action::pause:
    return give_order(queue_verb::pause);
  case action::resume:
    return give_order(queue_verb::resume);
  case action::drain:
    return give_order(queue_verb::drain);
  case action::clean:
    return give_order(queue_verb::clean);
  case action::redrive:
    return give_order(queue_verb::redrive);
  case action::purge:
    return give_order(queue_verb::purge);
  default:
    return show_queues();
  }
}

// -- jobs (adding: visit_flows.cpp)
// ----------------------------------------------------------------------

task<> visit::list() {
  auto read = read_query(req_, guest_.tenant);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto& query = std::get<job_query>(read);
  const bool with_data = query.with_data;
  const auto got = co_await view(lane_, where(), *place_, std::move(query));
  if (!got) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  auto head = json_headers();
  if (got->next != 0)
    head.add("Link", link_to_next(req_, got->next));
  const auto body = print_page(*got, queue_, with_data);
  co_await answer_tagged(std::move(head), body);
}

task<> visit::show() {
  const auto got =
      co_await view(lane_, where(), *place_, query_for(id_, guest_.tenant));
  if (!got || got->jobs.empty()) {
    co_await refuse(refusal_for(got, id_, queue_));
    co_return;
  }
  const auto body = print_job(got->jobs.front(), queue_);
  co_await answer_tagged(json_headers(), body);
}

task<> visit::remove() {
  job_changes changes;
  changes.push_back(removal(id_, guest_.tenant));
  const auto wanted = changes.front();
  const auto got = co_await alter(lane_, where(), *place_, std::move(changes));
  if (!got || got->empty()) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  const auto& receipt = got->front();
  const header_list none;
  if (receipt.refused == job_refusal::none)
    co_await answer(204, none, {});
  else
    co_await refuse(refusal_of(wanted, receipt));
}

// -- the client
// ----------------------------------------------------------------

void visit::watch_client() {
  res_.watch([this] {
    gone_ = true;
    wished_.now();
    followed_.now();
  });
}

void visit::unwatch_client() {
  res_.watch({});
}

// -- answers
// -------------------------------------------------------------------

task<> visit::answer(unsigned status, const header_list& head,
                     std::string_view body) {
  status_ = status;
  bytes_out_ = body.size();
  return res_.send(status, head, body);
}

task<> visit::answer(unsigned status, std::string_view body) {
  const auto head = json_headers();
  co_await answer(status, head, body);
}

task<> visit::answer_tagged(header_list head, std::string_view body) {
  const auto etag = XXH3_64bits(body.data(), body.size()) | 1;  // 0 is none.
  head.add("ETag", app_cache::print_etag(etag));
  const auto known = req_.headers.find("if-none-match");
  const bool is_known = known && app_cache::lists_etag(*known, etag);
  const std::string_view shown = is_known ? std::string_view{} : body;
  co_await answer(is_known ? 304 : 200, head, shown);
}

task<> visit::refuse(wire::door_error why) {
  why.request_id = req_.id;
  auto head = json_headers();
  if (why.retry_after)
    head.add("Retry-After", retry_after_seconds(*why.retry_after));
  const auto body = wire::error_body(std::nullopt, why);
  co_await answer(why.status, head, body);
}

task<> visit::refuse(const caf::error& why) {
  return refuse(refusal_of(why));
}

}  // namespace troupe::http::app_queue
