// Putting together Anthropic's messages.

#include "http/wire/replay/assembler.hpp"
#include "http/wire/translate/anthropic_words.hpp"

#include <array>
#include <map>
#include <utility>

namespace troupe::http::wire {

namespace {

/// A delta, and the member of the block that grows by it.
struct growing {
  std::string_view type;
  std::string_view member;
};

constexpr std::array texts{
    growing{"text_delta", "text"},
    growing{"thinking_delta", "thinking"},
    growing{"signature_delta", "signature"},
};

struct open_block {
  tree block;
  std::string input;  // the JSON so far
};

class message_assembler final : public answer_assembler {
public:
  explicit message_assembler(std::size_t size_max) : room_(size_max) {}

  bool add(std::string_view type, std::string_view text) override {
    if (type == "ping")
      return true;
    auto event = read_exactly(text);
    if (!event || stopped_)
      return false;
    std::string own;
    if (const auto* name = member_of(*event, "type"))
      own = text_in(*name);
    return add_event(own.empty() ? type : std::string_view{own}, *event);
  }

  std::optional<tree> take(const token_usage& usage) override {
    auto* const content =
        message_.is_object() ? find_member(message_, "content") : nullptr;
    const auto* reason = member_of(message_, "stop_reason");
    if (!stopped_ || content == nullptr || reason == nullptr)
      return std::nullopt;
    for (auto& [index, one] : blocks_) {
      if (!settle(one))
        return std::nullopt;
      content->push_back(std::move(one.block));
    }
    if (usage.reported && member_of(message_, "usage") == nullptr) {
      std::string words;
      anthropic_words::append_usage(words, usage, true);
      replace_member(message_, "usage", *read_tree(words), room_);
    }
    return std::move(message_);
  }

private:
  bool add_event(std::string_view type, tree& event) {
    if (type == "message_start")
      return start(take_member(event, "message"));
    if (type == "content_block_start")
      return start_block(event);
    if (type == "content_block_delta")
      return add_delta(event);
    if (type == "message_delta")
      return change(event);
    stopped_ = type == "message_stop";
    return type != "error";
  }

  bool start(tree message) {
    const bool sound = message_.is_null() && message.is_object();
    message_ = std::move(message);
    if (!sound || !room_.take(weight_of(message_)))
      return false;
    auto* const content = find_member(message_, "content");
    if (content == nullptr)
      append_member(message_, "content", tree::array());
    return content == nullptr || (content->is_array() && content->empty());
  }

  bool start_block(tree& event) {
    const auto index = index_in(event);
    auto block = take_member(event, "content_block");
    return index && block.is_object() && blocks_.size() < folded_elements_max
           && room_.take(weight_of(block))
           && blocks_.try_emplace(*index, open_block{std::move(block), {}})
                  .second;
  }

  bool add_delta(tree& event) {
    const auto index = index_in(event);
    const auto at = index ? blocks_.find(*index) : blocks_.end();
    auto delta = take_member(event, "delta");
    const auto* type = member_of(delta, "type");
    if (at == blocks_.end() || type == nullptr)
      return false;
    if (text_in(*type) == "input_json_delta")
      return add_input(at->second, delta);
    if (text_in(*type) == "citations_delta")
      return fold_member(at->second.block, "citations",
                         tree::array({take_member(delta, "citation")}), room_);
    for (const auto& [name, member] : texts)
      if (text_in(*type) == name)
        return fold_member(at->second.block, member, take_member(delta, member),
                           room_);
    return false;
  }

  bool add_input(open_block& one, const tree& delta) {
    const auto* piece = member_of(delta, "partial_json");
    if (piece == nullptr || !piece->is_string())
      return false;
    one.input += text_in(*piece);
    return room_.take(text_in(*piece).size());
  }

  /// The end of the message: why, and the last counts. Other members of the
  /// event are the message's own.
  bool change(tree& event) {
    if (!message_.is_object())
      return false;
    for (auto& [key, value] : event.get_ref<tree::object_t&>())
      if (!change_member(key, value))
        return false;
    return true;
  }

  bool change_member(std::string_view key, tree& value) {
    if (key == "type" || value.is_null())
      return true;
    if (key == "usage")
      return merge_usage(value);
    if (key != "delta")
      return replace_member(message_, key, std::move(value), room_);
    if (!value.is_object())
      return false;
    for (auto& [name, part] : value.get_ref<tree::object_t&>())
      if (!replace_member(message_, name, std::move(part), room_))
        return false;
    return true;
  }

  /// The counts are of the whole message so far.
  bool merge_usage(tree& counts) {
    auto* usage = find_member(message_, "usage");
    if (usage == nullptr || !usage->is_object())
      return replace_member(message_, "usage", std::move(counts), room_);
    if (!counts.is_object())
      return false;
    for (auto& [name, count] : counts.get_ref<tree::object_t&>())
      if (!replace_member(*usage, name, std::move(count), room_))
        return false;
    return true;
  }

  /// False if the input of a tool's block was cut.
  static bool settle(open_block& one) {
    if (one.input.empty())
      return true;
    auto input = read_exactly(one.input);
    if (!input)
      return false;
    if (auto* const slot = find_member(one.block, "input"))
      *slot = std::move(*input);
    else
      append_member(one.block, "input", std::move(*input));
    return true;
  }

  growth room_;
  tree message_;
  std::map<std::uint64_t, open_block> blocks_;
  bool stopped_ = false;
};

}  // namespace

std::unique_ptr<answer_assembler> make_message_assembler(std::size_t size_max) {
  return std::make_unique<message_assembler>(size_max);
}

}  // namespace troupe::http::wire
