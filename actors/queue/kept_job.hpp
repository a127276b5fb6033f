// A job as a queue keeps it in memory.
//
// A queue has all its jobs in memory, up to millions, and their papers (data,
// result, ...) on disk alone; so a job that merely waits is small, and what
// only some have is apart, in `rare`. Its tenant and group are a pointer to
// what it shares with others (job_group.hpp), and so is its name.
//
// A job is in at most one ordered set at a time, by its one hook: a lane of the
// line when it waits, else the sets of queue_book. `order` is its place there,
// whatever that set orders by; nobody changes it while the job is in a set.

#pragma once

#include "actors/job.hpp"
#include "actors/queue/kept_family.hpp"
#include "actors/queue/name_roll.hpp"

#include <boost/intrusive/set.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

class job_group;

/// A lease's proof: they only grow, over restarts too. {0, 0} is nobody's.
struct lease_token {
  std::uint64_t start = 0;  ///< Of the queue, counted.
  std::uint64_t count = 0;  ///< Of the lease, since that start.

  friend auto operator<=>(const lease_token&, const lease_token&) = default;
};

/// How a lease ended.
enum class lease_end : std::uint8_t {
  none,  ///< There was none, or it has not.
  completed,
  failed,
  cancelled,
  taken_back,  ///< Lost, timed out, handed back.
  count_,
};

/// What only some jobs have.
struct rare_of_job {
  std::string id;  ///< The client's own; empty: its number.
  std::unique_ptr<job_backoff> backoff;  ///< Null: the queue's.
  std::unique_ptr<job_dedup> dedup;      ///< Null: none.
  std::optional<std::uint64_t> timeout_ms;
  lease_token token;           ///< Of the lease now, or of the last one.
  std::string worker;          ///< Of the same.
  std::uint64_t lease_ms = 0;  ///< What a heartbeat is worth.
  job_time lease_until = 0;    ///< active.
  job_time attempt_until = 0;  ///< active: the time-out; 0 = none.
  job_time started_at = 0;     ///< Of the last attempt.
  job_time finished_at = 0;    ///< 0 = not yet.
  std::string error;           ///< The last one.
  std::uint64_t events = 0;    ///< The number of the last one in its stream.
  std::uint64_t events_stored = 0;  ///< Of these, on disk.
  std::uint32_t failures = 0;       ///< Attempts that failed, or were lost.
  lease_end ended_by = lease_end::none;  ///< The lease of `token`.
  std::unique_ptr<kept_parent> parent;   ///< Null: it is nobody's child.
  std::unique_ptr<job_family> family;    ///< Null: it has no children.
};

/// Where a job stands with the disk, and what else queue_book notes.
namespace job_mark {

inline constexpr std::uint32_t dirty = 1;        ///< To be written.
inline constexpr std::uint32_t in_flight = 2;    ///< In a batch under way.
inline constexpr std::uint32_t fresh = 4;        ///< Not on disk yet.
inline constexpr std::uint32_t forgotten = 8;    ///< To be erased.
inline constexpr std::uint32_t end_stored = 16;  ///< How it ended is on disk.
inline constexpr std::uint32_t held = 32;  ///< Until another one has ended.
/// The next output is of a further attempt, and the stream has to say so.
inline constexpr std::uint32_t announce = 64;
/// To be forgotten when its parent knows how it ended.
inline constexpr std::uint32_t leaving = 128;

}  // namespace job_mark

struct kept_job {
  using set_hook =
      boost::intrusive::set_member_hook<boost::intrusive::optimize_size<true>>;

  set_hook hook;
  job_number number = 0;
  job_time order = 0;  ///< Its place in the set it is in.
  job_time rank = 0;   ///< Since when it waits; delayed: will wait.
  job_time created_at = 0;
  job_group* group = nullptr;
  job_name_ptr name;  ///< Null: none.
  std::unique_ptr<rare_of_job> rare;
  std::uint32_t attempts = 1;
  std::uint32_t attempts_made = 0;
  job_state state = job_state::waiting;  ///< Never `paused`.
  std::uint8_t priority = priority_normal;
  std::uint8_t workers_lost = 0;
  std::uint8_t papers = 0;  ///< Bit n: it has a paper of kind n.
  std::uint32_t marks = 0;  ///< Bits of job_mark.

  bool is(std::uint32_t mark) const { return (marks & mark) != 0; }
  void set(std::uint32_t mark) { marks |= mark; }
  void clear(std::uint32_t mark) { marks &= ~mark; }

  /// Empty: it has none.
  std::string_view called() const {
    return name ? std::string_view{name->text} : std::string_view{};
  }

  /// Made when it is first asked for.
  rare_of_job& rarely() {
    if (!rare)
      rare = std::make_unique<rare_of_job>();
    return *rare;
  }
};

/// A size that mimalloc has; the next one is 112.
static_assert(sizeof(void*) != 8 || sizeof(kept_job) <= 96);

/// By place, then in the order of adding.
struct in_order {
  bool operator()(const kept_job& a, const kept_job& b) const noexcept {
    return a.order != b.order ? a.order < b.order : a.number < b.number;
  }
};

using job_set =
    boost::intrusive::set<kept_job,
                          boost::intrusive::member_hook<
                              kept_job, kept_job::set_hook, &kept_job::hook>,
                          boost::intrusive::compare<in_order>,
                          boost::intrusive::constant_time_size<false>>;

}  // namespace troupe
