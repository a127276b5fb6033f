// Where a queue's records are in the store, and how they are spelled.
//
//   NAME.queue      0                    what the queue itself has to remember
//   NAME.jobs       number               a job without its papers, small JSON
//   NAME.papers     number * 8 + paper   data, result ...: bytes as they came
//   NAME.failures   number * 32 + slot   one failed attempt, JSON; the newest
//                                        20 of a job, each in the place of
//                                        the oldest
//   NAME.events     number << 20 | event an event of the job's stream
//   NAME.children   number << 20 | index a child of the job: what it shall be,
//                                        and then what became of it, JSON
//   NAME.schedules  see actors/schedule
//
// A number is never used twice, so what is erased last stays erased.

#pragma once

#include "actors/job.hpp"
#include "runtime/store/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// What is kept of a job beside its record, and read when it is asked for.
enum class job_paper : std::uint8_t {
  data = 0,
  result = 1,
  failures = 2,  ///< In a space of their own.
  checkpoint = 3,
  progress = 4,
};

/// The names of a queue's spaces.
struct queue_spaces {
  explicit queue_spaces(std::string_view queue);

  std::string queue;
  std::string jobs;
  std::string papers;
  std::string failures;
  std::string events;
  std::string children;
  std::string schedules;
};

/// Failed attempts of a job that are kept.
inline constexpr std::uint32_t failures_max = 20;

/// Bytes of an error's text that are kept with a failed attempt.
inline constexpr std::size_t failure_text_max = 2'048;

/// Events of one job. Its stream may have a few more, of the queue's own.
inline constexpr std::uint64_t events_max = 1'000'000;

/// @pre not `failures`.
std::int64_t paper_key(job_number number, job_paper paper) noexcept;

/// Whose paper stands at this key.
job_number number_of_paper(std::int64_t key) noexcept;

/// Of the `count`-th failure, counted from 0.
std::int64_t failure_key(job_number number, std::uint32_t count) noexcept;

std::int64_t event_key(job_number number, std::uint64_t event) noexcept;

std::int64_t child_key(job_number number, std::uint32_t index) noexcept;

/// Whose child stands at this key, and which one it is.
job_number number_of_child(std::int64_t key) noexcept;
std::uint32_t index_of_child(std::int64_t key) noexcept;

/// Where a paper of a job is found, or all its failures.
record_range range_of(const queue_spaces& spaces, job_number number,
                      job_paper paper);

/// The events of a job after `after`, up to `last`. @pre after < last.
record_range range_of_events(const queue_spaces& spaces, job_number number,
                             std::uint64_t after, std::uint64_t last);

/// The children of a job from `from` on, `count` of them at most.
record_range range_of_children(const queue_spaces& spaces, job_number number,
                               std::uint32_t from, std::uint32_t count);

/// Keys of everything of the jobs `from` to `to` beside their records.
struct record_ranges_of_job {
  std::int64_t papers_from = 0;
  std::int64_t papers_to = 0;
  std::int64_t failures_from = 0;
  std::int64_t failures_to = 0;
  std::int64_t events_from = 0;
  std::int64_t events_to = 0;
  std::int64_t children_from = 0;
  std::int64_t children_to = 0;
};

record_ranges_of_job all_of(job_number from, job_number to);

/// Puts what was found in `range_of` into its place of the view. A record that
/// cannot be read is left out.
void put_paper(job_view& view, job_paper paper, records&& found);

/// Appends JSON text in quotes; invalid UTF-8 is replaced.
void append_quoted(std::string& out, std::string_view text);

/// The beginning of a text, whole characters, at most so many bytes.
std::string_view cut_text(std::string_view text, std::size_t size_max);

std::string failure_text(const job_failure& failure);

std::string event_text(std::string_view name, std::string_view bytes);

/// The end of a job's stream with the job's result, JSON, in it.
job_event with_result(const job_event& end, std::string_view result);

/// Nothing named if the record is not an event.
job_event event_of(record&& found);

}  // namespace troupe
