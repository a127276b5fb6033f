// Who decides about the cache: the operator, then the client, then the request.
//
//   policy         without a word from the client      client says `on`
//   never          no                                  no: the operator's word
//   deterministic  if the request is deterministic     yes
//   always         yes                                 yes
//
// A client that wants nothing to do with the cache always has its way, and what
// is not cacheable never is cached. For embeddings, which have a cache of their
// own, ask with `always`.

#pragma once

#include "config/settings.hpp"
#include "http/wire/identity/cache_wish.hpp"
#include "http/wire/identity/identity.hpp"
#include "http/wire/identity/keepable.hpp"

namespace troupe::http::wire {

/// Whether a kept answer may be given.
bool may_read(config::cache_policy policy, const cache_wish& wish,
              const request_identity& id);

/// Whether the answer may be kept, as far as that is known before it comes.
bool may_keep(config::cache_policy policy, const cache_wish& wish,
              const request_identity& id);

/// Whether this answer to it may be kept.
bool may_keep(config::cache_policy policy, const cache_wish& wish,
              const request_identity& id, const answer_worth& answer);

/// Whether the semantic cache has a say in the request; `model` is the model's
/// own switch. What may be read of it, and kept in it, the wish says.
bool may_resemble(config::semantic_policy policy, config::toggle model,
                  const cache_wish& wish, const request_identity& id);

}  // namespace troupe::http::wire
