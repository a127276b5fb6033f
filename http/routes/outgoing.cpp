#include "http/routes/outgoing.hpp"

#include "http/upstream/request_head.hpp"
#include "http/wire/translate/request.hpp"

#include <ctime>

namespace troupe::http {

namespace {

constexpr std::uint8_t bit_of(config::protocol p) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(p));
}

bool is_about_vectors(wire::endpoint e) {
  return e == wire::endpoint::embeddings || e == wire::endpoint::embed_content
         || e == wire::endpoint::batch_embed_contents;
}

// The version of Gemini's API that has what translations use.
constexpr std::string_view gemini_version = "v1beta";

}  // namespace

std::uint8_t wires_of(const wire::match& m) noexcept {
  using enum wire::endpoint;
  constexpr auto openai = bit_of(config::protocol::openai);
  constexpr auto anthropic = bit_of(config::protocol::anthropic);
  constexpr auto gemini = bit_of(config::protocol::gemini);
  switch (m.endpoint) {
  case chat_completions:
  case messages:
  case generate_content:
  case stream_generate_content:
    return openai | anthropic | gemini;
  case embeddings:
  case embed_content:
  case batch_embed_contents:
    return openai | gemini;
  default:
    return bit_of(m.protocol);
  }
}

outgoing::outgoing(const asked& what, const lease& by)
    : endpoint_(what.match.endpoint) {
  if (by.provider->protocol == what.match.protocol)
    keep(what, by);
  else
    translate(what, by);
}

void outgoing::keep(const asked& what, const lease& by) {
  const auto& facts = what.facts;
  wire::changes wanted;
  if (by.model != facts.model)
    wanted.model = by.model;
  wanted.ask_usage =
      facts.streams && !facts.asks_usage && wire::has_usage_option(endpoint_);
  body_ = what.req.body;
  if (!wanted.model.empty() || wanted.ask_usage) {
    changed_ = wire::rewritten(what.req.body, facts, wanted);
    body_ = changed_;
  }
  const auto target = wire::upstream_path(what.match, what.req.query(),
                                          by.provider->base_url.path, by.model);
  upstream::append_request_head(head_,
                                {what.req.method, target, *by.provider,
                                 by.secret, body_.size(), !body_.empty()},
                                what.req.headers);
}

void outgoing::translate(const asked& what, const lease& by) {
  const auto to = by.provider->protocol;
  auto& shape = shape_.emplace();
  shape.client = what.match.protocol;
  std::string_view version;
  if (is_about_vectors(what.match.endpoint))
    translate_vectors(what, by);
  else
    version = translate_chat(what, by);
  if (refused_)
    return;
  shape.request_id = what.req.id;
  shape.model = by.model;
  shape.created = static_cast<std::uint64_t>(std::time(nullptr));
  body_ = changed_;
  header_list fields;
  fields.add("Content-Type", "application/json");
  if (!version.empty())
    fields.add("anthropic-version", version);
  wire::match there;
  there.endpoint = endpoint_;
  there.protocol = to;
  there.version = gemini_version;
  there.model_in_path = by.model;
  const bool sse = endpoint_ == wire::endpoint::stream_generate_content;
  const auto target = wire::upstream_path(there, sse ? "alt=sse" : "",
                                          by.provider->base_url.path, by.model);
  upstream::append_request_head(
      head_, {"POST", target, *by.provider, by.secret, body_.size(), true},
      fields);
}

// Returns the version of Anthropic's API that the body is written for.
std::string_view outgoing::translate_chat(const asked& what, const lease& by) {
  wire::request_options options;
  options.query = what.req.query();
  auto made = wire::translate_request(what.match, what.req.body,
                                      what.req.headers, by.provider->protocol,
                                      by.model, what.facts.streams, options);
  refused_ = std::move(made.refused);
  endpoint_ = made.request.endpoint;
  changed_ = std::move(made.request.body);
  dropped_ = std::move(made.request.dropped);
  shape_ = std::move(made.request.shape);
  return made.request.anthropic_version;
}

void outgoing::translate_vectors(const asked& what, const lease& by) {
  auto made = wire::translate_embeddings(what.match, what.req.body,
                                         by.provider->protocol, by.model);
  refused_ = std::move(made.refused);
  endpoint_ = made.endpoint;
  changed_ = std::move(made.body);
  dropped_ = std::move(made.dropped);
  vectors_ = made.shape;
}

}  // namespace troupe::http
