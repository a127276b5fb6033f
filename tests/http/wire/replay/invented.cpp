#include "tests/http/wire/replay/invented.hpp"

#include <array>
#include <random>
#include <string>

namespace troupe::http::wire {

namespace {

using nlohmann::json;

class inventor {
public:
  explicit inventor(std::uint32_t seed) : random_(seed) {}

  json chat() {
    auto body = openai("chat.completion");
    for (std::size_t i = 0, n = 1 + below(3); i < n; ++i) {
      auto choice = ended(i);
      choice["message"] = message();
      choice["logprobs"] = maybe() ? probabilities() : json(nullptr);
      body["choices"].push_back(std::move(choice));
    }
    return body;
  }

  json completion() {
    auto body = openai("text_completion");
    for (std::size_t i = 0, n = 1 + below(3); i < n; ++i) {
      auto choice = ended(i);
      choice["text"] = text(0);
      if (maybe())
        choice["logprobs"] = {{"tokens", {"a", "b"}},
                              {"token_logprobs", {nullptr, -0.5}},
                              {"text_offset", {0, 1}}};
      body["choices"].push_back(std::move(choice));
    }
    return body;
  }

  json response() {
    json body{{"id", "resp_1"},
              {"object", "response"},
              {"status", "completed"},
              {"model", "m"},
              {"error", nullptr},
              {"output", json::array()},
              {"usage",
               {{"input_tokens", below(100)}, {"output_tokens", below(100)}}}};
    for (std::size_t i = 0, n = below(4); i < n; ++i)
      body["output"].push_back(item(i));
    sprinkle(body);
    return body;
  }

  json anthropic() {
    json body{{"id", "msg_1"},
              {"type", "message"},
              {"role", "assistant"},
              {"model", "m"},
              {"content", json::array()},
              {"stop_reason", "end_turn"},
              {"stop_sequence", maybe() ? json(text(1)) : json(nullptr)},
              {"usage",
               {{"input_tokens", below(100)},
                {"output_tokens", below(100)},
                {"cache_creation", {{"ephemeral_5m_input_tokens", 3}}},
                {"server_tool_use", nullptr},
                {"service_tier", "standard"}}}};
    for (std::size_t i = 0, n = below(5); i < n; ++i)
      body["content"].push_back(block(i));
    if (maybe())
      body["context_management"] = {{"applied_edits", json::array()}};
    sprinkle(body);
    return body;
  }

  json gemini() {
    json body{{"candidates", json::array()},
              {"modelVersion", "m"},
              {"responseId", "r"},
              {"usageMetadata",
               {{"promptTokenCount", below(100)}, {"totalTokenCount", 200}}}};
    if (below(10) == 0) {
      body.erase("candidates");
      body["promptFeedback"] = {{"blockReason", "SAFETY"}};
      return body;
    }
    for (std::size_t i = 0, n = 1 + below(3); i < n; ++i)
      body["candidates"].push_back(candidate(i));
    sprinkle(body);
    return body;
  }

private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_);
  }

  bool maybe() { return below(2) == 0; }

  /// A text of at least `least` words, some of them of long characters.
  std::string text(std::size_t least) {
    static constexpr std::array words{
        "plain ",  "\"quoted\\\" ",    "\n\t",   "Grüße ",
        "日本語 ", "😀👩‍🚀 ", "data: ", "[DONE]\r\n\r\n"};
    std::string all;
    for (auto n = least + below(40); n != 0; --n)
      all += words[below(words.size())];
    return all;
  }

  /// Members that nobody has heard of.
  void sprinkle(json& object) {
    if (maybe())
      object["x_text"] = text(0);
    if (maybe())
      object["x_number"] = -1.25;
    if (maybe())
      object["x_list"] = {1, {{"index", 0}, {"a", "b"}}, {{"index", 0}}};
    if (maybe())
      object["x_object"] = {{"null", nullptr}, {"deep", {{"list", {{}, {}}}}}};
    if (maybe())
      object["x_null"] = nullptr;
  }

  json openai(const char* object) {
    json body{{"id", "c-1"},
              {"object", object},
              {"created", 17},
              {"model", "m"},
              {"choices", json::array()},
              {"usage",
               {{"prompt_tokens", below(100)},
                {"completion_tokens", below(100)},
                {"total_tokens", 200}}}};
    sprinkle(body);
    return body;
  }

  json ended(std::size_t index) {
    json choice{{"index", index}, {"finish_reason", "stop"}};
    sprinkle(choice);
    return choice;
  }

  json message() {
    json one{{"role", "assistant"}};
    one["content"] = below(4) == 0 ? json(nullptr) : json(text(0));
    if (maybe())
      one["refusal"] = maybe() ? json(nullptr) : json(text(1));
    if (maybe())
      one["reasoning_content"] = text(0);
    if (below(4) == 0)
      one["thinking_blocks"] = {
          {{"type", "thinking"}, {"thinking", text(0)}, {"signature", ""}},
          {{"type", "thinking"}, {"thinking", text(0)}, {"signature", "s"}}};
    if (below(4) == 0)
      one["annotations"] = {{{"type", "url_citation"}, {"url", text(1)}}};
    if (maybe())
      for (std::size_t i = 0, n = below(4); i < n; ++i)
        one["tool_calls"].push_back(call(i));
    sprinkle(one);
    return one;
  }

  json call(std::size_t i) {
    json one{{"id", "call_" + std::to_string(i)}};
    if (maybe()) {
      one["type"] = "function";
      one["function"] = {{"name", "f"}, {"arguments", text(0)}};
    } else {
      one["type"] = "custom";
      one["custom"] = {{"name", "g"}, {"input", text(0)}};
    }
    sprinkle(one);
    return one;
  }

  json probabilities() {
    json all{{"content", json::array()}, {"refusal", nullptr}};
    for (auto n = below(5); n != 0; --n)
      all["content"].push_back({{"token", text(1)},
                                {"logprob", -0.1 * double(below(90))},
                                {"bytes", nullptr},
                                {"top_logprobs", json::array()}});
    return all;
  }

  json item(std::size_t i) {
    json one{{"id", "item_" + std::to_string(i)}, {"status", "completed"}};
    switch (below(5)) {
    case 0:
      one["type"] = "function_call";
      one["call_id"] = "call";
      one["name"] = "f";
      one["arguments"] = text(0);
      break;
    case 1:
      one["type"] = "reasoning";
      one["summary"] = {{{"type", "summary_text"}, {"text", text(0)}}};
      one["content"] = {{{"type", "reasoning_text"}, {"text", text(0)}}};
      one["encrypted_content"] = text(1);
      break;
    case 2:
      one["type"] = "web_search_call";
      one["action"] = {{"query", text(0)}};
      break;
    default:
      one["type"] = "message";
      one["role"] = "assistant";
      one["content"] = {{{"type", "output_text"},
                         {"text", text(0)},
                         {"annotations", {{{"type", "url_citation"}}}},
                         {"logprobs", json::array()}},
                        {{"type", "refusal"}, {"refusal", text(0)}}};
    }
    sprinkle(one);
    return one;
  }

  json block(std::size_t i) {
    json one;
    switch (below(5)) {
    case 0:
      one = {{"type", "thinking"}, {"thinking", text(0)}, {"signature", "s="}};
      break;
    case 1:
      one = {{"type", "redacted_thinking"}, {"data", "r"}};
      break;
    case 2:
      one = {{"type", "tool_use"},
             {"id", "toolu_" + std::to_string(i)},
             {"name", "f"},
             {"input", maybe() ? json::object()
                               : json{{"a", text(0)}, {"b", {1, 2.5}}}}};
      break;
    case 3:
      one = {{"type", "web_search_tool_result"},
             {"tool_use_id", "srvtoolu_1"},
             {"content", {{{"type", "web_search_result"}, {"url", text(1)}}}}};
      break;
    default:
      one = {{"type", "text"}, {"text", text(0)}};
      if (maybe())
        one["citations"] =
            maybe() ? json(nullptr)
                    : json{{{"type", "char_location"}, {"cited_text", "c"}}};
    }
    sprinkle(one);
    return one;
  }

  json candidate(std::size_t i) {
    json one{{"index", i},
             {"finishReason", "STOP"},
             {"content", {{"role", "model"}}}};
    if (below(8) != 0)
      one["content"]["parts"] = parts();
    if (maybe())
      one["logprobsResult"] = {
          {"chosenCandidates", {{{"token", "a"}, {"logProbability", -1.5}}}}};
    sprinkle(one);
    return one;
  }

  /// Without plain texts side by side or empty: a stream cannot tell those.
  json parts() {
    auto all = json::array();
    int last = -1;
    for (std::size_t i = 0, n = below(5); i < n; ++i) {
      auto kind = static_cast<int>(below(5));
      if (kind < 2 && kind == last)
        kind = 2 + kind;
      last = kind;
      switch (kind) {
      case 0:
        all.push_back({{"text", text(1)}});
        break;
      case 1:
        all.push_back({{"text", text(1)}, {"thought", true}});
        break;
      case 2:
        all.push_back({{"text", text(0)}, {"thoughtSignature", "s="}});
        break;
      default:
        all.push_back(
            {{"functionCall", {{"name", "f"}, {"args", {{"text", text(0)}}}}}});
        sprinkle(all.back());
      }
    }
    return all;
  }

  std::mt19937 random_;
};

}  // namespace

json invented_answer(endpoint e, std::uint32_t seed) {
  inventor one{seed};
  switch (e) {
  case endpoint::chat_completions:
    return one.chat();
  case endpoint::completions:
    return one.completion();
  case endpoint::responses:
    return one.response();
  case endpoint::messages:
    return one.anthropic();
  default:
    return one.gemini();
  }
}

}  // namespace troupe::http::wire
