#include "http/wire/answer_facts.hpp"

#include "http/wire/json.hpp"
#include "http/wire/usage.hpp"

#include <array>

namespace troupe::http::wire {

namespace {

using json::value;
using enum endpoint;

/// A field that only this kind of answer has, and what its value begins with.
struct mark {
  wire::endpoint endpoint;
  std::string_view field;
  char kind;  ///< `0` for a number.
};

constexpr std::array marks{
    mark{chat_completions, "choices", '['},
    mark{completions, "choices", '['},
    mark{responses, "output", '['},
    mark{embeddings, "data", '['},
    mark{list_models, "data", '['},
    mark{get_model, "id", '"'},
    mark{messages, "content", '['},
    mark{count_message_tokens, "input_tokens", '0'},
    mark{list_anthropic_models, "data", '['},
    mark{get_anthropic_model, "id", '"'},
    mark{generate_content, "candidates", '['},
    // A refused prompt has no candidates.
    mark{generate_content, "promptFeedback", '{'},
    mark{generate_content, "usageMetadata", '{'},
    mark{count_tokens, "totalTokens", '0'},
    mark{embed_content, "embedding", '{'},
    mark{batch_embed_contents, "embeddings", '['},
    mark{list_gemini_models, "models", '['},
    mark{list_gemini_models, "tunedModels", '['},
    mark{get_gemini_model, "name", '"'},
};

bool is_mark(endpoint e, std::string_view key, value& v) {
  for (const auto& row : marks) {
    if (row.endpoint != e || row.field != key)
      continue;
    const auto kind = json::kind_of(v);
    if (kind == row.kind || (row.kind == '0' && json::count_of(v)))
      return true;
  }
  return false;
}

bool holds_vectors(endpoint e, std::string_view key) {
  return (e == embeddings && key == "data")
         || (e == embed_content && key == "embedding")
         || (e == batch_embed_contents && key == "embeddings");
}

bool read_member(endpoint e, std::string_view key, value& v,
                 token_usage& usage) {
  if (holds_vectors(e, key))
    return true;
  if (key == "usageMetadata")
    return read_gemini_usage(v, 1, usage);
  if (key != "usage")
    return json::sound(v, 1);
  return row_of(e).protocol == config::protocol::anthropic
             ? read_anthropic_usage(v, 1, usage)
             : read_openai_usage(v, 1, usage);
}

answer_facts read_document(endpoint e, json::document& doc) {
  answer_facts facts;
  bool marked = false;
  auto root = doc.root();
  if (!root)
    return facts;
  facts.sound = json::each_member(*root,
                                  [&](std::string_view key, value& v) {
                                    marked = marked || is_mark(e, key, v);
                                    return read_member(e, key, v, facts.usage);
                                  })
                && doc.at_end() && marked;
  return facts;
}

}  // namespace

answer_facts read_answer(endpoint e, const std::string& body) {
  if (body.capacity() - body.size() >= simdjson::SIMDJSON_PADDING) {
    json::document doc{json::document::padded{body}};
    return read_document(e, doc);
  }
  json::document doc{std::string_view{body}};
  return read_document(e, doc);
}

}  // namespace troupe::http::wire
