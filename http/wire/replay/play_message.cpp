// Playing Anthropic's messages: a skeleton, blocks with deltas, the end.

#include "http/wire/replay/player.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::http::wire {

namespace {

/// A member of a block that comes as deltas, and what the start has instead.
struct growing {
  std::string_view member;
  const char* delta;
};

constexpr std::array texts{
    growing{"thinking", "thinking_delta"},
    growing{"text", "text_delta"},
};

/// Members of a message that its end tells.
constexpr std::array<const char*, 4> told_last{"stop_reason", "stop_sequence",
                                               "stop_details", "container"};

/// Counts that only a message's start has.
constexpr std::array<std::string_view, 4> told_first{
    "cache_creation", "service_tier", "inference_geo", "speed"};

class message_player {
public:
  message_player(const tree& body, const play_options& options)
      : body_(body), options_(options) {}

  std::string play() {
    const auto* blocks = objects_in(body_, "content");
    if (blocks == nullptr)
      return {};
    play_start();
    for (const auto& block : *blocks)
      play_block(block);
    play_end();
    return std::move(out_);
  }

private:
  void send(const tree& event) {
    append_event(out_, text_in(*member_of(event, "type")), event);
  }

  void play_start() {
    auto message = body_;
    set_member(message, "content", tree::array());
    for (const auto* name : told_last)
      if (auto* const slot = find_member(message, name))
        *slot = nullptr;
    send({{"type", "message_start"}, {"message", std::move(message)}});
  }

  void play_block(const tree& block) {
    start_block(block);
    for (const auto& [member, delta] : texts)
      if (const auto* text = member_of(block, member))
        for (auto rest = text_in(*text); !rest.empty();)
          send_delta(
              {{"type", delta},
               {std::string{member}, take_piece(rest, options_.piece_max)}});
    if (const auto* cited = member_of(block, "citations");
        cited != nullptr && cited->is_array())
      for (const auto& one : *cited)
        send_delta({{"type", "citations_delta"}, {"citation", one}});
    const auto* signature = member_of(block, "signature");
    if (signature != nullptr && !text_in(*signature).empty())
      send_delta({{"type", "signature_delta"}, {"signature", *signature}});
    if (const auto* input = member_of(block, "input");
        input != nullptr && input->is_object())
      play_input(*input);
    send({{"type", "content_block_stop"}, {"index", index_++}});
  }

  /// The block without what its deltas tell.
  void start_block(const tree& block) {
    auto opened = block;
    for (auto& [key, value] : opened.get_ref<tree::object_t&>())
      if ((key == "text" || key == "thinking" || key == "signature")
          && value.is_string())
        value = "";
      else if (key == "citations" && value.is_array())
        value = tree::array();
      else if (key == "input" && value.is_object())
        value = tree::object();
    send({{"type", "content_block_start"},
          {"index", index_},
          {"content_block", std::move(opened)}});
  }

  /// The first delta of a call is empty, as the real one's.
  void play_input(const tree& input) {
    send_delta({{"type", "input_json_delta"}, {"partial_json", ""}});
    const auto text = print_tree(input);
    for (std::string_view rest = text; !rest.empty();)
      send_delta({{"type", "input_json_delta"},
                  {"partial_json", take_piece(rest, options_.piece_max)}});
  }

  void send_delta(tree delta) {
    send({{"type", "content_block_delta"},
          {"index", index_},
          {"delta", std::move(delta)}});
  }

  void play_end() {
    tree delta = tree::object();
    for (const auto* name : told_last)
      if (const auto at = body_.find(name); at != body_.end())
        append_member(delta, name, *at);
    // Clients read the output's count here without asking whether it is there.
    tree usage = tree::object();
    if (const auto* counts = member_of(body_, "usage");
        counts != nullptr && counts->is_object()) {
      for (const auto& [key, value] : counts->get_ref<const tree::object_t&>())
        if (std::find(told_first.begin(), told_first.end(), key)
            == told_first.end())
          append_member(usage, key, value);
    } else {
      append_member(usage, "output_tokens", 0);
    }
    send({{"type", "message_delta"},
          {"delta", std::move(delta)},
          {"usage", std::move(usage)}});
    send({{"type", "message_stop"}});
  }

  const tree& body_;
  const play_options& options_;
  std::string out_;
  std::size_t index_ = 0;
};

}  // namespace

std::string play_message(const tree& body, const play_options& options) {
  return message_player{body, options}.play();
}

}  // namespace troupe::http::wire
