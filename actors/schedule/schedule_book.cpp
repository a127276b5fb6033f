#include "actors/schedule/schedule_book.hpp"

#include "actors/schedule/schedule_codec.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

constexpr std::size_t id_size_max = 100;
constexpr std::uint32_t catch_up_most = 100;

bool is_in_id(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '@'
         || c == '-';
}

// What is wrong beside the timing.
std::optional<schedule_fault> find_fault(const schedule_wish& w) {
  if (w.id.empty() || w.id.size() > id_size_max
      || !std::ranges::all_of(w.id, is_in_id))
    return schedule_fault{"id", "must have 1 to 100 letters, digits, '_', '.', "
                                "'@' and '-'"};
  if (w.catch_up_max < 1 || w.catch_up_max > catch_up_most)
    return schedule_fault{"catch_up_max", "must lie between 1 and 100"};
  if (!w.job.id.empty())
    return schedule_fault{"job.id", "is made from the schedule's"};
  if (w.job.dedup)
    return schedule_fault{"job.dedup", "is not for jobs of schedules"};
  return std::nullopt;
}

bool same_timing(const schedule_wish& a, const schedule_wish& b) {
  return a.cron == b.cron && a.every_ms == b.every_ms && a.zone == b.zone
         && a.start_at == b.start_at && a.end_at == b.end_at;
}

// The same occurrence has the same id whenever it is made.
std::string id_of(const schedule_wish& w, job_time occurrence) {
  return "schedule:" + w.id + ":" + std::to_string(occurrence);
}

bool is_spent(const schedule_wish& w, const schedule_progress& p) {
  return w.limit != 0 && p.made >= w.limit;
}

}  // namespace

caf::expected<void> schedule_book::load(const record& r) {
  // What cannot be read stays where it is.
  last_number_ = std::max(last_number_, r.key);
  auto read = read_schedule(r.key, r.value);
  if (!read)
    return read.error();
  const auto refuse = [](const schedule_fault& f) {
    return caf::make_error(errc::store_corrupt,
                           "a schedule's " + f.field + ": " + f.why);
  };
  if (const auto fault = find_fault(read->wish))
    return refuse(*fault);
  auto timing = schedule_timing::make(read->wish, read->progress.anchor);
  if (const auto* f = std::get_if<schedule_fault>(&timing))
    return refuse(*f);
  const name key{read->wish.job.tenant, read->wish.id};
  const auto [named, is_new] = names_.emplace(key, r.key);
  if (!is_new) {
    const auto older = std::min(named->second, r.key);
    changed_.insert(older);
    if (older == r.key)
      return {};
    displace(older, schedules_[older]);
    schedules_.erase(older);
    named->second = r.key;
  }
  auto& s = schedules_[r.key];
  s.wish = std::move(read->wish);
  s.progress = read->progress;
  s.timing = std::get<schedule_timing>(std::move(timing));
  place(r.key, s);
  return {};
}

std::variant<schedule_view, schedule_fault>
schedule_book::upsert(schedule_wish wish, job_time now) {
  if (auto fault = find_fault(wish))
    return *fault;
  const name key{wish.job.tenant, wish.id};
  const auto known = names_.find(key);
  const bool is_new = known == names_.end();
  if (is_new && schedules_.size() >= schedules_max)
    return schedule_fault{"id", "no more than " + std::to_string(schedules_max)
                                    + " schedules can be kept"};
  const auto number = is_new ? last_number_ + 1 : known->second;
  const bool goes_on = !is_new && same_timing(schedules_[number].wish, wish);
  const auto anchor = goes_on ? schedules_[number].progress.anchor : now;
  auto timing = schedule_timing::make(wish, anchor);
  if (auto* f = std::get_if<schedule_fault>(&timing))
    return std::move(*f);
  auto& s = schedules_[number];
  if (is_new) {
    names_.emplace(key, number);
    last_number_ = number;
  }
  s.timing = std::get<schedule_timing>(std::move(timing));
  s.wish = std::move(wish);
  if (!goes_on) {
    s.progress = {.anchor = anchor, .next_at = s.timing.next_after(now)};
    s.before.reset();
  } else if (is_spent(s.wish, s.progress)) {
    s.progress.next_at.reset();
  } else if (!s.progress.next_at) {
    s.progress.next_at = s.timing.next_after(now);  // It has a higher limit.
  }
  place(number, s);
  changed_.insert(number);
  return schedule_view{number, s.wish, s.progress};
}

bool schedule_book::remove(std::string_view tenant, std::string_view id) {
  const auto known = names_.find(name{tenant, id});
  if (known == names_.end())
    return false;
  const auto number = known->second;
  displace(number, schedules_[number]);
  schedules_.erase(number);
  names_.erase(known);
  changed_.insert(number);
  return true;
}

std::optional<schedule_view> schedule_book::find(std::string_view tenant,
                                                 std::string_view id) const {
  const auto known = names_.find(name{tenant, id});
  if (known == names_.end())
    return std::nullopt;
  const auto& s = schedules_.at(known->second);
  return schedule_view{known->second, s.wish, s.progress};
}

std::vector<schedule_view> schedule_book::list(std::string_view tenant,
                                               schedule_number after,
                                               std::size_t limit) const {
  std::vector<schedule_view> views;
  for (auto at = schedules_.upper_bound(after);
       at != schedules_.end() && views.size() < limit; ++at)
    if (tenant.empty() || at->second.wish.job.tenant == tenant)
      views.push_back({at->first, at->second.wish, at->second.progress});
  return views;
}

// -- what is due --------------------------------------------------------------

void schedule_book::displace(schedule_number number, schedule& s) {
  if (s.due_at)
    queue_.erase({*s.due_at, number});
  s.due_at.reset();
}

// Where it belongs now: nowhere while its jobs are on their way, or it is over.
void schedule_book::place(schedule_number number, schedule& s) {
  displace(number, s);
  if (s.before || !s.progress.next_at || is_spent(s.wish, s.progress))
    return;
  s.due_at = std::max(*s.progress.next_at, s.not_before);
  queue_.emplace(*s.due_at, number);
}

// @pre it is due.
std::vector<job_time> schedule_book::occurrences(const schedule& s,
                                                 job_time now) const {
  const auto& w = s.wish;
  std::size_t most = w.misfire == misfire_policy::all ? w.catch_up_max : 1;
  if (w.limit != 0)
    most = std::min<std::size_t>(most, w.limit - s.progress.made);
  auto times = s.timing.last_of(*s.progress.next_at - 1, now, most);
  if (w.misfire == misfire_policy::skip)
    std::erase_if(times, [&](job_time t) {
      return now - t > static_cast<job_time>(misfire_grace_ms);
    });
  return times;
}

void schedule_book::give_out(schedule_number number, schedule& s, job_time now,
                             due_jobs& into) {
  const auto times = occurrences(s, now);
  if (!times.empty()) {
    s.before = s.progress;
    s.turn = ++turns_;
    into.turns.push_back({number, s.turn});
  }
  for (const auto t : times) {
    into.jobs.push_back(s.wish.job);
    into.jobs.back().id = id_of(s.wish, t);
    s.progress.last_at = t;
    ++s.progress.made;
  }
  s.progress.next_at =
      is_spent(s.wish, s.progress) ? std::nullopt : s.timing.next_after(now);
  place(number, s);
  changed_.insert(number);
}

due_jobs schedule_book::due(job_time now, std::size_t jobs_max) {
  due_jobs result;
  for (std::size_t looks = 0;
       looks < jobs_max && result.jobs.size() < jobs_max && !queue_.empty()
       && queue_.begin()->first <= now;
       ++looks) {
    const auto number = queue_.begin()->second;
    give_out(number, schedules_[number], now, result);
  }
  return result;
}

void schedule_book::settle(const std::vector<due_turn>& turns,
                           due_outcome outcome, job_time now) {
  for (const auto& [number, turn] : turns) {
    const auto found = schedules_.find(number);
    // Removed meanwhile, or begun anew.
    if (found == schedules_.end() || !found->second.before
        || found->second.turn != turn)
      continue;
    auto& s = found->second;
    if (outcome == due_outcome::refused) {
      s.progress = *s.before;
      if (is_spent(s.wish, s.progress))  // It has a lower limit meanwhile.
        s.progress.next_at.reset();
      s.not_before = now + retry_pause_ms;
      changed_.insert(number);
    }
    s.before.reset();
    place(number, s);
  }
}

std::optional<job_time> schedule_book::next_call() const {
  if (queue_.empty())
    return std::nullopt;
  return queue_.begin()->first;
}

// -- what is written ----------------------------------------------------------

std::vector<record_change> schedule_book::take_changes() {
  std::vector<record_change> changes;
  changes.reserve(changed_.size());
  for (const auto number : changed_) {
    const auto found = schedules_.find(number);
    if (found == schedules_.end())
      changes.push_back(
          {.key = number, .value = std::nullopt, .until = number});
    else
      changes.push_back(
          {.key = number,
           .value = record_of(found->second.wish, found->second.progress)});
  }
  changed_.clear();
  return changes;
}

}  // namespace troupe
