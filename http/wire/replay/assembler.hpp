// An answer that grows with the events of its stream; one kind for each way the
// providers' streams are built.
//
//   kind        made of                             whole when
//   chunks      choices' deltas                     [DONE], all have a reason
//   response    the response of its last event      it is completed
//   message     a skeleton, blocks and their deltas message_stop
//   candidates  whole objects with more parts       all have a reason
//
// Rule: `false` and an empty `take` mean that nothing certain can be said any
// more; the collector then forgets the answer.

#pragma once

#include "actors/outcome.hpp"
#include "http/wire/endpoint.hpp"
#include "http/wire/replay/fold.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace troupe::http::wire {

class answer_assembler {
public:
  virtual ~answer_assembler() = default;

  /// Takes one event; `type` is of its `event:` line. False if it is an error,
  /// or goes together with nothing.
  virtual bool add(std::string_view type, std::string_view text) = 0;

  /// The answer, if it is whole; with the counts in the wire's words where its
  /// stream told none. At most once.
  virtual std::optional<tree> take(const token_usage& usage) = 0;
};

/// @pre answers of `e` may be streams.
std::unique_ptr<answer_assembler> make_assembler(endpoint e,
                                                 std::size_t size_max);

/// The kinds, each in the file of its wire.
std::unique_ptr<answer_assembler> make_chunk_assembler(std::size_t size_max);
std::unique_ptr<answer_assembler> make_response_assembler(std::size_t size_max);
std::unique_ptr<answer_assembler> make_message_assembler(std::size_t size_max);
std::unique_ptr<answer_assembler>
make_candidate_assembler(std::size_t size_max);

}  // namespace troupe::http::wire
