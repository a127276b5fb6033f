#include "http/routes/workers.hpp"

#include "http/ask.hpp"
#include "http/routes/operators.hpp"
#include "http/status.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include <limits>
#include <optional>
#include <utility>

namespace troupe::http {

namespace {

using nlohmann::json;

constexpr std::string_view before_queue = "/api/admin/queues/";
constexpr std::string_view after_queue = "/workers";

/// What is asked of a pool: a number of workers, or nothing but how it is.
using pool_wish = std::optional<std::uint32_t>;
using pool_ticket = ticket<pool_wish, pool_size>;

std::string queue_in(std::string_view path) {
  path.remove_prefix(before_queue.size());
  path.remove_suffix(after_queue.size());
  return std::string{path};
}

/// A passing actor that asks in the ticket's name and is gone.
void ask_pool(caf::event_based_actor* self, const worker_pool_actor& pool,
              const pool_ticket& ticket) {
  const auto answered = [ticket](const pool_size& size) {
    ticket.answer(pool_size{size});
  };
  const auto lost = [ticket](const caf::error&) {
    ticket.answer(errc::actor_lost);
  };
  const caf::duration patience{pool_patience};
  if (const auto& wish = ticket.matter())
    self->request(pool, patience, atom::scale_v, *wish).then(answered, lost);
  else
    self->request(pool, patience, atom::status_v).then(answered, lost);
}

std::string told(const pool_size& size) {
  const json all{{"queue", size.queue},      {"workers", size.workers},
                 {"busy", size.busy},        {"wanted", size.wanted},
                 {"min", size.min},          {"max", size.max},
                 {"restarts", size.restarts}};
  return all.dump() + "\n";
}

/// Reads {"count": n}; nothing if it is none.
std::optional<std::uint32_t> read_count(std::string_view body) {
  const auto v = json::parse(body, nullptr, false);
  if (!v.is_object() || v.size() != 1 || !v.contains("count")
      || !v["count"].is_number_unsigned())
    return std::nullopt;
  const auto count = v["count"].get<std::uint64_t>();
  if (count > std::numeric_limits<std::uint32_t>::max())
    return std::nullopt;
  return static_cast<std::uint32_t>(count);
}

wire::door_error bad_count() {
  wire::door_error why;
  why.status = 400;
  why.code = "invalid_request";
  why.message = "The body must be {\"count\": n}, a whole number from 0 up.";
  why.param = "count";
  return why;
}

wire::door_error bad_method() {
  wire::door_error why;
  why.status = 405;
  why.code = "method_not_allowed";
  why.message = "This path takes GET, POST.";
  return why;
}

task<> refuse(const request& req, responder& res, wire::door_error why,
              exchange_record& record) {
  why.request_id = req.id;
  record.status = why.status;
  auto headers = json_headers();
  if (why.status == 405)
    headers.add("Allow", "GET, POST");
  const auto body = wire::error_body(std::nullopt, why);
  co_await res.send(why.status, headers, body);
}

/// A wish, or why there is none.
std::variant<pool_wish, wire::door_error> read_wish(const request& req) {
  if (req.method == "GET")
    return pool_wish{};
  if (req.method != "POST")
    return bad_method();
  const auto count = read_count(req.body);
  if (!count)
    return bad_count();
  return pool_wish{*count};
}

worker_pool_actor pool_named(const lane& l, std::string_view queue) {
  if (l.deps.queues == nullptr)
    return {};
  const auto found = l.deps.queues->find(queue);
  return found != l.deps.queues->end() ? found->second.pool.current()
                                       : worker_pool_actor{};
}

}  // namespace

bool is_workers_path(std::string_view path) {
  return path.size() > before_queue.size() + after_queue.size()
         && path.starts_with(before_queue) && path.ends_with(after_queue);
}

task<> answer_workers(lane& l, request& req, responder& res,
                      exchange_record& record) {
  if (auto refused = refuse_operator(req, l.settings())) {
    co_await refuse(req, res, std::move(*refused), record);
    co_return;
  }
  auto wish = read_wish(req);
  if (auto* why = std::get_if<wire::door_error>(&wish)) {
    co_await refuse(req, res, std::move(*why), record);
    co_return;
  }
  const auto pool = pool_named(l, queue_in(req.path()));
  if (pool == nullptr) {
    co_await refuse(req, res, door_error_of(errc::unknown_queue), record);
    co_return;
  }
  const auto size = co_await ask<pool_size>(
      res.get_executor(), std::get<pool_wish>(wish), [&pool](pool_ticket t) {
        pool->home_system().spawn(ask_pool, pool, std::move(t));
      });
  if (!size) {
    co_await refuse(req, res, door_error_of(size.error()), record);
    co_return;
  }
  const auto headers = json_headers();
  const auto body = told(*size);
  record.status = 200;
  record.bytes_out = body.size();
  co_await res.send(200, headers, body);
}

}  // namespace troupe::http
