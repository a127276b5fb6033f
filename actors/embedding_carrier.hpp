// Who brings texts to an embeddings server and their vectors back.
//
// Actors touch no sockets: EMBEDDER hands its batches to a carrier, which is of
// http/ and lives on the same thread. The carrier is made after the actors, so
// it is found through a slot that main fills, and empties before the carrier
// goes.

#pragma once

#include "actors/contracts.hpp"

#include <atomic>
#include <chrono>

namespace troupe {

/// After this the answer "not known" is worth more than the vector. Just less
/// than the askers' own 2 s, so that they hear why.
inline constexpr std::chrono::milliseconds embed_patience{1'800};

class embedding_carrier {
public:
  virtual ~embedding_carrier() = default;

  /// Sends the batch back to `whom`, with a vector for each text, or without
  /// any if there are none to be had. Called on the embedder's thread; does
  /// not block.
  virtual void carry(embed_batch batch, embedder_actor whom) = 0;
};

/// Where an embedder finds its carrier; null while there is none.
using carrier_slot = std::atomic<embedding_carrier*>;

}  // namespace troupe
