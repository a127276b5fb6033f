#include "http/wire/translate/request.hpp"

#include "http/wire/translate/dialects.hpp"

namespace troupe::http::wire {

namespace {

using config::protocol;
using enum endpoint;

/// The version of Anthropic's wire whose requests may choose their sampling.
constexpr std::string_view anthropic_version = "2023-06-01";

bool is_chat(endpoint e) {
  return e == chat_completions || e == messages || e == generate_content
         || e == stream_generate_content;
}

endpoint chat_of(protocol to, bool streams) {
  switch (to) {
  case protocol::openai:
    return chat_completions;
  case protocol::anthropic:
    return messages;
  case protocol::gemini:
    return streams ? stream_generate_content : generate_content;
  }
  return chat_completions;
}

/// Why an endpoint has no counterpart, and what has.
refusal no_counterpart(const match& m) {
  std::string what{row_of(m.endpoint).path};
  std::string instead = "a chat request";
  if (m.endpoint == completions || m.endpoint == responses)
    instead = "/v1/chat/completions";
  return {"The model's provider speaks another wire, which has no equal of "
              + what + ". Use " + instead + " instead.",
          {}};
}

dialogue::conversation read(protocol from, const tree& body,
                            const header_list& headers,
                            dialogue::findings& found) {
  switch (from) {
  case protocol::openai:
    break;
  case protocol::anthropic:
    return dialogue::read_anthropic(body, headers, found);
  case protocol::gemini:
    return dialogue::read_gemini(body, found);
  }
  return dialogue::read_openai(body, found);
}

tree write(const dialogue::conversation& said, protocol to,
           const dialogue::target& target, dialogue::findings& found) {
  switch (to) {
  case protocol::openai:
    break;
  case protocol::anthropic:
    return dialogue::write_anthropic(said, target, found);
  case protocol::gemini:
    return dialogue::write_gemini(said, target, found);
  }
  return dialogue::write_openai(said, target, found);
}

reply_shape shape_of(const match& m, const dialogue::conversation& said,
                     bool streams, const request_options& options) {
  return {.client = m.protocol,
          .streams = streams,
          .usage_chunk = said.usage_chunk,
          .json_array = m.endpoint == stream_generate_content
                        && !asks_for_sse(options.query),
          .request_id = std::string{options.request_id}};
}

}  // namespace

translation translate_request(const match& m, std::string_view body,
                              const header_list& headers, protocol to,
                              std::string_view model, bool streams,
                              const request_options& options) {
  if (!is_chat(m.endpoint))
    return {{}, no_counterpart(m)};
  std::string fault;
  const auto parsed = read_tree(body, &fault);
  if (!parsed)
    return {{}, refusal{"The body cannot be read. " + fault, {}}};
  dialogue::findings found{m.protocol};
  auto said = read(m.protocol, *parsed, headers, found);
  if (!found.refused)
    dialogue::settle(said, found);
  if (!found.refused)
    dialogue::fit(said, to, found);
  if (found.refused)
    return {{}, std::move(found.refused)};
  const auto made =
      write(said, to, {model, streams, options.max_tokens_default}, found);
  translation result;
  result.request.body = print_tree(made);
  result.request.endpoint = chat_of(to, streams);
  if (to == protocol::anthropic)
    result.request.anthropic_version = anthropic_version;
  result.request.dropped = std::move(found.dropped);
  result.request.shape = shape_of(m, said, streams, options);
  return result;
}

}  // namespace troupe::http::wire
