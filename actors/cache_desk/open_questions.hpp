// Questions under way at the shards, and what is known of their answers.
//
// A question has a ticket, so many answers, and parts: one for each shard that
// was asked, known by a number that comes back with the shard's answer. A part
// ends by that, by the end of its shard, or by the question's deadline; when
// the last one has ended the ticket can be answered. Numbers are made of a
// serial that is never used again, so that an answer that comes too late is not
// taken for another one.
//
// A question past its deadline stays for a while (`late_time`) after its ticket
// was answered: what shards say then may have to be undone.
//
// Bounded in parts. All is O(1), but for the end of a shard and the look after
// deadlines, which go through all.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace troupe {

template <class Ticket, class Item>
class open_questions {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using items = std::vector<Item>;
  using slot = std::uint32_t;

  /// Much longer than a question takes when nothing is wrong, and as long as
  /// leads are worth giving back.
  static constexpr std::chrono::seconds late_time{10};

  struct question {
    Ticket ticket;
    items answers;
    std::size_t left = 0;  ///< Parts that have not ended.
    time_point deadline;
    bool is_late = false;  ///< Its ticket was answered at the deadline.
  };

  /// A part that has ended.
  struct ended {
    slot of = 0;
    std::vector<std::uint32_t> positions;  ///< Empty: all answers, in order.
    std::uint32_t shard = 0;
    bool is_known = false;
  };

  explicit open_questions(std::size_t parts_max) : parts_max_(parts_max) {}

  bool has_room(std::size_t parts) const {
    return parts_open_ + parts <= parts_max_;
  }

  bool empty() const { return parts_open_ == 0; }
  std::size_t parts() const { return parts_open_; }

  /// @pre parts are added before anything else happens.
  slot begin(Ticket ticket, std::size_t answers, time_point deadline) {
    const auto s = take(questions_, free_questions_);
    questions_[s] = {std::move(ticket), items(answers), 0, deadline, false};
    return s;
  }

  /// The number of another part. @pre there is room, and `serial` is new.
  std::uint64_t add(slot of, std::uint32_t shard,
                    std::vector<std::uint32_t> positions,
                    std::uint64_t serial) {
    const auto s = take(parts_, free_parts_);
    parts_[s] = {(serial << slot_bits) | s, of, shard, std::move(positions)};
    ++questions_[of].left;
    ++parts_open_;
    return parts_[s].number;
  }

  question& at(slot s) { return questions_[s]; }

  /// Whether this is the number of an open part.
  bool knows(std::uint64_t number) const {
    const auto s = static_cast<slot>(number & slot_mask);
    return number != 0 && s < parts_.size() && parts_[s].number == number;
  }

  /// Ends a part; `is_known` is false if it is not open.
  ended end(std::uint64_t number) {
    if (!knows(number))
      return {};
    const auto s = static_cast<slot>(number & slot_mask);
    auto& p = parts_[s];
    ended result{p.of, std::move(p.positions), p.shard, true};
    p = {};
    free_parts_.push_back(s);
    --questions_[result.of].left;
    --parts_open_;
    return result;
  }

  /// The question is over. @pre no part of it is open.
  question finish(slot s) {
    free_questions_.push_back(s);
    return std::exchange(questions_[s], {});
  }

  /// Numbers of the parts for which `is_meant(part's shard, question)` holds.
  template <class Predicate>
  std::vector<std::uint64_t> select(Predicate is_meant) const {
    std::vector<std::uint64_t> result;
    for (const auto& p : parts_)
      if (p.number != 0 && is_meant(p.shard, questions_[p.of]))
        result.push_back(p.number);
    return result;
  }

  /// The questions whose deadline has passed, and that are not late yet.
  std::vector<slot> due(time_point now) const {
    std::vector<slot> result;
    for (slot s = 0; s < questions_.size(); ++s)
      if (const auto& q = questions_[s];
          q.left > 0 && !q.is_late && q.deadline <= now)
        result.push_back(s);
    return result;
  }

private:
  // Room for 16 M parts and 10^12 numbers.
  static constexpr int slot_bits = 24;
  static constexpr std::uint64_t slot_mask =
      (std::uint64_t{1} << slot_bits) - 1;

  struct part {
    std::uint64_t number = 0;  // 0: free.
    slot of = 0;
    std::uint32_t shard = 0;
    std::vector<std::uint32_t> positions;
  };

  template <class T>
  static slot take(std::vector<T>& from, std::vector<slot>& free) {
    if (free.empty()) {
      from.emplace_back();
      return static_cast<slot>(from.size() - 1);
    }
    const auto s = free.back();
    free.pop_back();
    return s;
  }

  std::size_t parts_max_;
  std::size_t parts_open_ = 0;
  std::vector<question> questions_;
  std::vector<slot> free_questions_;
  std::vector<part> parts_;
  std::vector<slot> free_parts_;
};

}  // namespace troupe
