#include "http/routes/attempt_race.hpp"

#include <boost/asio/co_spawn.hpp>

namespace troupe::http {

namespace {

/// How long attempts that were interrupted may take to notice.
constexpr std::chrono::seconds ending_max{5};

bool has_answer(const attempt& a) {
  return a.stands() != attempt::stage::failed;
}

}  // namespace

attempt_race::attempt_race(executor where)
    : where_(where), track_(std::make_shared<track>(where)) {}

void attempt_race::start(std::shared_ptr<attempt> runner) {
  runners_.push_back(runner);
  ++track_->running;
  asio::co_spawn(
      where_, [runner] { return runner->run(); },
      [runner, on = track_](const std::exception_ptr&) {
        --on->running;
        if (on->winner == nullptr && has_answer(*runner))
          on->winner = runner;
        on->bell.cancel();
      });
}

bool attempt_race::is_over() const {
  return track_->winner != nullptr || track_->running == 0;
}

const std::shared_ptr<attempt>& attempt_race::winner() const {
  return track_->winner;
}

task<> attempt_race::wait(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!is_over()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      co_return;
    co_await sleep(left);
  }
}

task<> attempt_race::end_others(const attempt& best) {
  for (const auto& r : runners_)
    if (r.get() != &best)
      r->withdraw();
  const auto others_running = [&] {
    return track_->running > 0;
  };
  const auto until = std::chrono::steady_clock::now() + ending_max;
  while (others_running() && std::chrono::steady_clock::now() < until)
    co_await sleep(ending_max);
  for (const auto& r : runners_)
    if (r.get() != &best)
      r->settle();
}

// Until the bell rings.
task<> attempt_race::sleep(std::chrono::milliseconds limit) {
  track_->bell.expires_after(limit);
  try {
    co_await track_->bell.async_wait(use_task);
  } catch (const boost::system::system_error&) {
    // It rang.
  }
}

}  // namespace troupe::http
