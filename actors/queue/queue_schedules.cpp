// Jobs that come again.

#include "actors/queue/queue.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

/// Until a queue that was full is asked again.
constexpr std::chrono::seconds full_pause{1};

constexpr auto last_key = std::numeric_limits<std::int64_t>::max();

}  // namespace

// -- after a start
// -------------------------------------------------------------

void queue_state::read_schedules(std::int64_t from) {
  record_range range;
  range.space = book_->spaces().schedules;
  range.from = from;
  range.to = last_key;
  range.records_max = page_schedules;
  range.bytes_max = page_schedule_bytes;
  ask({std::move(range)}, schedules_read{});
}

void queue_state::answer(schedules_read&&, record_pages& found) {
  const auto& page = found.front();
  const bool more = !page.empty() && page.back().key < last_key;
  if (more)
    read_schedules(page.back().key + 1);
  for (const auto& r : page)
    note(schedules_.load(r));
  if (!more)
    open();
}

void queue_state::fail(schedules_read&&, const caf::error& why) {
  fail(loading_read{}, why);
}

// -- what is asked
// -------------------------------------------------------------

void queue_state::serve(const arrange_ticket& t, job_time) {
  if (drains_) {
    t.answer(errc::shutting_down);
    return;
  }
  if (const auto& why = book_->refusal()) {
    t.answer(caf::error{why});
    return;
  }
  const auto& [removes, wish] = t.matter();
  const auto& tenant = wish.job.tenant;
  schedule_receipt receipt;
  if (removes) {
    receipt.known = schedules_.remove(tenant, wish.id);
  } else {
    receipt.known = schedules_.find(tenant, wish.id).has_value();
    auto said = schedules_.upsert(wish, deps_->wall());
    if (auto* fault = std::get_if<schedule_fault>(&said)) {
      receipt.fault = std::move(*fault);
      t.answer(std::move(receipt));
      return;
    }
    receipt.view = std::get<schedule_view>(std::move(said));
  }
  write_schedules();
  reply(t, std::move(receipt));
}

void queue_state::serve(const schedules_ticket& t, job_time) {
  const auto& q = t.matter();
  schedule_page page;
  if (!q.id.empty()) {
    if (auto found = schedules_.find(q.tenant, q.id))
      page.schedules.push_back(std::move(*found));
    t.answer(std::move(page));
    return;
  }
  const auto limit = std::clamp(q.limit, 1u, schedules_shown);
  page.schedules = schedules_.list(q.tenant, q.after, limit + 1);
  if (page.schedules.size() > limit) {
    page.schedules.pop_back();
    page.next = page.schedules.back().number;
  }
  t.answer(std::move(page));
}

// -- what is due
// ---------------------------------------------------------------

// Schedule by schedule, so that one with many jobs does not keep the others out
// of a queue that is nearly full.
void queue_state::call_schedules(job_time at) {
  const auto is_due = [this] {
    const auto next = next_schedule();
    return next && *next <= steady();
  };
  for (std::size_t done = 0; done < schedules_slice && is_due();) {
    const auto due = schedules_.due(deps_->wall(), 1);
    done += 1 + due.jobs.size();
    if (!make(due, at))
      schedules_rest_ = steady() + full_pause;
  }
  write_schedules();
  if (is_due())
    hurry();
}

bool queue_state::make(const due_jobs& due, job_time at) {
  if (due.jobs.empty())
    return true;
  const auto added = book_->add(due.jobs, at);
  if (!added) {
    schedules_.settle(due.turns, due_outcome::refused, deps_->wall());
    deps_->metrics.count(schedule_event::refused, due.jobs.size());
    return false;
  }
  put_at_hand(due.jobs, *added);
  const auto fresh =
      std::ranges::count(added->receipts, false, &job_receipt::duplicate);
  turns_waiting_.push_back(
      {due.turns.front(), static_cast<std::uint32_t>(fresh)});
  return true;
}

// If a batch fails, what was to go with the next one is given up too.
void queue_state::settle_schedules(const caf::error& why) {
  settle(std::exchange(turns_flying_, {}),
         why ? schedule_event::failed : schedule_event::added);
  if (why)
    settle(std::exchange(turns_waiting_, {}), schedule_event::failed);
}

void queue_state::settle(const std::vector<called_turn>& turns,
                         schedule_event how) {
  const auto wall = deps_->wall();
  const auto outcome =
      how == schedule_event::added ? due_outcome::stored : due_outcome::refused;
  for (const auto& [turn, jobs] : turns) {
    schedules_.settle({turn}, outcome, wall);
    deps_->metrics.count(how, jobs);
  }
}

void queue_state::write_schedules() {
  if (auto changes = schedules_.take_changes(); !changes.empty())
    book_->write(book_->spaces().schedules, std::move(changes));
}

// Nothing while the queue takes nothing in; it looks again when it does. A wall
// may be set to another time, so what is far away is looked at on the way.
std::optional<time_point> queue_state::next_schedule() const {
  const auto next = schedules_.next_call();
  if (!next || drains_ || book_->refusal())
    return {};
  constexpr auto far = job_time{milliseconds{sweep_far}.count()};
  const auto in = std::clamp(*next - deps_->wall(), job_time{0}, far);
  return std::max(schedules_rest_, steady() + milliseconds{in});
}

}  // namespace troupe
