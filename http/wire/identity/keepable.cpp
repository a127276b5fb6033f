#include "http/wire/identity/keepable.hpp"

#include "http/wire/answer_facts.hpp"
#include "http/wire/identity/sorted_tree.hpp"

namespace troupe::http::wire {

namespace {

using node = sorted_tree::node;
using enum endpoint;

constexpr std::string_view unfinished =
    "An answer in it did not come to its own end.";
constexpr std::string_view refused = "The model or its provider refused.";
constexpr std::string_view foreign =
    "It holds more than texts and calls of the caller's tools.";

/// Whether a string is one of a few.
bool is_one_of(const node* n, std::initializer_list<std::string_view> words) {
  if (n == nullptr || n->kind != '"')
    return false;
  for (const auto word : words)
    if (n->text == word)
      return true;
  return false;
}

/// Whether something is there, and is not empty.
bool says_something(const node* n) {
  return n != nullptr && (n->kind != '"' || !n->text.empty())
         && ((n->kind != '[' && n->kind != '{') || n->first != 0);
}

/// Goes through one answer, and remembers the first thing against it.
class judge {
public:
  explicit judge(const sorted_tree& answer) : tree_(answer) {}

  answer_worth chat() {
    each_of(tree_.root(), "choices", [this](const node& choice) {
      if (!is_one_of(at(choice, "finish_reason"),
                     {"stop", "tool_calls", "function_call"}))
        object(unfinished);
      if (const auto* const message = at(choice, "message"))
        chat_message(*message);
    });
    return verdict();
  }

  answer_worth completion() {
    each_of(tree_.root(), "choices", [this](const node& choice) {
      if (!is_one_of(at(choice, "finish_reason"), {"stop"}))
        object(unfinished);
    });
    return verdict();
  }

  answer_worth response() {
    const auto& root = tree_.root();
    if (!is_one_of(at(root, "status"), {"completed"})
        || at(root, "incomplete_details") != nullptr)
      object(unfinished);
    each_of(root, "output", [this](const node& item) { response_item(item); });
    return verdict();
  }

  answer_worth message() {
    const auto& root = tree_.root();
    const auto* const why = at(root, "stop_reason");
    if (is_one_of(why, {"refusal"}))
      object(refused);
    else if (!is_one_of(why, {"end_turn", "stop_sequence", "tool_use"}))
      object(unfinished);
    each_of(root, "content", [this](const node& block) {
      const auto* const type = at(block, "type");
      if (is_one_of(type, {"tool_use"}))
        worth_.has_tool_calls = true;
      else if (!is_one_of(type, {"text", "thinking", "redacted_thinking"}))
        object(foreign);
    });
    return verdict();
  }

  answer_worth content() {
    const auto& root = tree_.root();
    if (const auto* const feedback = at(root, "promptFeedback");
        feedback != nullptr && at(*feedback, "blockReason") != nullptr)
      object(refused);
    each_of(root, "candidates", [this](const node& candidate) {
      if (!is_one_of(at(candidate, "finishReason"), {"STOP"}))
        object(unfinished);
      const auto* const turn = at(candidate, "content");
      const auto* const parts = turn == nullptr ? nullptr : at(*turn, "parts");
      if (parts != nullptr)
        tree_.each(*parts, [this](const node& part) { gemini_part(part); });
    });
    return verdict();
  }

private:
  const node* at(const node& holder, std::string_view name) const {
    return tree_.member(holder, name);
  }

  void object(std::string_view why) {
    if (worth_.reason.empty())
      worth_.reason = why;
  }

  /// At least one is needed for an answer.
  template <class F>
  void each_of(const node& holder, std::string_view name, F&& f) {
    const auto* const list = at(holder, name);
    if (list == nullptr || list->kind != '[' || list->first == 0)
      return object("There is no answer in it.");
    tree_.each(*list, f);
  }

  void chat_message(const node& message) {
    if (says_something(at(message, "refusal")))
      object(refused);
    if (says_something(at(message, "audio")))
      object(foreign);
    if (says_something(at(message, "tool_calls"))
        || says_something(at(message, "function_call")))
      worth_.has_tool_calls = true;
  }

  void response_item(const node& item) {
    const auto* const type = at(item, "type");
    if (const auto* const status = at(item, "status");
        status != nullptr && !is_one_of(status, {"completed"}))
      object(unfinished);
    if (is_one_of(type, {"function_call", "custom_tool_call"}))
      worth_.has_tool_calls = true;
    else if (is_one_of(type, {"message"}))
      each_of(item, "content", [this](const node& part) {
        if (is_one_of(at(part, "type"), {"refusal"}))
          object(refused);
      });
    else if (!is_one_of(type, {"reasoning"}))
      object(foreign);
  }

  void gemini_part(const node& part) {
    tree_.each(part, [this](const node& n) {
      if (n.name == "functionCall")
        worth_.has_tool_calls = true;
      else if (n.name != "text" && n.name != "thought"
               && n.name != "thoughtSignature" && n.name != "inlineData")
        object(foreign);
    });
  }

  answer_worth verdict() {
    if (at(tree_.root(), "error") != nullptr)
      worth_.reason = "It reports an error.";
    worth_.keepable = worth_.reason.empty();
    return worth_;
  }

  const sorted_tree& tree_;
  answer_worth worth_;
};

answer_worth judged(endpoint e, const sorted_tree& answer) {
  judge with{answer};
  switch (e) {
  case chat_completions:
    return with.chat();
  case completions:
    return with.completion();
  case responses:
    return with.response();
  case messages:
    return with.message();
  default:
    return with.content();
  }
}

answer_worth not_kept(std::string_view why) {
  return {false, why, false};
}

answer_worth judged_text(endpoint e, json::document&& doc) {
  thread_local sorted_tree tree;
  const auto read = tree.read(doc);
  const auto worth = read == sorted_tree::outcome::read
                         ? judged(e, tree)
                         : not_kept("It is not sound, or too large.");
  tree.clear();
  return worth;
}

}  // namespace

answer_worth worth_of(endpoint e, const std::string& body) {
  if (body.size() > kept_answer_size_max)
    return not_kept("It is larger than what is kept.");
  switch (e) {
  case embeddings:
  case count_message_tokens:
  case count_tokens:
  case embed_content:
  case batch_embed_contents:
    return read_answer(e, body).sound
               ? answer_worth{true, {}, false}
               : not_kept("It is not what the endpoint answers.");
  case chat_completions:
  case completions:
  case responses:
  case messages:
  case generate_content:
  case stream_generate_content:
    break;
  default:
    return not_kept("It is no answer of a model.");
  }
  return body.capacity() - body.size() >= simdjson::SIMDJSON_PADDING
             ? judged_text(e, json::document{json::document::padded{body}})
             : judged_text(e, json::document{std::string_view{body}});
}

}  // namespace troupe::http::wire
