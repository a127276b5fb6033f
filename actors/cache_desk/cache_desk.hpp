// CACHE DESK: knows which shard keeps what, and holds the askers' tickets.
//
// A question is split among the shards its keys belong to
// (cache_directory.hpp), and answered when all of them have
// (open_questions.hpp). Nobody waits for a shard longer than `patience`, and
// the wait it was asked for: one that is dead, or slow, is to the asker as if
// it kept nothing.
//
// A lead that nobody is there to take any more is given back at once, so that
// others need not wait for its time to pass.
//
// Failure    Tickets under way are answered with actor_lost; leads that were on
//            their way to them end with their time.
// Supervised By the root; restarted after any abnormal exit.
// Mailbox    What the sockets of its thread ask, which http bounds by its
//            `max_connections`, and the shards' answers to that.
// Metrics    None: the shards count what they answer.

#pragma once

#include "actors/cache_desk/cache_directory.hpp"
#include "actors/cache_desk/open_questions.hpp"
#include "actors/contracts.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

struct cache_desk_deps {
  directory_ptr directory;
  /// Messages to shards under way at once, of questions, changes and purges
  /// each; beyond that askers hear `overloaded`. Some 10 MiB.
  std::size_t open_max = 20'000;
};

class cache_desk_state {
public:
  static constexpr const char* name = "cache-desk";

  /// A shard answers in microseconds; the slowest one that is not broken has a
  /// thousand others before.
  static constexpr std::chrono::milliseconds patience{1000};
  /// A purge goes through all entries of a shard, in small steps.
  static constexpr std::chrono::milliseconds purge_patience{10'000};
  /// Nobody waits longer, whatever he asks for.
  static constexpr std::chrono::minutes wait_max{10};
  /// How exactly deadlines are kept: they are for what is broken.
  static constexpr std::chrono::milliseconds sweep_period{250};
  /// Told with `overloaded`: the crowd is gone, or it is not, by then.
  static constexpr std::uint64_t overload_ms = 1000;

  using self_pointer = cache_desk_actor::stateful_pointer<cache_desk_state>;

  // Must stay a constructor, see api_key_state.
  explicit cache_desk_state(self_pointer self) : self_(self) {}

  cache_desk_actor::behavior_type make_behavior(const cache_desk_deps& deps);

private:
  using finds = open_questions<find_ticket, cache_finding>;
  using changes = open_questions<keep_ticket, cache_receipt>;
  using purges = open_questions<purge_ticket, cache_receipt>;

  /// The way to one shard.
  struct line {
    cache_shard_actor live;  // Monitored; null: look it up.
    caf::actor_addr dead;    // Not this one any more.
  };

  void find(const find_ticket& t);
  void change(const keep_ticket& t);
  void purge(const purge_ticket& t);
  caf::result<cache_statistics> status(cache_space space,
                                       const std::string& tenant);
  void adopt(directory_ptr next);
  void on_down(const caf::down_msg& msg);
  void sweep();

  /// Positions in a question, by the shard that they belong to.
  struct group {
    std::uint32_t shard = 0;
    std::vector<std::uint32_t> positions;
  };

  template <class Table, class Ticket, class Atom>
  void ask(Table& table, const Ticket& t, time_point deadline, Atom verb);
  template <class Table, class Ticket, class Atom>
  void ask_many(Table& table, const Ticket& t, time_point deadline, Atom verb);
  template <class Matter>
  std::vector<group> groups_of(const Matter& matter) const;
  template <class Table, class Atom, class Payload>
  void send(Table& table, std::uint64_t number, std::uint32_t shard, Atom verb,
            Payload&& payload);
  template <class Table>
  void ended(Table& table, std::uint64_t number, typename Table::items&& found);
  void lose(std::uint32_t shard);
  template <class Table>
  void lose(Table& table, std::uint32_t shard);
  template <class Table>
  void sweep(Table& table, time_point now);

  void answer(finds::question& q);
  void answer(changes::question& q);
  void answer(purges::question& q);
  void give_back(const cache_key& key, const cache_finding& found);
  void undo(const finds::question& q, const finds::ended& part,
            const cache_findings& found);
  template <class Question, class Ended, class Items>
  void undo(const Question&, const Ended&, const Items&) {}

  const cache_shard_actor& reach(std::uint32_t shard);
  void watch();
  time_point now() const;

  self_pointer self_;
  directory_ptr directory_;
  std::vector<line> lines_;  // By shard.
  finds finds_{0};
  changes changes_{0};
  purges purges_{0};
  std::uint64_t last_serial_ = 0;
  bool sweep_pending_ = false;
};

/// Returns the behavior of a cache desk. @pre the directory is not null.
cache_desk_actor::behavior_type cache_desk(cache_desk_state::self_pointer self,
                                           const cache_desk_deps& deps);

}  // namespace troupe
