#include "http/simulator/service.hpp"

#include <optional>

namespace troupe::simulator {

namespace {

/// Waits shorter than this are not worth watching the client.
constexpr std::chrono::milliseconds watched_min{500};

/// Watches the client of `res` as long as it lives.
class departure_watch {
public:
  departure_watch(http::responder& res, http::timer& ends) : res_(res) {
    res_.watch([&ends] { ends.cancel(); });
  }
  ~departure_watch() { res_.watch({}); }

  departure_watch(const departure_watch&) = delete;
  departure_watch& operator=(const departure_watch&) = delete;

private:
  http::responder& res_;
};

/// Tells the provider of a client that left, unless the answer was over first.
class unfinished_answer {
public:
  explicit unfinished_answer(provider& of) : provider_(&of) {}
  ~unfinished_answer() {
    if (provider_ != nullptr)
      provider_->left();
  }

  unfinished_answer(const unfinished_answer&) = delete;
  unfinished_answer& operator=(const unfinished_answer&) = delete;

  void over() { provider_ = nullptr; }

private:
  provider* provider_;
};

/// Throws `operation_aborted` should the client leave.
http::task<> wait_on_timer(http::responder& res, microseconds time) {
  http::timer timer{res.get_executor(), time};
  std::optional<departure_watch> watch;
  if (time >= watched_min)
    watch.emplace(res, timer);
  co_await timer.async_wait(http::use_task);
}

}  // namespace

service::service(settings rules, waiter wait)
    : provider_(std::move(rules)),
      wait_(wait ? std::move(wait) : waiter{wait_on_timer}) {}

http::task<> service::serve(http::request& req, http::responder& res) {
  const auto answer = provider_.answer(req, {std::chrono::steady_clock::now(),
                                             std::chrono::system_clock::now()});
  unfinished_answer until_over{provider_};
  if (answer.streamed)
    co_await play_stream(answer, res);
  else
    co_await play_whole(answer, res);
  until_over.over();
}

http::task<> service::play_whole(const script& answer, http::responder& res) {
  co_await pause(res, answer.duration());
  if (answer.end == curtain::reset)
    res.reset();
  else
    co_await res.send(answer.status, answer.headers, answer.bytes);
}

http::task<> service::play_stream(const script& answer, http::responder& res) {
  res.start(answer.status, answer.headers);
  std::string_view rest = answer.bytes;
  for (const auto& each : answer.steps) {
    co_await pause(res, each.wait);
    co_await res.write(rest.substr(0, each.size));
    rest.remove_prefix(each.size);
  }
  co_await pause(res, answer.last_wait);
  if (answer.end == curtain::reset)
    res.reset();
  else
    co_await res.finish();
}

http::task<> service::refuse(http::request& req, http::responder& res,
                             http::refusal why) {
  const auto answer = provider_.refused(req, why.status, why.message);
  co_await res.send(answer.status, answer.headers, answer.bytes);
}

http::task<> service::pause(http::responder& res, microseconds time) {
  if (time.count() > 0)
    co_await wait_(res, time);
}

}  // namespace troupe::simulator
