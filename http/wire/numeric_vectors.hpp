// The vectors in an answer of /v1/embeddings, as numbers.
//
// The one rule: what is not whole is nothing. Every text has its vector, all
// are of one length, every part is a number; or there are none.
//
// Limits: `encoding_format: float` only, which is what the gateway asks for.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire {

/// Parts of one vector; the largest models have 4,096.
inline constexpr std::size_t vector_parts_max = 16'384;

/// A body that asks for the vectors of `texts`.
std::string embeddings_request(std::string_view model,
                               const std::vector<std::string>& texts);

/// The vectors of an answer for `count` texts, in the order of the texts, each
/// scaled to length 1; empty if any of them is missing or broken.
std::vector<std::vector<float>> read_vectors(std::string_view body,
                                             std::size_t count);

}  // namespace troupe::http::wire
