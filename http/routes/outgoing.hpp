// A client's request on its way to a provider: head and body, in the provider's
// own wire.
//
// Where client and provider speak the same wire the client's bytes go out, but
// for the model's name and the wish for usage; where they do not, the request
// is translated (wire/translate) and the head is made anew: fields of one
// wire's clients mean nothing to another's provider.
//
// Limits: what cannot be carried over is refused, never dropped in silence; see
// the table in wire/translate/README.md.

#pragma once

#include "actors/contracts.hpp"
#include "http/cache/cache_use.hpp"
#include "http/message.hpp"
#include "http/wire/endpoint.hpp"
#include "http/wire/request_facts.hpp"
#include "http/wire/translate/embeddings.hpp"
#include "http/wire/translate/reply_shape.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http {

/// What a client asked, as every attempt needs it.
struct asked {
  const request& req;
  wire::match match;
  wire::request_facts facts;
  cache_use cache = cache_use::bypass;  ///< What answers say of it.
};

/// Wires that `m` can be served in, its own included, a bit each.
std::uint8_t wires_of(const wire::match& m) noexcept;

class outgoing {
public:
  outgoing(const asked& what, const lease& by);
  outgoing(const outgoing&) = delete;
  outgoing& operator=(const outgoing&) = delete;

  std::string_view head() const { return head_; }
  std::string_view body() const { return body_; }

  /// The provider's endpoint, whose answer comes.
  wire::endpoint endpoint() const { return endpoint_; }

  /// How the answer is brought into the client's wire; nothing if it is that.
  const std::optional<wire::reply_shape>& translated() const { return shape_; }
  /// Likewise for one of vectors.
  const std::optional<wire::embedding_shape>& vectors() const {
    return vectors_;
  }

  /// Fields of the client's that the provider's wire has no place for, and that
  /// do not change what the answer means.
  const std::vector<std::string>& dropped() const { return dropped_; }

  /// Why the request cannot be brought into the provider's wire.
  const std::optional<wire::refusal>& refused() const { return refused_; }

private:
  void keep(const asked& what, const lease& by);
  void translate(const asked& what, const lease& by);
  std::string_view translate_chat(const asked& what, const lease& by);
  void translate_vectors(const asked& what, const lease& by);

  std::string head_;
  std::string changed_;    // The body, where it differs from the client's.
  std::string_view body_;  // What is sent.
  wire::endpoint endpoint_;
  std::optional<wire::reply_shape> shape_;
  std::optional<wire::embedding_shape> vectors_;
  std::vector<std::string> dropped_;
  std::optional<wire::refusal> refused_;
};

}  // namespace troupe::http
