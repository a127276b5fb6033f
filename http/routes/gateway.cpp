#include "http/routes/gateway.hpp"

#include "http/cache/cached_call.hpp"
#include "http/routes/cache/visit.hpp"
#include "http/routes/chat.hpp"
#include "http/routes/explain.hpp"
#include "http/routes/models.hpp"
#include "http/routes/own_routes.hpp"
#include "http/routes/queue/visit.hpp"
#include "http/routes/workers.hpp"
#include "runtime/log.hpp"

#include <spdlog/spdlog.h>

namespace troupe::http {

namespace {

const own_route* find_own(std::string_view path) {
  for (const auto& r : own_routes)
    if (r.path == path)
      return &r;
  return nullptr;
}

// Apart, because gcc 12 loses the object of a call through a member pointer
// inside of a coroutine.
answer answer_own(const monitoring& watch, const own_route& route,
                  const request& req) {
  return (watch.*route.make)(req);
}

bool method_fits(std::string_view asked, std::string_view given) {
  return asked == given || (asked == "HEAD" && given == "GET");
}

/// Notes how a visit ended, also when it ends because its client has gone.
template <class Visit>
class told_of {
public:
  told_of(const Visit& one, exchange_record& record)
      : one_(one), record_(record) {}
  ~told_of() {
    record_.status = one_.status();
    record_.bytes_out = one_.bytes_out();
  }
  told_of(const told_of&) = delete;
  told_of& operator=(const told_of&) = delete;

private:
  const Visit& one_;
  exchange_record& record_;
};

}  // namespace

task<> gateway::serve(request& req, responder& res) {
  const auto started = std::chrono::steady_clock::now();
  entry done;
  bool gone = false;
  try {
    co_await dispatch(req, res, done);
  } catch (const boost::system::system_error&) {
    done.record.status = status_client_gone;
    gone = true;
  }
  note(req, done, started);
  if (gone)
    throw boost::system::system_error{asio::error::operation_aborted};
}

task<> gateway::dispatch(request& req, responder& res, entry& done) {
  const auto path = req.path();
  if (const auto m = wire::find_endpoint(req.method, path, req.headers)) {
    co_await call_model(req, res, *m, done);
  } else if (path == chat_path && req.method == "POST") {
    done.route = "chat";
    co_await answer_chat(lane_, req, res, done.record);
  } else if (const auto kept = app_cache::find_route(req.method, path)) {
    co_await call_cache(req, res, *kept, done);
  } else if (const auto work = app_queue::find_route(req.method, path)) {
    co_await call_queue(req, res, *work, done);
  } else if (path == explain_path && req.method == "POST") {
    done.route = "cache_explain";
    co_await answer_explain(lane_, req, res, done.record);
  } else if (is_workers_path(path)) {
    done.route = "workers";
    co_await answer_workers(lane_, req, res, done.record);
  } else if (const auto* own = find_own(path);
             own != nullptr && method_fits(req.method, own->method)) {
    done.route = own->name;
    const auto got = answer_own(monitoring_, *own, req);
    done.record.status = got.status;
    done.record.bytes_out = got.body.size();
    co_await res.send(got.status, got.headers, got.body);
  } else {
    co_await not_found(req, res, done);
  }
}

task<> gateway::call_model(request& req, responder& res, const wire::match& m,
                           entry& done) {
  done.route = wire::name_of(m.endpoint);
  if (auto listed = answer_models(lane_.settings().models, m, req))
    return list_models(req, res, m, std::move(*listed), done);
  return answer_model(lane_, req, res, m, done.record);
}

task<> gateway::list_models(request& req, responder& res, const wire::match& m,
                            answer listed, entry& done) {
  exchange visit{lane_, req, res, m};
  const bool let_in = co_await visit.enter();
  if (let_in) {
    done.record.status = listed.status;
    co_await res.send(listed.status, listed.headers, listed.body);
  } else {
    done.record = visit.record();
  }
}

task<> gateway::call_cache(request& req, responder& res,
                           const app_cache::match& m, entry& done) {
  done.route = m.name;
  done.is_usual = true;
  app_cache::visit one{lane_, req, res, m};
  const told_of telling{one, done.record};
  co_await one.run();
}

task<> gateway::call_queue(request& req, responder& res,
                           const app_queue::match& m, entry& done) {
  done.route = m.name;
  done.is_usual = true;
  app_queue::visit one{lane_, req, res, m};
  const told_of telling{one, done.record};
  co_await one.run();
}

task<> gateway::not_found(request& req, responder& res, entry& done) {
  const auto path = req.path();
  auto allowed = wire::methods_of(path, req.headers);
  if (const auto* own = find_own(path))
    allowed = own->method;
  if (const auto methods = app_cache::methods_of(path); !methods.empty())
    allowed = methods;
  const auto of_queues = app_queue::methods_of(path);
  if (!of_queues.empty())
    allowed = of_queues;
  if (path == chat_path || path == explain_path)
    allowed = "POST";
  wire::door_error why;
  why.status = allowed.empty() ? 404 : 405;
  why.code = allowed.empty() ? "not_found" : "method_not_allowed";
  why.message = allowed.empty()
                    ? "There is nothing at this path; GET / lists what is."
                    : "This path takes " + std::string{allowed} + ".";
  why.request_id = req.id;
  auto headers = json_headers();
  if (!allowed.empty())
    headers.add("Allow", allowed);
  done.record.status = why.status;
  const auto body = wire::error_body(wire::dialect_of(path, req.headers), why);
  co_await res.send(why.status, headers, body);
}

task<> gateway::refuse(request& req, responder& res, refusal why) {
  entry done;
  done.route = "refused";
  done.record.status = why.status;
  wire::door_error e;
  e.status = why.status;
  e.code = why.code;
  e.message = std::move(why.message);
  e.request_id = req.id;
  const auto body =
      wire::error_body(wire::dialect_of(req.path(), req.headers), e);
  const auto headers = json_headers();
  note(req, done, std::chrono::steady_clock::now());
  co_await res.send(why.status, headers, body);
}

// One line a request; the bodies of neither side, no header, no query: those
// hold prompts and keys.
void gateway::note(const request& req, const entry& done, time_point started) {
  const auto& r = done.record;
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - started);
  lane_.count_request(done.route, r.status, took);
  // Probes and scrapes come every few seconds and say nothing new; the cache's
  // visitors come by the thousand.
  const bool kept = r.cache == cache_use::hit || r.cache == cache_use::semantic
                    || r.cache == cache_use::coalesced;
  const bool own = r.attempts == 0 && !kept
                   && (r.status == 200 || (done.is_usual && r.status < 500));
  log::entry line{own ? spdlog::level::debug : spdlog::level::info, "request"};
  line.add("id", req.id)
      .add("method", req.method)
      .add("route", done.route)
      .add("status", r.status)
      .add("ms", took)
      .add("bytes_in", req.body.size())
      .add("bytes_out", r.bytes_out)
      .add("peer", req.peer);
  if (const auto use = name_of(r.cache); !use.empty())
    line.add("cache", use);
  if (r.attempts == 0 && !kept)
    return;
  line.add("wire", r.wire)
      .add("model", r.model)
      .add("provider", r.provider)
      .add("key", r.key)
      .add("attempts", r.attempts)
      .add("fault", name_of(r.ended))
      .add("streamed", r.streamed ? 1 : 0)
      .add("first_byte_ms", r.first_byte)
      .add("translated", r.translated ? 1 : 0)
      .add("tokens_in", r.usage.input())
      .add("tokens_out", r.usage.output());
  if (!r.client.empty())
    line.add("client", r.client);
}

}  // namespace troupe::http
