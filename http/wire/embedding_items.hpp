// A batch of embeddings, item by item: which texts are the same text?
//
//   /v1/embeddings        a text, texts, token numbers, lists of those
//   :embedContent         one content
//   :batchEmbedContents   contents
//
// The vector of an item does not depend on its company, so each is known by a
// digest of its own: SHA-256 over all that decides about it. In the digest:
// our format, `cache.version`, tenant, wire, the model as the client named it
// and what stands behind that name, the query without credentials, every
// member beside the items but `user`, and the item. The order of members, white
// space and escapes make no difference. What is asked of one item at a time
// and of many at once is the same to Gemini, and so it is here.
//
// Right before fast: what this does not understand has no items, and is asked
// in the plain way. So are members beside the items that are no scalars (they
// might be one for each item), queries that may change an answer's shape,
// anything said twice, and batches beyond the limits below.

#pragma once

#include "http/message.hpp"
#include "http/wire/endpoint.hpp"
#include "http/wire/request_facts.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire {

/// OpenAI takes no more items at once; Gemini takes 100.
inline constexpr std::size_t embedding_items_max = 2048;

/// Larger bodies (bytes) have no items: hashing one would hold up the thread
/// for milliseconds.
inline constexpr std::size_t embedding_body_max = 4u << 20;

/// Whether `e` is one of the three.
bool has_items(endpoint e) noexcept;

/// Who asks, and what of the configuration decides about the vectors.
struct embedding_scope {
  std::string_view tenant;
  std::string_view version;  ///< `cache.version`.
  /// The configured models: with other targets behind its name, all that is
  /// kept of a model is of another space.
  std::span<const config::model_settings> models;
};

struct embedding_item {
  std::string digest;     ///< 64 lower-case hex digits.
  wire::span at;          ///< Its bytes in the body.
  std::size_t first = 0;  ///< The first item equal to it; mostly itself.
};

struct embedding_items {
  wire::endpoint endpoint = wire::endpoint::embeddings;
  std::string model;  ///< As the client named it.
  /// Never empty.
  std::vector<embedding_item> items;
  /// The value that holds them; all of the body where there is just one.
  wire::span list;
};

/// The items of the request that `m` was found for, or nothing. Costs no copy
/// of the body if `simdjson::SIMDJSON_PADDING` bytes of its capacity are free.
std::optional<embedding_items> split_embeddings(const match& m,
                                                const request& r,
                                                const embedding_scope& scope);

/// The client's own body, but for its items: only those at `wanted`, in that
/// order. @pre `items` is of `body`, and has a list if `wanted` is not all.
std::string with_items(std::string_view body, const embedding_items& items,
                       std::span<const std::size_t> wanted);

}  // namespace troupe::http::wire
