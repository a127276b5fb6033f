// Which texts go to the embeddings server together, and who waits for them.
//
//   ask --known--> answered from memory
//    |
//    +--in line--> 32 of them, or the first has waited 2 ms --> a batch
//                          |                                      |
//                 given up at its deadline <--- lost or late ---- arrived
//
// One request for many texts costs a server little more than one for one. Two
// who ask for the same text share its place. What arrives is remembered for a
// while: a question is embedded when it is asked and again when its answer is
// kept, and people repeat each other.
//
// The one rule: every asker is answered, at the latest `patience` after it
// asked.
//
// Limits: at most `waiting_max` askers at a time. Vectors of a batch that comes
// back after its askers were told otherwise are remembered all the same.

#pragma once

#include "actors/contracts.hpp"
#include "actors/embedding_carrier.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// Texts of one request. Servers take more, but a small model on a CPU computes
/// longer for each further one than the request costs.
inline constexpr std::size_t batch_texts_max = 32;

/// How long the first of a batch waits for company: little beside the
/// milliseconds that any server takes.
inline constexpr std::chrono::milliseconds batch_company{2};

/// Askers that wait, in line or for a batch.
inline constexpr std::size_t embed_waiting_max = 2'048;

/// Vectors remembered: 1,024 of 384 parts are 1.5 MiB, of 3,072 parts 12 MiB.
inline constexpr std::size_t vectors_remembered_max = 1'024;

class text_batcher {
public:
  /// Answered or not, what somebody asked for.
  struct reply {
    embed_ticket to;
    meaning_ptr meaning;  ///< Null: there is none to be had.
  };

  /// What to do next.
  enum class welcome : std::uint8_t {
    waits,
    known,  ///< `meaning` says it.
    full,
  };

  struct reception {
    welcome how = welcome::waits;
    meaning_ptr meaning;
  };

  /// Takes the ticket into the line unless it is to be answered at once.
  reception ask(const embed_ticket& ticket, const std::string& text,
                time_point now);

  /// The batches that are to be sent now. Texts that nobody waits for any more
  /// are left out.
  std::vector<embed_batch> due(time_point now);

  /// Takes a batch back; returns whom it answers. One that is no longer under
  /// way answers nobody.
  std::vector<reply> arrived(embed_batch&& batch);

  /// Askers that waited in vain.
  std::vector<embed_ticket> late(time_point now);

  /// When `due` or `late` has something to say; `max` if nobody waits.
  time_point next() const;

  std::size_t waiting() const { return waiting_; }

private:
  struct wish {
    std::string text;
    std::vector<embed_ticket> askers;
    time_point since;
  };

  struct under_way {
    std::uint64_t number = 0;
    std::vector<wish> wishes;
  };

  wish* wish_for(const std::string& text);
  void remember(const std::string& text, const meaning_ptr& meaning);
  meaning_ptr recall(const std::string& text);

  std::deque<wish> line_;          // Oldest first.
  std::deque<under_way> batches_;  // Likewise.
  std::size_t waiting_ = 0;
  std::uint64_t next_number_ = 1;

  using memory = std::list<std::pair<std::string, meaning_ptr>>;
  memory known_;  // Least recently used first.
  std::unordered_map<std::string, memory::iterator> places_;
};

}  // namespace troupe
