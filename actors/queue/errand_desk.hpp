// What a queue has to say to others, flow.hpp, and what they have not answered
// yet.
//
// Placing the children of a job goes page by page: a page is read, its children
// are sent to their queues, and when all of these have answered the next one is
// read. A page that was refused is tried again from there, later.
//
//   wanted --next_placing--> reading --send--> sent --all answered--> reading
//                                                |                      | last
//                                                '--refused--> over <---'
//
// What was refused is wanted again a second later. Of those only so many a
// second are tried, after those that are new: a queue that is full for hours
// holds up nobody else, and is not knocked at by thousands all the time.
//
// Errands have numbers that neither batches nor questions have, so that one row
// of the actor may hear of all three.
//
// Limits: as many are under way as keep their papers in 64 MiB or so; the
// others stand in line, without papers.

#pragma once

#include "actors/queue/queue_book.hpp"
#include "actors/queue/read_desk.hpp"

#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace troupe {

/// Children of one job that are on their way to a queue.
struct placing_errand {
  job_number parent = 0;
};

/// Children whose parents' queue is told that they have ended.
struct telling_errand {
  std::vector<ended_child> children;
};

struct errand {
  std::string queue;  ///< Who is to answer.
  std::variant<placing_errand, telling_errand> what;
};

/// How a placing goes on.
struct placing_turn {
  /// Another page is to be read; if none, the placing is over.
  std::optional<placing_read> next;
  caf::error why;  ///< It is over, and not done.
};

class errand_desk {
public:
  /// Jobs whose children are being placed, with a page in memory each.
  static constexpr std::size_t placings_max = 32;

  /// A page is so long at most: 32 of them and what is made of each.
  static constexpr std::uint32_t page_records = 200;
  static constexpr std::size_t page_bytes = std::size_t{1} << 20;

  /// Children whose parents are being told, each with a result, as large as a
  /// request may be; and as many of them are read, and told, together.
  static constexpr std::size_t tellings_max = 64;
  static constexpr std::size_t told_at_once = 16;

  /// Placings that were refused and are tried again, in a second: 1 % of it.
  static constexpr std::size_t retries_max = 100;

  /// Whether it is the number of an errand, whosever.
  static bool is_errand(std::uint64_t number) {
    return number > numbers_begin && !read_desk::is_question(number);
  }

  /// They stand in line.
  void add(flow_errands&& more);

  // -- placing
  // ---------------------------------------------------------------

  /// What is to be read next; nothing if none is in line, or too many are
  /// under way.
  std::optional<placing_read> next_placing(job_time now);

  /// When there is more to be read again than there is now.
  std::optional<job_time> next_retry() const;

  /// A page was read. After it comes the one from `next` on; 0 = it is the last
  /// one, as it is unless this says so. @pre that placing is under way.
  void turn_page(const placing_read& page, std::uint32_t next);

  /// Some of the page go to a queue. Returns the errand's number.
  std::uint64_t send(job_number parent, std::string_view queue);

  /// What was to be read or done for it cannot be.
  void fail(job_number parent, const caf::error& why);

  /// An answer to one that had been sent.
  void hear(const placing_errand& sent, const caf::error& why);

  /// Nothing while answers are missing.
  std::optional<placing_turn> turn(job_number parent);

  // -- telling
  // ---------------------------------------------------------------

  /// Who is to be told of next; none if none is in line, or too many are under
  /// way.
  std::vector<ended_child> next_telling();

  /// They go to their parents' queue. Returns the errand's number.
  std::uint64_t send(std::string_view queue, std::vector<ended_child> some);

  /// So many children are not under way any more.
  void told(std::size_t count) { tellings_ -= count; }

  // -- both
  // ------------------------------------------------------------------

  /// Ends an errand; nothing if it is not under way.
  std::optional<errand> end(std::uint64_t number);

  /// Whether this is news: that the queue cannot be reached, or can again.
  bool is_news(const std::string& queue, bool is_reached);

private:
  struct placing {
    std::uint32_t from = 0;  // The page under way.
    std::uint32_t next = 0;  // The one after it; 0 = none.
    std::size_t open = 0;    // Answers that are missing.
    caf::error why;          // The first refusal.
  };

  static constexpr std::uint64_t numbers_begin = std::uint64_t{1} << 62;

  /// Placings that were refused, of which the page is known. Forgetting one
  /// costs reading it from its beginning.
  static constexpr std::size_t refused_max = 100'000;

  static constexpr job_time retry_window_ms = 1'000;

  std::optional<job_number> next_parent(job_time now);

  std::uint64_t last_number_ = numbers_begin;
  std::unordered_map<std::uint64_t, errand> open_;
  std::deque<job_number> parents_;    // In line.
  std::deque<job_number> again_;      // In line, and refused before.
  std::deque<ended_child> children_;  // In line.
  std::unordered_map<job_number, placing> placings_;
  std::unordered_map<job_number, std::uint32_t> refused_;  // And the page.
  job_time window_from_ = 0;
  std::size_t retries_ = 0;  // Since then.
  std::size_t tellings_ = 0;
  std::set<std::string, std::less<>> unreached_;
};

}  // namespace troupe
