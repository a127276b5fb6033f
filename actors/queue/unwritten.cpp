#include "actors/queue/unwritten.hpp"

#include "actors/queue/job_codec.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <limits>
#include <utility>

namespace troupe {

namespace {

template <class Vector>
void put_before(Vector& all, Vector&& first) {
  first.insert(first.end(), std::make_move_iterator(all.begin()),
               std::make_move_iterator(all.end()));
  all = std::move(first);
  first.clear();
}

record_change erased(std::int64_t from, std::int64_t to) {
  return {.key = from, .value = {}, .until = to};
}

void put_last(store_batch& to, const std::string& space,
              std::vector<record_change>&& changes) {
  if (changes.empty())
    return;
  const auto same = std::find_if(
      to.begin(), to.end(), [&](const auto& s) { return s.space == space; });
  if (same == to.end()) {
    to.push_back({.space = space, .changes = std::move(changes)});
    return;
  }
  same->changes.insert(same->changes.end(),
                       std::make_move_iterator(changes.begin()),
                       std::make_move_iterator(changes.end()));
}

}  // namespace

void unwritten::touch(kept_job& job) {
  if (job.is(job_mark::dirty))
    return;
  job.set(job_mark::dirty);
  dirty_.push_back(&job);
}

void unwritten::add(pieces& to, std::int64_t key, shared_bytes value) {
  bytes_ += value.size();
  to.push_back({.key = key, .value = std::move(value)});
}

void unwritten::paper(job_number number, job_paper paper,
                      const shared_bytes& bytes) {
  add(papers_, paper_key(number, paper), bytes);
}

void unwritten::failure(job_number number, std::uint32_t count,
                        std::string text) {
  add(failures_, failure_key(number, count), shared_bytes{std::move(text)});
}

void unwritten::event(job_number number, std::uint64_t event,
                      std::string text) {
  add(events_, event_key(number, event), shared_bytes{std::move(text)});
}

void unwritten::child(job_number number, std::uint32_t index,
                      std::string text) {
  has_children_ = true;
  add(children_, child_key(number, index), shared_bytes{std::move(text)});
}

void unwritten::beside(std::string_view space,
                       std::vector<record_change> changes) {
  auto& all = beside_.emplace_back();
  all.space = space;
  all.changes = std::move(changes);
  bytes_ += size_of(all);
}

std::size_t unwritten::size_of(const space_changes& all) {
  std::size_t out = 0;
  for (const auto& c : all.changes)
    out += c.value ? c.value->size() : 0;
  return out;
}

void unwritten::memory(std::string text) {
  memory_ = std::move(text);
  memory_waits_ = true;
}

void unwritten::forget(std::unique_ptr<kept_job> job) {
  job->set(job_mark::forgotten);
  graves_.push_back(std::move(job));
}

bool unwritten::empty() const {
  return dirty_.empty() && graves_.empty() && unburied_.empty()
         && papers_.empty() && failures_.empty() && events_.empty()
         && children_.empty() && beside_.empty() && !memory_waits_;
}

std::uint64_t unwritten::batches() const {
  if (empty())
    return 0;
  const auto graves = graves_.size() + unburied_.size();
  return graves == 0 ? 1 : (graves - 1) / graves_max + 1;
}

void unwritten::put(store_batch& to, const std::string& space,
                    const pieces& all) {
  std::vector<record_change> changes;
  changes.reserve(all.size());
  for (const auto& p : all)
    changes.push_back(
        {.key = p.key, .value = std::string{p.value.view()}, .until = 0});
  put_last(to, space, std::move(changes));
}

store_batch unwritten::cut(const job_roll& roll) {
  assert(!is_flying_ && !empty());
  store_batch out;
  is_flying_ = true;
  if (std::exchange(memory_waits_, false)) {
    memory_flies_ = true;
    put_last(out, spaces_.queue, {{.key = 0, .value = memory_, .until = 0}});
  }
  std::vector<record_change> jobs;
  jobs.reserve(dirty_.size());
  flying_.reserve(dirty_.size());
  for (auto* job : dirty_) {
    job->clear(job_mark::dirty);
    if (job->is(job_mark::forgotten))
      continue;
    job->set(job_mark::in_flight);
    auto& change = jobs.emplace_back();
    change.key = static_cast<std::int64_t>(job->number);
    // As long as most of them.
    change.value.emplace().reserve(128);
    append_record(*change.value, *job);
    flying_.push_back({.job = job,
                       .events = job->rare ? job->rare->events : 0,
                       .state = job->state});
  }
  dirty_.clear();
  put_last(out, spaces_.jobs, std::move(jobs));
  put(out, spaces_.papers, papers_);
  put(out, spaces_.failures, failures_);
  put(out, spaces_.events, events_);
  put(out, spaces_.children, children_);
  for (const auto& s : beside_)
    put_last(out, s.space, std::vector<record_change>{s.changes});
  std::swap(papers_, flying_papers_);
  std::swap(failures_, flying_failures_);
  std::swap(events_, flying_events_);
  std::swap(children_, flying_children_);
  std::swap(beside_, flying_beside_);
  bury(out, roll);
  return out;
}

job_number unwritten::next_in_use(job_number from, const job_roll& roll) const {
  constexpr auto none = std::numeric_limits<job_number>::max();
  const auto* living = roll.first_from(from);
  const auto spared = spared_.lower_bound(from);
  return std::min(living == nullptr ? none : living->number,
                  spared == spared_.end() ? none : *spared);
}

// Neighbours are erased together: between them there is nobody, or they would
// not be neighbours.
void unwritten::bury(store_batch& to, const job_roll& roll) {
  const auto graves = std::min(graves_.size(), graves_max);
  const auto again = std::min(unburied_.size(), graves_max - graves);
  if (graves + again == 0)
    return;
  buried_.reserve(graves + again);
  for (std::size_t i = 0; i < graves; ++i)
    buried_.push_back(graves_[i]->number);
  graves_.erase(graves_.begin(),
                graves_.begin() + static_cast<std::ptrdiff_t>(graves));
  buried_.insert(buried_.end(),
                 unburied_.end() - static_cast<std::ptrdiff_t>(again),
                 unburied_.end());
  unburied_.resize(unburied_.size() - again);
  std::sort(buried_.begin(), buried_.end());
  std::vector<record_change> jobs;
  std::vector<record_change> papers;
  std::vector<record_change> failures;
  std::vector<record_change> events;
  std::vector<record_change> children;
  for (std::size_t i = 0; i < buried_.size();) {
    const auto from = buried_[i];
    const auto end = next_in_use(from, roll);
    auto last = from;
    for (; i < buried_.size() && buried_[i] < end; ++i)
      last = buried_[i];
    jobs.push_back(erased(static_cast<std::int64_t>(from),
                          static_cast<std::int64_t>(last)));
    const auto all = all_of(from, last);
    papers.push_back(erased(all.papers_from, all.papers_to));
    failures.push_back(erased(all.failures_from, all.failures_to));
    events.push_back(erased(all.events_from, all.events_to));
    if (has_children_)
      children.push_back(erased(all.children_from, all.children_to));
  }
  put_last(to, spaces_.jobs, std::move(jobs));
  put_last(to, spaces_.papers, std::move(papers));
  put_last(to, spaces_.failures, std::move(failures));
  put_last(to, spaces_.events, std::move(events));
  put_last(to, spaces_.children, std::move(children));
}

std::vector<unwritten::written> unwritten::stored() {
  assert(is_flying_);
  is_flying_ = false;
  memory_flies_ = false;
  for (auto* all : {&flying_papers_, &flying_failures_, &flying_events_,
                    &flying_children_}) {
    for (const auto& p : *all)
      bytes_ -= p.value.size();
    all->clear();
  }
  for (const auto& s : std::exchange(flying_beside_, {}))
    bytes_ -= size_of(s);
  buried_.clear();
  auto out = std::exchange(flying_, {});
  for (const auto& w : out)
    w.job->clear(job_mark::in_flight);
  std::erase_if(
      out, [](const written& w) { return w.job->is(job_mark::forgotten); });
  return out;
}

std::vector<kept_job*> unwritten::failed() {
  assert(is_flying_);
  is_flying_ = false;
  if (std::exchange(memory_flies_, false))
    memory_waits_ = true;
  put_before(papers_, std::move(flying_papers_));
  put_before(failures_, std::move(flying_failures_));
  put_before(events_, std::move(flying_events_));
  put_before(children_, std::move(flying_children_));
  put_before(beside_, std::move(flying_beside_));
  unburied_.insert(unburied_.end(), buried_.begin(), buried_.end());
  buried_.clear();
  for (const auto& w : std::exchange(flying_, {})) {
    w.job->clear(job_mark::in_flight);
    if (!w.job->is(job_mark::forgotten))
      touch(*w.job);
  }
  // Those that are not on disk.
  std::vector<kept_job*> given_up;
  std::erase_if(dirty_, [&](kept_job* job) {
    const auto gone = job->is(job_mark::fresh) && !job->is(job_mark::forgotten);
    if (gone)
      given_up.push_back(job);
    return gone;
  });
  std::vector<job_number> numbers;
  for (const auto* job : given_up)
    numbers.push_back(job->number);
  std::sort(numbers.begin(), numbers.end());
  // They may be there all the same, if it was the word of it that was lost.
  unburied_.insert(unburied_.end(), numbers.begin(), numbers.end());
  drop(papers_, numbers, number_of_paper);
  drop(children_, numbers, number_of_child);
  return given_up;
}

void unwritten::drop(pieces& of, const std::vector<job_number>& numbers,
                     job_number (*number_of)(std::int64_t) noexcept) {
  std::erase_if(of, [&](const piece& p) {
    const auto is_gone =
        std::binary_search(numbers.begin(), numbers.end(), number_of(p.key));
    if (is_gone)
      bytes_ -= p.value.size();
    return is_gone;
  });
}

}  // namespace troupe
