#include "http/routes/queue/event_text.hpp"
#include "http/routes/queue/refusals.hpp"
#include "http/routes/queue/visit.hpp"

#include <utility>

namespace troupe::http::app_queue {

namespace {

/// A queue that died is there again within this many pauses, each twice as
/// long as the one before: 6 s in all. Then the client may come back itself.
constexpr int losses_max = 6;
constexpr std::chrono::milliseconds loss_pause{100};

[[noreturn]] void fail_gone() {
  throw boost::system::system_error{asio::error::operation_aborted};
}

header_list stream_headers() {
  header_list head;
  head.add("Content-Type", "text/event-stream");
  head.add("Cache-Control", "no-store");
  head.add("X-Accel-Buffering", "no");  // nginx passes it on at once.
  return head;
}

/// All of it; a heartbeat where there is nothing.
std::string text_of(const job_events& page) {
  std::string text;
  for (const auto& e : page.events)
    append_event(text, e);
  if (text.empty())
    text = stream_heartbeat;
  return text;
}

void move_on(events_wish& wish, const job_events& page) {
  if (!page.events.empty())
    wish.after = page.events.back().number;
}

}  // namespace

task<> visit::follow_job() {
  auto read = read_stream(req_, id_, guest_.tenant);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto& wish = std::get<stream_wish>(read);
  if (wish.as_page)
    co_await show_events(std::move(wish.events));
  else
    co_await stream(std::move(wish.events));
}

task<> visit::show_events(events_wish wish) {
  const auto after = wish.after;
  watch_client();
  const auto got =
      co_await follow(lane_, where(), *place_, std::move(wish), followed_);
  unwatch_client();
  if (gone_)
    fail_gone();
  if (!got) {
    co_await refuse(refusal_for(got, id_, queue_));
    co_return;
  }
  const auto body = print_events(*got, after);
  co_await answer_tagged(json_headers(), body);
}

// What is there already decides about the status. Who comes back for more and
// has seen the end is told so: at a 204 a browser does not come again.
task<> visit::stream(events_wish wish) {
  auto got = co_await follow(lane_, where(), *place_, wish, followed_);
  if (!got) {
    co_await refuse(refusal_for(got, id_, queue_));
    co_return;
  }
  if (got->ended && got->events.empty()) {
    const header_list none;
    co_await answer(204, none, {});
    co_return;
  }
  status_ = 200;
  const auto head = stream_headers();
  res_.start(status_, head);
  co_await say(stream_opening);
  co_await stream_on(std::move(wish), std::move(*got));
  co_await res_.finish();
}

// The stream ends with the job's end, or, cut short, without: then the client
// comes back and says where it was.
task<> visit::stream_on(events_wish wish, job_events seen) {
  wish.wait_ms = static_cast<std::uint64_t>(
      std::chrono::milliseconds{heartbeat_interval}.count());
  watch_client();
  bool goes_on = true;
  while (goes_on) {
    const auto text = text_of(seen);
    co_await say(text);
    move_on(wish, seen);
    goes_on = !seen.ended;
    if (goes_on) {
      auto got = co_await follow_on(wish);
      goes_on = static_cast<bool>(got);
      if (got)
        seen = std::move(*got);
    }
  }
  unwatch_client();
}

task<caf::expected<job_events>> visit::follow_on(events_wish wish) {
  if (gone_)  // While it was told of the last ones.
    fail_gone();
  auto got = co_await follow(lane_, where(), *place_, wish, followed_);
  for (int losses = 0;
       !gone_ && losses < losses_max && code_of(got) == errc::actor_lost;
       ++losses) {
    timer pause{where()};
    pause.expires_after(loss_pause * (1 << losses));
    co_await pause.async_wait(use_task);
    got = co_await follow(lane_, where(), *place_, wish, followed_);
  }
  if (gone_)
    fail_gone();
  co_return got;
}

task<> visit::say(std::string_view text) {
  bytes_out_ += text.size();
  return res_.write(text);
}

}  // namespace troupe::http::app_queue
