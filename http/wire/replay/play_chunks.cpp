// Playing chat completions and completions as chunks.

#include "http/wire/replay/player.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire {

namespace {

/// A message's texts that come in pieces, in the order they are said.
constexpr std::array<std::string_view, 4> spoken{
    "reasoning_content", "reasoning", "content", "refusal"};

/// What every chunk repeats of its answer; other members come once.
constexpr std::array<std::string_view, 6> repeated{
    "id", "object", "created", "model", "service_tier", "system_fingerprint"};

template <class List>
bool is_among(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

tree chunk_name(const tree& whole) {
  return text_in(whole) == "chat.completion" ? tree("chat.completion.chunk")
                                             : whole;
}

/// The texts of a call that come in pieces: `function.arguments` or
/// `custom.input`.
struct call_text {
  const char* holder;
  const char* member;
};

constexpr std::array call_texts{call_text{"function", "arguments"},
                                call_text{"custom", "input"}};

class chunk_player {
public:
  chunk_player(const tree& body, const play_options& options)
      : body_(body), options_(options) {}

  std::string play() {
    const auto* choices = objects_in(body_, "choices");
    if (choices == nullptr || choices->empty())
      return {};
    prepare();
    std::uint64_t position = 0;
    for (const auto& choice : *choices)
      if (!play_choice(index_in(choice).value_or(position++), choice))
        return {};
    const auto* usage = member_of(body_, "usage");
    if (usage != nullptr && options_.usage == usage_wish::yes) {
      auto last = chunk(tree::array());
      set_member(last, "usage", *usage);
      append_event(out_, {}, last);
    }
    return std::move(out_.append("data: [DONE]\n\n"));
  }

private:
  void prepare() {
    for (const auto& [key, value] : body_.get_ref<const tree::object_t&>())
      if (key == "object")
        append_member(base_, key, chunk_name(value));
      else if (is_among(repeated, key))
        append_member(base_, key, value);
      else if (key != "choices" && key != "usage")
        append_member(once_, key, value);
  }

  tree chunk(tree choices) {
    auto one = base_;
    for (auto& [key, value] : once_.get_ref<tree::object_t&>())
      append_member(one, key, std::move(value));
    once_ = tree::object();
    append_member(one, "choices", std::move(choices));
    if (options_.usage == usage_wish::yes && body_.contains("usage"))
      append_member(one, "usage", nullptr);
    return one;
  }

  bool play_choice(std::uint64_t index, const tree& choice) {
    index_ = index;
    const auto probabilities = choice.find("logprobs");
    has_logprobs_ = probabilities != choice.end();
    logprobs_ = has_logprobs_ ? *probabilities : tree();
    if (const auto* message = member_of(choice, "message")) {
      if (!message->is_object())
        return false;
      play_message(*message);
    } else if (const auto* text = member_of(choice, "text");
               text != nullptr && text->is_string()) {
      play_pieces(*text, [](std::string_view piece) {
        return tree{{"text", piece}};
      });
    } else {
      return false;
    }
    play_end(choice);
    return true;
  }

  /// One chunk with these members of the choice.
  void send(tree members) {
    tree one{{"index", index_}};
    for (auto& [key, value] : members.get_ref<tree::object_t&>())
      append_member(one, key, std::move(value));
    if (has_logprobs_)
      append_member(one, "logprobs", nullptr);
    append_member(one, "finish_reason", nullptr);
    append_event(out_, {}, chunk(tree::array({std::move(one)})));
  }

  /// The first text goes with all that is said of its tokens.
  void send_text(tree members) {
    if (logprobs_.is_null())
      return send(std::move(members));
    set_member(members, "logprobs", std::move(logprobs_));
    logprobs_ = nullptr;
    const bool had = std::exchange(has_logprobs_, false);
    send(std::move(members));
    has_logprobs_ = had;
  }

  template <class Make>
  void play_pieces(const tree& text, Make&& make) {
    auto rest = text_in(text);
    while (!rest.empty())
      send_text(make(take_piece(rest, options_.piece_max)));
  }

  void play_message(const tree& message) {
    tree first = tree::object();
    for (const auto& [key, value] : message.get_ref<const tree::object_t&>())
      add_first(first, key, value, message);
    send({{"delta", std::move(first)}});
    for (const auto name : spoken)
      if (const auto* text = member_of(message, name))
        play_pieces(*text, [&](std::string_view piece) {
          return tree{{"delta", tree::object({{std::string{name}, piece}})}};
        });
    if (const auto* calls = objects_in(message, "tool_calls"))
      for (std::size_t i = 0; i < calls->size(); ++i)
        play_call(i, (*calls)[i]);
  }

  /// A member of the first delta, if it comes with that.
  static void add_first(tree& first, const std::string& key, const tree& value,
                        const tree& message) {
    if (key == "tool_calls" && !value.empty()
        && objects_in(message, key) != nullptr)
      return;
    if (!is_among(spoken, key) || !value.is_string() || text_in(value).empty())
      append_member(first, key, value);
    else if (key == "content")
      append_member(first, key, "");
  }

  void send_call(tree call) {
    send({{"delta", {{"tool_calls", tree::array({std::move(call)})}}}});
  }

  void play_call(std::size_t i, const tree& call) {
    tree first{{"index", i}};
    for (const auto& [key, value] : call.get_ref<const tree::object_t&>())
      if (key != "index")
        append_member(first, key, value);
    std::string text;
    call_text of{};
    for (const auto& each : call_texts) {
      auto* const holder = find_member(first, each.holder);
      auto* const slot = holder != nullptr && holder->is_object()
                             ? find_member(*holder, each.member)
                             : nullptr;
      if (slot == nullptr || !slot->is_string())
        continue;
      text = text_in(*slot);
      *slot = "";
      of = each;
      break;
    }
    send_call(std::move(first));
    std::string_view rest = text;
    while (!rest.empty())
      send_call({{"index", i},
                 {of.holder,
                  tree::object(
                      {{of.member, take_piece(rest, options_.piece_max)}})}});
  }

  /// The last chunk of a choice: why it ended, and what else is known of it.
  void play_end(const tree& choice) {
    tree one{{"index", index_}};
    if (choice.contains("message"))
      append_member(one, "delta", tree::object());
    else
      append_member(one, "text", "");
    if (has_logprobs_)
      append_member(one, "logprobs", std::move(logprobs_));
    for (const auto& [key, value] : choice.get_ref<const tree::object_t&>())
      if (key != "index" && key != "message" && key != "text"
          && key != "logprobs")
        append_member(one, key, value);
    append_event(out_, {}, chunk(tree::array({std::move(one)})));
  }

  const tree& body_;
  const play_options& options_;
  std::string out_;
  tree base_ = tree::object();
  tree once_ = tree::object();

  // Of the choice being played.
  std::uint64_t index_ = 0;
  bool has_logprobs_ = false;
  tree logprobs_;  // Until they are told.
};

}  // namespace

std::string play_chunks(const tree& body, const play_options& options) {
  return chunk_player{body, options}.play();
}

}  // namespace troupe::http::wire
