#include "http/wire/request_facts.hpp"

#include "http/wire/json.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire {

namespace {

using config::protocol;
using json::value;
using enum endpoint;

/// More output (tokens) than any model has; larger wishes count as this much.
constexpr std::uint64_t output_tokens_max = 10'000'000;

/// Answers to one request that are counted at most; OpenAI allows 128.
constexpr std::uint64_t answers_max = 128;

/// The field without which a wire has nothing to answer.
struct content_rule {
  wire::endpoint endpoint;
  std::string_view field;
  std::string_view kinds;  ///< First characters its value may have.
  std::string_view expected;
};

constexpr std::array content_rules{
    content_rule{chat_completions, "messages", "[", "an array"},
    content_rule{completions, "prompt", "[\"n", "a string or an array"},
    content_rule{responses, "input", "[\"n", "a string or an array"},
    content_rule{embeddings, "input", "[\"", "a string or an array"},
    content_rule{messages, "messages", "[", "an array"},
    content_rule{count_message_tokens, "messages", "[", "an array"},
    content_rule{generate_content, "contents", "[{", "an array"},
    content_rule{stream_generate_content, "contents", "[{", "an array"},
    content_rule{count_tokens, "contents", "[{", "an array"},
    content_rule{embed_content, "content", "{", "an object"},
    content_rule{batch_embed_contents, "requests", "[", "an array"},
};

const content_rule& rule_of(endpoint e) {
  return *std::find_if(content_rules.begin(), content_rules.end(),
                       [e](const auto& rule) { return rule.endpoint == e; });
}

/// Fields that may stand in for the content.
bool replaces_content(endpoint e, std::string_view key) {
  if (e == responses)
    return key == "prompt" || key == "previous_response_id"
           || key == "conversation";
  return e == count_tokens
         && (key == "generateContentRequest"
             || key == "generate_content_request");
}

bool limits_output(endpoint e, std::string_view key) {
  switch (e) {
  case chat_completions:
    return key == "max_completion_tokens" || key == "max_tokens";
  case completions:
  case messages:
    return key == "max_tokens";
  case responses:
    return key == "max_output_tokens";
  default:
    return false;
  }
}

bool has_output(endpoint e) {
  return e == chat_completions || e == completions || e == responses
         || e == messages || e == generate_content
         || e == stream_generate_content;
}

/// Whether a long string is base64 and not text. Text has blanks early on.
bool is_media(std::string_view key, std::string_view raw) {
  if (raw.size() < media_size_min)
    return false;
  if (raw.starts_with("data:"))
    return true;
  return (key == "data" || key == "file_data")
         && raw.substr(0, media_size_min).find_first_of(" \\")
                == std::string_view::npos;
}

/// One walk through one body.
class body_walk {
public:
  body_walk(const match& m, const json::document& doc, request_facts& facts)
      : match_(m), rule_(rule_of(m.endpoint)), doc_(doc), facts_(facts) {}

  bool member(std::string_view key, value& v) {
    if (key == "model")
      return read_model(v);
    if (key == rule_.field)
      return read_content(v);
    if (match_.protocol == protocol::gemini)
      return gemini_member(key, v);
    if (key == "stream")
      return read_stream(v);
    if (limits_output(match_.endpoint, key))
      return read_limit(key, v);
    if (key == "stream_options" && row_of(match_.endpoint).streams)
      return read_stream_options(v);
    if (key == "n" && match_.protocol == protocol::openai)
      return read_answers(v);
    if (replaces_content(match_.endpoint, key))
      replaced_ = true;
    return weigh(key, v, 1);
  }

  /// What is wrong with the body as a whole, once it was walked.
  std::optional<refusal> verdict() const {
    const bool named =
        !facts_.models.empty() || match_.protocol == protocol::gemini;
    if (!named)
      return refusal{"Missing required parameter: 'model'.", "model"};
    if (!content_ && !replaced_)
      return refusal{"Missing required parameter: '" + std::string{rule_.field}
                         + "'.",
                     std::string{rule_.field}};
    return std::nullopt;
  }

  std::optional<refusal> refused() const { return refused_; }

  void estimate(std::size_t body_size) {
    facts_.tokens_in =
        (body_size - media_bytes_) / bytes_per_token + media_ * media_tokens;
    facts_.tokens_estimated = facts_.tokens_in;
    if (has_output(match_.endpoint))
      facts_.tokens_estimated +=
          output_.value_or(output_tokens_default) * answers_;
  }

private:
  bool refuse(std::string_view param, std::string_view expected) {
    refused_ = refusal{"Invalid value for '" + std::string{param}
                           + "': expected " + std::string{expected} + ".",
                       std::string{param}};
    return false;
  }

  span span_of(std::string_view part) const {
    return {doc_.offset_of(part), part.size()};
  }

  bool read_model(value& v) {
    const auto raw = json::raw_string_of(v);
    const bool in_body = match_.protocol != protocol::gemini;
    if (raw.empty())
      return in_body ? refuse("model", "a model's name") : json::sound(v, 1);
    if (in_body) {
      if (!facts_.models.empty())
        return refuse("model", "it once");
      auto name = json::unescaped(raw);
      if (!name)
        return refuse("model", "a model's name");
      facts_.model = std::move(*name);
    }
    facts_.models.push_back(span_of(json::token_of(v)));
    return true;
  }

  bool read_content(value& v) {
    if (rule_.kinds.find(json::kind_of(v)) == std::string_view::npos)
      return refuse(rule_.field, rule_.expected);
    content_ = content_ || json::kind_of(v) != 'n';
    // Its end is not known before the walk; whoever reads it stops in time.
    const auto begin = doc_.offset_of(json::token_of(v));
    facts_.prompt = {begin, doc_.size() - begin};
    // Legacy completions may have a null prompt: the model starts by itself.
    replaced_ = replaced_ || match_.endpoint == completions;
    if (match_.endpoint != batch_embed_contents)
      return weigh(rule_.field, v, 1);
    return json::each_element(v, 1, [this](value& item) {
      return json::each_member(
          item, 2, [this](std::string_view key, value& part) {
            return key == "model" ? read_model(part) : weigh(key, part, 3);
          });
    });
  }

  bool read_flag(std::string_view param, value& v, bool& flag) {
    const auto token = json::token_of(v);
    flag = token == "true";
    return flag || token == "false" || token == "null"
           || refuse(param, "a boolean");
  }

  bool read_stream(value& v) {
    bool wanted = false;
    if (!row_of(match_.endpoint).streams)
      return weigh("stream", v, 1);
    if (!read_flag("stream", v, wanted))
      return false;
    facts_.streams = wanted;
    return true;
  }

  bool read_limit(std::string_view param, value& v) {
    if (json::is_null(v))
      return true;
    const auto limit = json::count_of(v);
    if (!limit)
      return refuse(param, "a whole number from 0 up");
    output_ =
        std::max(output_.value_or(0), std::min(*limit, output_tokens_max));
    return true;
  }

  bool read_answers(value& v) {
    answers_ = std::clamp<std::uint64_t>(json::count_of(v).value_or(1), 1,
                                         answers_max);
    return json::sound(v, 1);
  }

  bool read_stream_options(value& v) {
    const auto token = json::token_of(v);
    facts_.include_usage = {};
    facts_.asks_usage = false;
    if (token == "null") {
      facts_.stream_options = span_of(token);
      return true;
    }
    if (json::kind_of(v) != '{')
      return refuse("stream_options", "an object");
    // Its size is known once its last member was walked; nobody needs it.
    facts_.stream_options = {doc_.offset_of(token), 1};
    return json::each_member(v, 1, [this](std::string_view key, value& part) {
      if (key != "include_usage")
        return weigh(key, part, 2);
      facts_.include_usage = span_of(json::token_of(part));
      return read_flag("stream_options.include_usage", part, facts_.asks_usage);
    });
  }

  bool gemini_member(std::string_view key, value& v) {
    if (key == "generationConfig" || key == "generation_config")
      return json::each_member(v, 1, [this](std::string_view k, value& part) {
        return read_generation(k, part);
      });
    if (!replaces_content(match_.endpoint, key))
      return weigh(key, v, 1);
    replaced_ = true;
    return json::each_member(v, 1, [this](std::string_view k, value& part) {
      return k == "model" ? read_model(part) : weigh(k, part, 2);
    });
  }

  bool read_generation(std::string_view key, value& v) {
    if (key == "candidateCount" || key == "candidate_count")
      return read_answers(v);
    if (key != "maxOutputTokens" && key != "max_output_tokens")
      return weigh(key, v, 2);
    // Google's JSON may write numbers as strings.
    return json::kind_of(v) == '"'
           || read_limit("generationConfig." + std::string{key}, v);
  }

  /// Walks `v` and takes note of the media in it.
  bool weigh(std::string_view key, value& v, std::size_t depth) {
    const auto kind = json::kind_of(v);
    if (kind == '[')
      return json::each_element(
          v, depth, [&](value& item) { return weigh(key, item, depth + 1); });
    if (kind == '{')
      return json::each_member(v, depth, [&](std::string_view k, value& part) {
        return weigh(k, part, depth + 1);
      });
    if (kind != '"')
      return json::sound(v, depth);
    if (const auto raw = v.raw_json_token();
        raw.size() >= media_size_min && is_media(key, raw.substr(1))) {
      media_bytes_ += raw.size();
      ++media_;
    }
    return true;
  }

  const match& match_;
  const content_rule& rule_;
  const json::document& doc_;
  request_facts& facts_;
  std::optional<refusal> refused_;
  std::optional<std::uint64_t> output_;
  std::uint64_t answers_ = 1;
  std::uint64_t media_ = 0;
  std::size_t media_bytes_ = 0;
  bool content_ = false;
  bool replaced_ = false;
};

refusal not_json(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return {"The body is empty; expected a JSON object.", {}};
  if (const auto at = json::fault_position(body))
    return {"The body is not valid JSON, at byte " + std::to_string(at) + ".",
            {}};
  return {"The body must be one JSON object, at most "
              + std::to_string(json::depth_max) + " levels deep.",
          {}};
}

}  // namespace

reading read_request(const match& m, std::string& body) {
  reading result;
  auto& facts = result.facts;
  if (!m.model_in_path.empty())
    facts.model = model_of(m);
  facts.streams = m.endpoint == stream_generate_content;
  if (!row_of(m.endpoint).has_body)
    return result;
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  json::document doc{json::document::padded{body}};
  body_walk walk{m, doc, facts};
  auto root = doc.root();
  const bool sound =
      root
      && json::each_member(*root, [&](std::string_view key,
                                      value v) { return walk.member(key, v); })
      && doc.at_end();
  result.refused = walk.refused();
  if (!sound && !result.refused)
    result.refused = not_json(body);
  if (!result.refused)
    result.refused = walk.verdict();
  facts.inside = body.find('{') + 1;
  walk.estimate(body.size());
  return result;
}

}  // namespace troupe::http::wire
