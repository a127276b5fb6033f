// Is there an answer to a question that means the same?
//
//   text --EMBEDDER--> vector --SEMANTIC CACHE--> hit, or the nearest and why
//   not
//
// Nothing here fails or takes long: whoever is away, slow or overloaded makes
// it a miss, because the provider can be asked at any time.

#pragma once

#include "actors/contracts.hpp"
#include "http/routes/lane.hpp"
#include "http/task.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace troupe::http {

/// For both steps together. A model takes longer than this for an answer worth
/// keeping, an embeddings server in good health a twentieth of it.
inline constexpr std::chrono::seconds likeness_patience{2};

/// What came of it.
struct likeness {
  semantic_finding finding;
  meaning_ptr meaning;  ///< Of the question; null if nobody could tell.
};

/// Looks for an answer to `asked`, whose meaning is found out on the way.
task<likeness> find_alike(lane& l, executor where, semantic_question asked);

/// How the semantic cache, which tenants share, knows a tenant's tag.
std::string tag_of(std::string_view tenant, std::string_view tag);

/// Forgets the answers that bear a tag of the tenant's. Nobody waits for it.
void forget_alike(lane& l, std::string_view tenant, std::string_view tag);

/// Remembers an answer, whose tags are made by `tag_of`; finds out its
/// question's meaning first where that is not known yet. Nobody waits for it.
void remember(lane& l, semantic_memory memory);

/// `0.9731`, for `x-troupe-cache-score`.
std::string printed_score(std::uint32_t score);

}  // namespace troupe::http
