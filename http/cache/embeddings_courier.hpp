// Carries an embedder's batches to the embeddings server and back.
//
// A batch becomes one POST /v1/embeddings that the gateway sends to itself, so
// to speak: an exchange without a client, for the provider that only the
// gateway knows (config/embedder_provider.hpp). So it has that provider's key,
// limits, breaker and retries, and is counted like any call.
//
// One for each lane, on its thread. What has not come back in `embed_patience`
// is cut: nobody waits for it any more.

#pragma once

#include "actors/embedding_carrier.hpp"
#include "http/routes/lane.hpp"
#include "http/task.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace troupe::http {

/// The largest answer (bytes) that is read: 32 vectors of 16,384 parts of 20
/// digits each.
inline constexpr std::size_t vectors_answer_max = 12u << 20;

class embeddings_courier final : public embedding_carrier {
public:
  /// Shows itself in `slot` until it is destroyed, on the lane's thread.
  embeddings_courier(lane& l, carrier_slot& slot);
  ~embeddings_courier() override;
  embeddings_courier(const embeddings_courier&) = delete;
  embeddings_courier& operator=(const embeddings_courier&) = delete;

  void carry(embed_batch batch, embedder_actor whom) override;

  /// Batches that have not come back. From any thread.
  std::size_t under_way() const { return under_way_.load(); }

private:
  task<> run(embed_batch batch, embedder_actor whom);
  task<> fetch(embed_batch& batch);

  lane& lane_;
  carrier_slot& slot_;
  std::atomic<std::size_t> under_way_{0};
};

}  // namespace troupe::http
