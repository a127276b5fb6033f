#include "http/wire/identity/rules.hpp"

#include <array>

namespace troupe::http::wire {

namespace {

using config::protocol;
using node = sorted_tree::node;
using enum endpoint;

constexpr auto openai = protocol::openai;
constexpr auto anthropic = protocol::anthropic;
constexpr auto gemini = protocol::gemini;

/// A place in a body.
struct place {
  config::protocol wire;
  std::string_view path;
};

// clang-format off
constexpr std::array omissions{
    // How the answer travels: a stream and the whole say the same.
    place{openai, "stream"},
    place{openai, "stream_options"},
    place{anthropic, "stream"},
    // Who is behind the request, for the provider's watch against abuse.
    place{openai, "user"},
    place{openai, "safety_identifier"},
    place{anthropic, "metadata"},
    // Labels for the client's own accounts.
    place{openai, "metadata"},
    place{gemini, "labels"},
    // What the provider keeps of the prompt: price, not answer.
    place{openai, "prompt_cache_key"},
    place{openai, "prompt_cache_retention"},
    place{anthropic, "cache_control"},
    place{anthropic, "system/*/cache_control"},
    place{anthropic, "tools/*/cache_control"},
    place{anthropic, "messages/*/content/*/cache_control"},
    place{anthropic, "messages/*/content/*/content/*/cache_control"},
    place{anthropic, "messages/*/content/*/source/content/*/cache_control"},
    // Speed and price; an answer that is kept is faster than any.
    place{openai, "service_tier"},
    place{anthropic, "service_tier"},
};
// clang-format on

bool is_given(const sorted_tree&, const node& n) {
  return n.kind != 'n';
}

bool is_true(const sorted_tree&, const node& n) {
  return n.kind == 't';
}

bool is_object(const sorted_tree&, const node& n) {
  return n.kind == '{';
}

bool is_filled(const sorted_tree&, const node& n) {
  return n.first != 0;
}

bool is_audio(const sorted_tree&, const node& n) {
  return same_token(n.text, "audio");
}

bool is_reference(const sorted_tree&, const node& n) {
  return n.text == "item_reference";
}

/// Functions and custom tools are run by the caller; all others by the
/// provider, or on a machine of the caller's that changes.
bool is_openai_hosted(const sorted_tree& body, const node& tool) {
  const auto* const type = body.member(tool, "type");
  return type == nullptr
         || (type->text != "function" && type->text != "custom");
}

bool is_anthropic_hosted(const sorted_tree& body, const node& tool) {
  const auto* const type = body.member(tool, "type");
  return type != nullptr && type->text != "custom";
}

bool is_gemini_hosted(const sorted_tree& body, const node& tool) {
  bool hosted = false;
  body.each(tool, [&](const node& n) {
    hosted = hosted
             || (n.kind != 'n' && n.name != "functionDeclarations"
                 && n.name != "function_declarations");
  });
  return hosted;
}

struct bar {
  config::protocol wire;
  std::string_view path;
  bool (*applies)(const sorted_tree&, const node&);
  std::string_view reason;
};

constexpr std::string_view hosted =
    "It offers tools that the provider runs, or that act on a machine.";
constexpr std::string_view stored =
    "The provider is to remember it, or to go on from what it remembers.";
constexpr std::string_view spoken = "Its answer is spoken.";

// clang-format off
constexpr std::array bars{
    bar{openai, "tools/*", is_openai_hosted, hosted},
    bar{openai, "web_search_options", is_given, hosted},
    bar{anthropic, "tools/*", is_anthropic_hosted, hosted},
    bar{anthropic, "mcp_servers", is_filled, hosted},
    bar{anthropic, "container", is_given, hosted},
    // `cachedContent` is no bar: what it names never changes.
    bar{gemini, "tools/*", is_gemini_hosted, hosted},
    // Responses are stored unless told not to be; only who says so in words
    // counts on it.
    bar{openai, "store", is_true, stored},
    bar{openai, "previous_response_id", is_given, stored},
    bar{openai, "conversation", is_given, stored},
    bar{openai, "background", is_true, stored},
    bar{openai, "input/*/type", is_reference, stored},
    // A prompt kept under a name: its text changes there.
    bar{openai, "prompt", is_object, stored},
    // Spoken answers are named by the provider, and expire there.
    bar{openai, "audio", is_given, spoken},
    bar{openai, "modalities/*", is_audio, spoken},
    bar{gemini, "generationConfig/responseModalities/*", is_audio, spoken},
    bar{gemini, "generationConfig/response_modalities/*", is_audio, spoken},
    bar{gemini, "generation_config/responseModalities/*", is_audio, spoken},
    bar{gemini, "generation_config/response_modalities/*", is_audio, spoken},
    bar{gemini, "generationConfig/speechConfig", is_given, spoken},
    bar{gemini, "generationConfig/speech_config", is_given, spoken},
    bar{gemini, "generation_config/speechConfig", is_given, spoken},
    bar{gemini, "generation_config/speech_config", is_given, spoken},
};

/// Where a body may say where something else is to be found: what is there may
/// be another thing tomorrow.
constexpr std::array addresses{
    place{openai, "messages/*/content/*/image_url"},
    place{openai, "messages/*/content/*/image_url/url"},
    place{openai, "input/*/content/*/image_url"},
    place{openai, "input/*/content/*/file_url"},
    place{openai, "input/*/output/*/image_url"},
    place{openai, "input/*/output/*/file_url"},
    place{anthropic, "messages/*/content/*/source/url"},
    place{anthropic, "messages/*/content/*/content/*/source/url"},
    place{gemini, "contents/*/parts/*/fileData/fileUri"},
    place{gemini, "contents/*/parts/*/fileData/file_uri"},
    place{gemini, "contents/*/parts/*/file_data/fileUri"},
    place{gemini, "contents/*/parts/*/file_data/file_uri"},
};

constexpr std::array temperatures{
    place{openai, "temperature"},
    place{anthropic, "temperature"},
    place{gemini, "generationConfig/temperature"},
    place{gemini, "generation_config/temperature"},
};
// clang-format on

/// Whether a number, as written, is zero.
bool is_zero(const node& n) {
  const auto digits = n.text.substr(0, n.text.find_first_of("eE"));
  return n.kind == '0'
         && digits.find_first_of("123456789") == std::string_view::npos;
}

bool has_address(protocol wire, sorted_tree& body) {
  bool found = false;
  for (const auto& row : addresses)
    if (row.wire == wire)
      body.each_at(row.path, [&found](const node& n) {
        found = found || (n.kind == '"' && !n.text.starts_with("data:"));
      });
  return found;
}

/// `content` if it is a text, or the text in its only part.
const node* plain_text(const sorted_tree& body, const node* content,
                       std::string_view type) {
  if (content == nullptr || content->kind == '"')
    return content;
  const auto* const part = content->kind == '[' ? body.only(*content) : nullptr;
  if (part == nullptr)
    return nullptr;
  const auto* const says = body.member(*part, "type");
  return says != nullptr && says->text == type ? body.member(*part, "text")
                                               : nullptr;
}

/// The last element of the root's array `name`, if its role is the user's.
const node* last_turn(const sorted_tree& body, std::string_view name,
                      bool role_needed) {
  const auto* const turns = body.member(body.root(), name);
  if (turns == nullptr || (turns->kind != '[' && role_needed))
    return nullptr;
  const auto* const turn = turns->kind == '[' ? body.last(*turns) : turns;
  if (turn == nullptr || turn->kind != '{')
    return nullptr;
  const auto* const role = body.member(*turn, "role");
  const bool fits = role == nullptr ? !role_needed : role->text == "user";
  return fits ? turn : nullptr;
}

const node* chat_question(const sorted_tree& body) {
  const auto* const turn = last_turn(body, "messages", true);
  return turn == nullptr
             ? nullptr
             : plain_text(body, body.member(*turn, "content"), "text");
}

const node* responses_question(const sorted_tree& body) {
  const auto* const input = body.member(body.root(), "input");
  if (input != nullptr && input->kind == '"')
    return input;
  const auto* const turn = last_turn(body, "input", true);
  if (turn == nullptr)
    return nullptr;
  const auto* const type = body.member(*turn, "type");
  return type == nullptr || type->text == "message"
             ? plain_text(body, body.member(*turn, "content"), "input_text")
             : nullptr;
}

const node* gemini_question(const sorted_tree& body) {
  const auto* const turn = last_turn(body, "contents", false);
  const auto* part = turn == nullptr ? nullptr : body.member(*turn, "parts");
  if (part != nullptr && part->kind == '[')
    part = body.only(*part);
  const auto* const text = part == nullptr ? nullptr : body.only(*part);
  return text != nullptr && text->name == "text" ? text : nullptr;
}

}  // namespace

void leave_out(protocol wire, sorted_tree& body) {
  for (const auto& row : omissions)
    if (row.wire == wire)
      body.each_at(row.path, [](node& n) { n.left_out = true; });
}

std::string_view barred(protocol wire, sorted_tree& body) {
  std::string_view reason;
  for (const auto& row : bars)
    if (row.wire == wire)
      body.each_at(row.path, [&](const node& n) {
        if (row.applies(body, n))
          reason = row.reason;
      });
  return reason;
}

bool is_deterministic(endpoint e, sorted_tree& body) {
  const auto wire = row_of(e).protocol;
  bool zero = e == embeddings || e == embed_content || e == batch_embed_contents
              || e == count_tokens || e == count_message_tokens;
  for (const auto& row : temperatures)
    if (row.wire == wire)
      body.each_at(row.path,
                   [&zero](const node& n) { zero = zero || is_zero(n); });
  return zero && !has_address(wire, body);
}

bool offers_tools(const sorted_tree& body) {
  const auto filled = [&body](std::string_view name) {
    const auto* const tools = body.member(body.root(), name);
    return tools != nullptr && tools->first != 0;
  };
  return filled("tools") || filled("functions");
}

const node* question_in(endpoint e, const sorted_tree& body) {
  const node* text = nullptr;
  if (e == chat_completions || e == messages)
    text = chat_question(body);
  else if (e == responses)
    text = responses_question(body);
  else if (e == generate_content || e == stream_generate_content)
    text = gemini_question(body);
  return text != nullptr && text->kind == '"' ? text : nullptr;
}

bool holds_answer_schema(std::string_view name) {
  return name == "response_format" || name == "text" || name == "output_config"
         || name == "output_format" || name == "generationConfig"
         || name == "generation_config";
}

}  // namespace troupe::http::wire
