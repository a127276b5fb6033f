// What was asked of STORE READER, and for whom.
//
// Each question has a number that comes back with what was found. Numbers begin
// where those of batches never come, so that one row of the actor may hear of
// both.

#pragma once

#include "actors/queue/queue_book.hpp"
#include "actors/queue_contracts.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// A page of the queue's jobs, after a start.
struct loading_read {};

/// Papers of jobs that were leased.
struct lease_read {
  struct paper {
    std::size_t job = 0;  ///< Of `jobs`.
    job_paper kind = job_paper::data;
  };

  work_ticket ticket;
  std::vector<taken_job> jobs;
  std::vector<paper> papers;
};

/// Papers of jobs somebody looks at.
struct view_read {
  view_ticket ticket;
  page_plan plan;
  std::size_t papers_read = 0;  ///< Of `plan.papers`.
  std::size_t bytes_read = 0;
};

/// A part of a job's stream; or its end, or both.
struct stream_read {
  follow_ticket ticket;
  stream_state stream;
  bool has_events = false;  ///< They come first, then the result.
};

/// A page of the queue's schedules, after a start.
struct schedules_read {};

/// Children somebody looks at.
struct children_read {
  children_ticket ticket;
  children_plan plan;
};

/// Children of a job that are to come into being, from `from` on.
struct placing_read {
  job_number parent = 0;
  std::uint32_t from = 0;
};

/// Results of children that have ended: of those with `has_result`, in order.
struct results_read {
  std::vector<ended_child> children;
};

class read_desk {
public:
  using question =
      std::variant<loading_read, lease_read, view_read, stream_read,
                   schedules_read, children_read, placing_read, results_read>;

  /// Whether it is the number of a question, asked by whomever.
  static bool is_question(std::uint64_t number) {
    return number > numbers_begin;
  }

  /// The number of a new question.
  std::uint64_t ask(question what) {
    open_.emplace(++last_number_, std::move(what));
    return last_number_;
  }

  /// Ends a question; nothing if it is not open.
  std::optional<question> end(std::uint64_t number) {
    const auto at = open_.find(number);
    if (at == open_.end())
      return std::nullopt;
    std::optional<question> result{std::move(at->second)};
    open_.erase(at);
    return result;
  }

  std::size_t open() const { return open_.size(); }

private:
  static constexpr std::uint64_t numbers_begin = std::uint64_t{1} << 63;

  std::uint64_t last_number_ = numbers_begin;
  std::unordered_map<std::uint64_t, question> open_;
};

}  // namespace troupe
