// The server that embeds questions, as one of the providers.
//
// With `semantic_cache.embedder.kind: openai` the embeddings server becomes a
// provider like the others, and so has a key, limits, a breaker, retries and
// metrics. Its name, and the one model it serves, have a colon, which no
// configured provider's name can have: it cannot be referred to by mistake, and
// clients that name the model are refused (http/routes/exchange.cpp). It is
// nobody's default (actors/router/routing.cpp).

#pragma once

#include "config/settings.hpp"

#include <string_view>

namespace troupe::config {

inline constexpr std::string_view embedder_provider = "troupe:embedder";

/// The name under which the gateway itself asks for vectors.
inline constexpr std::string_view embedder_model = "troupe:embedder";

/// Adds the provider if `of` needs one. `to` has no such provider.
void add_embedder_provider(settings& to, const embedder_settings& of);

}  // namespace troupe::config
