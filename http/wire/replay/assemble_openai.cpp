// Putting together OpenAI's chunks, and taking the response of a Responses
// stream.

#include "http/wire/replay/assembler.hpp"

#include <utility>
#include <vector>

namespace troupe::http::wire {

namespace {

tree usage_words(const token_usage& u) {
  return {
      {"prompt_tokens", u.input()},
      {"completion_tokens", u.output()},
      {"total_tokens", u.total()},
      {"prompt_tokens_details",
       {{"cached_tokens", u.in_cache_read},
        {"cache_write_tokens", u.in_cache_write_5m + u.in_cache_write_1h},
        {"audio_tokens", u.in_audio}}},
      {"completion_tokens_details",
       {{"reasoning_tokens", u.out_reasoning}, {"audio_tokens", u.out_audio}}}};
}

tree response_usage_words(const token_usage& u) {
  return {{"input_tokens", u.input()},
          {"input_tokens_details",
           {{"cached_tokens", u.in_cache_read},
            {"cache_write_tokens", u.in_cache_write_5m + u.in_cache_write_1h}}},
          {"output_tokens", u.output()},
          {"output_tokens_details", {{"reasoning_tokens", u.out_reasoning}}},
          {"total_tokens", u.total()}};
}

void add_usage(tree& body, tree words) {
  if (auto* const slot = find_member(body, "usage"))
    *slot = std::move(words);
  else
    append_member(body, "usage", std::move(words));
}

/// What a whole answer is called whose chunks are called so.
tree whole_name(tree name) {
  return text_in(name) == "chat.completion.chunk" ? tree("chat.completion")
                                                  : std::move(name);
}

/// Whether a choice has what it is about, even if that says nothing.
bool says(const tree& choice) {
  const auto* message = member_of(choice, "message");
  const auto* text = member_of(choice, "text");
  return (message != nullptr && message->is_object())
         || (text != nullptr && text->is_string());
}

/// Calls have an index only in chunks.
void drop_call_indices(tree& choice) {
  auto* const message = find_member(choice, "message");
  if (message == nullptr || !message->is_object())
    return;
  auto* const calls = find_member(*message, "tool_calls");
  if (calls == nullptr || !calls->is_array())
    return;
  for (auto& call : *calls)
    if (call.is_object())
      take_member(call, "index");
}

class chunk_assembler final : public answer_assembler {
public:
  explicit chunk_assembler(std::size_t size_max) : room_(size_max) {}

  bool add(std::string_view, std::string_view text) override {
    if (text.starts_with("[DONE]")) {
      done_ = true;
      return true;
    }
    auto event = read_exactly(text);
    if (!event || member_of(*event, "error") != nullptr)
      return false;
    for (auto& [key, value] : event->get_ref<tree::object_t&>())
      if (!add_member(key, value))
        return false;
    return true;
  }

  std::optional<tree> take(const token_usage& usage) override {
    auto* const slot = find_member(body_, "choices");
    if (!done_ || slot == nullptr || choices_.empty())
      return std::nullopt;
    for (auto& choice : choices_) {
      const auto* reason = member_of(choice, "finish_reason");
      if (reason == nullptr || text_in(*reason).empty() || !says(choice))
        return std::nullopt;
      drop_call_indices(choice);
      slot->push_back(std::move(choice));
    }
    if (usage.reported && member_of(body_, "usage") == nullptr)
      add_usage(body_, usage_words(usage));
    return std::move(body_);
  }

private:
  bool add_member(std::string_view key, tree& value) {
    // A padding against those who measure packets.
    if (key == "obfuscation")
      return true;
    if (key == "choices")
      return add_choices(value);
    if (key == "object")
      value = whole_name(std::move(value));
    return replace_member(body_, key, std::move(value), room_);
  }

  bool add_choices(tree& choices) {
    if (find_member(body_, "choices") == nullptr)
      append_member(body_, "choices", tree::array());
    if (choices.is_null())
      return true;
    if (!choices.is_array())
      return false;
    std::uint64_t position = 0;
    for (auto& choice : choices)
      if (!choice.is_object() || !add_choice(position++, choice))
        return false;
    return true;
  }

  bool add_choice(std::uint64_t position, tree& from) {
    auto* const choice = choice_of(index_in(from).value_or(position));
    if (choice == nullptr)
      return false;
    for (auto& [key, value] : from.get_ref<tree::object_t&>())
      if (!add_part(*choice, key, value))
        return false;
    return true;
  }

  bool add_part(tree& choice, std::string_view key, tree& value) {
    // The whole message beside its last delta: it is known already.
    if (key == "index" || key == "message")
      return true;
    if (key == "delta") {
      // Pieces of sound have their own headers and paddings.
      if (!value.is_object() || member_of(value, "audio") != nullptr)
        return value.is_null();
      return fold_member(choice, "message", std::move(value), room_);
    }
    if (key == "text" || key == "logprobs")
      return fold_member(choice, key, std::move(value), room_);
    return replace_member(choice, key, std::move(value), room_);
  }

  tree* choice_of(std::uint64_t index) {
    for (auto& choice : choices_)
      if (index_in(choice) == index)
        return &choice;
    if (choices_.size() >= folded_elements_max)
      return nullptr;
    choices_.push_back({{"index", index}});
    return &choices_.back();
  }

  growth room_;
  tree body_ = tree::object();
  std::vector<tree> choices_;
  bool done_ = false;
};

/// The last event repeats all the others said.
class response_assembler final : public answer_assembler {
public:
  bool add(std::string_view type, std::string_view text) override {
    constexpr std::string_view whole = "response.completed";
    if (!type.empty() && type != whole && type != "error"
        && type != "response.failed" && type != "response.incomplete")
      return true;
    auto event = read_exactly(text);
    if (!event || member_of(*event, "error") != nullptr)
      return false;
    const auto* own = member_of(*event, "type");
    if (own != nullptr)
      type = text_in(*own);
    if (type == whole)
      body_ = take_member(*event, "response");
    return type != "error" && type != "response.failed"
           && type != "response.incomplete";
  }

  std::optional<tree> take(const token_usage& usage) override {
    const auto* status = member_of(body_, "status");
    if (status == nullptr || text_in(*status) != "completed"
        || objects_in(body_, "output") == nullptr)
      return std::nullopt;
    if (usage.reported && member_of(body_, "usage") == nullptr)
      add_usage(body_, response_usage_words(usage));
    return std::move(body_);
  }

private:
  tree body_;
};

}  // namespace

// An event is no larger than the answer may be, so the limit holds already.
std::unique_ptr<answer_assembler> make_response_assembler(std::size_t) {
  return std::make_unique<response_assembler>();
}

std::unique_ptr<answer_assembler> make_chunk_assembler(std::size_t size_max) {
  return std::make_unique<chunk_assembler>(size_max);
}

}  // namespace troupe::http::wire
