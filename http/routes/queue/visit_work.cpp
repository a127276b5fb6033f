#include "http/routes/queue/job_text.hpp"
#include "http/routes/queue/refusals.hpp"
#include "http/routes/queue/visit.hpp"

#include <algorithm>
#include <utility>

namespace troupe::http::app_queue {

namespace {

[[noreturn]] void fail_gone() {
  throw boost::system::system_error{asio::error::operation_aborted};
}

/// What is told of changes that have gone to the queue.
job_changes outlines_of(const job_changes& all) {
  job_changes outlines(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    outlines[i].verb = all[i].verb;
    outlines[i].id = all[i].id;
  }
  return outlines;
}

/// The first refusal of what was said to one job, or how it ended.
const change_receipt& verdict_of(const change_receipts& all) {
  const auto refused = std::ranges::find_if(all, [](const change_receipt& r) {
    return r.refused != job_refusal::none;
  });
  return refused == all.end() ? all.back() : *refused;
}

}  // namespace

// -- work
// ----------------------------------------------------------------------

task<> visit::lend() {
  auto read = read_wish(req_.body, guest_.tenant);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  const auto got =
      co_await wait_for_work(std::move(std::get<lease_wish>(read)));
  if (!got) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  const auto body = print_leased(*got);
  co_await hand_out(*got, body);
}

// Somebody who waits may leave meanwhile; only who waits is watched.
task<caf::expected<leased_jobs>> visit::wait_for_work(lease_wish wish) {
  const bool waits = wish.wait_ms > 0;
  if (waits)
    watch_client();
  auto got = co_await lease(lane_, where(), *place_, std::move(wish), wished_);
  if (waits)
    unwatch_client();
  if (gone_) {
    if (got)
      give_back(*place_, *got);
    fail_gone();
  }
  co_return got;
}

// Who does not hear of its jobs cannot end them.
task<> visit::hand_out(const leased_jobs& jobs, std::string_view body) {
  try {
    co_await answer(200, body);
  } catch (const boost::system::system_error&) {
    give_back(*place_, jobs);
    throw;
  }
}

// -- reports
// -------------------------------------------------------------------

task<> visit::report_one(job_verb verb) {
  auto read = read_report(verb, req_.body, id_, guest_.tenant);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto& said = std::get<report>(read);
  job_change outline;
  outline.verb = verb;
  outline.id = id_;
  const auto got =
      co_await alter(lane_, where(), *place_, std::move(said.changes));
  if (!got || got->empty()) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  co_await show_change(outline, verdict_of(*got), std::move(said.wish));
}

// What was reported is on disk, whatever becomes of the wish.
task<> visit::show_change(const job_change& made, const change_receipt& r,
                          std::optional<lease_wish> wish) {
  if (r.refused != job_refusal::none) {
    co_await refuse(refusal_of(made, r));
    co_return;
  }
  leased_jobs next;
  if (wish) {
    auto got = co_await wait_for_work(std::move(*wish));
    if (got)
      next = std::move(*got);
  }
  const auto body = print_change(made, r, queue_, wish ? &next : nullptr);
  co_await hand_out(next, body);
}

task<> visit::report_many(job_verb verb) {
  auto read = read_reports(verb, req_.body, guest_.tenant);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto& said = std::get<report>(read);
  const auto outlines = outlines_of(said.changes);
  auto got = co_await alter(lane_, where(), *place_, std::move(said.changes));
  if (!got || got->size() != outlines.size()) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  leased_jobs next;
  if (said.wish) {
    auto more = co_await wait_for_work(std::move(*said.wish));
    if (more)
      next = std::move(*more);
  }
  const auto body =
      print_changes(outlines, *got, queue_, said.wish ? &next : nullptr);
  co_await hand_out(next, body);
}

}  // namespace troupe::http::app_queue
