// EMBEDDER: brings texts to their vectors.
//
//   lexical   computed here, in microseconds
//   openai    gathered (text_batcher.hpp) and given to the carrier of this
//             thread, which asks the server (actors/embedding_carrier.hpp)
//
// What is embedded is the text in plain words. One actor a thread, beside the
// sockets whose questions it embeds. Which kind it is stays so until the node
// is restarted: vectors of two kinds have nothing to do with each other.
//
// Failure    Questions in its line are answered with actor_lost. The vectors it
//            remembered are computed again.
// Supervised By the root; restarted after any abnormal exit.
// Mailbox    A question for each call under way, which http bounds by its
//            `max_connections`; the line has an edge of its own.
// Metrics    troupe_embedder_texts_total.

#pragma once

#include "actors/contracts.hpp"
#include "actors/embedder/text_batcher.hpp"
#include "actors/embedding_carrier.hpp"
#include "runtime/metrics/catalog.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// How it ended for a text; values of the label `outcome`.
enum class embed_outcome : std::uint8_t {
  computed,  ///< Here, or by the server.
  known,     ///< It was asked for a short while ago.
  failed,    ///< The server has no vector, or cannot be asked.
  late,
  refused,  ///< Too many waited.
  count_,
};

std::string_view name_of(embed_outcome x) noexcept;

counters_by_name embedder_metrics_of(const metric_catalog& catalog);

/// What an embedder needs from the outside world.
struct embedder_deps {
  config::embedder_kind kind = config::embedder_kind::lexical;
  const carrier_slot* carrier = nullptr;  ///< Of its thread. May be null.
  counters_by_name counted;               ///< By embed_outcome.
};

class embedder_state {
public:
  static constexpr const char* name = "embedder";

  using self_pointer = embedder_actor::stateful_pointer<embedder_state>;

  // Must stay a constructor, see api_key_state.
  explicit embedder_state(self_pointer self) : self_(self) {}

  embedder_actor::behavior_type make_behavior(embedder_deps deps);

private:
  void embed(const embed_ticket& ticket);
  void gather(const embed_ticket& ticket, const std::string& plain);
  void take(const embed_batch& batch);
  void sweep();
  void send_due();
  void arm();
  void count(embed_outcome x) { deps_->counted[x].Increment(); }

  self_pointer self_;
  std::optional<embedder_deps> deps_;  // Set once, by make_behavior.
  text_batcher batcher_;
  time_point armed_for_ = time_point::max();
};

/// Returns the behavior of an embedder.
embedder_actor::behavior_type embedder(embedder_state::self_pointer self,
                                       embedder_deps deps);

}  // namespace troupe
