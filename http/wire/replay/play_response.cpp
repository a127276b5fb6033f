// Playing responses: every part is told three times, as the real one does: in
// deltas, when it is done, and in the response at the end.

#include "http/wire/replay/player.hpp"

#include <array>
#include <utility>

namespace troupe::http::wire {

namespace {

using namespace std::string_view_literals;

/// A kind of text within an item: its part's type, member, and events' name.
struct spoken {
  std::string_view part;
  std::string_view member;
  std::string_view event;
};

constexpr std::array parts{
    spoken{"output_text", "text", "response.output_text"},
    spoken{"refusal", "refusal", "response.refusal"},
    spoken{"reasoning_text", "text", "response.reasoning_text"},
    spoken{"summary_text", "text", "response.reasoning_summary_text"},
};

/// A kind of item that is one text: its type, member, and events' name.
constexpr std::array calls{
    spoken{"function_call", "arguments", "response.function_call_arguments"},
    spoken{"custom_tool_call", "input", "response.custom_tool_call_input"},
    spoken{"mcp_call", "arguments", "response.mcp_call_arguments"},
};

template <class List>
const spoken* row_of_type(const List& list, const tree& object) {
  const auto* type = member_of(object, "type");
  for (const auto& row : list)
    if (type != nullptr && text_in(*type) == row.part)
      return &row;
  return nullptr;
}

/// Which list of an item the parts are in, and how their events name a place.
struct shelf {
  std::string_view list;
  const char* index;
  std::string_view event;
};

constexpr std::array shelves{
    shelf{"summary", "summary_index", "response.reasoning_summary_part"},
    shelf{"content", "content_index", "response.content_part"},
};

/// Empties the member if it is a text or a list.
void empty_member(tree& object, std::string_view name) {
  auto* const slot = find_member(object, name);
  if (slot == nullptr)
    return;
  if (slot->is_string())
    *slot = "";
  else if (slot->is_array())
    *slot = tree::array();
}

class response_player {
public:
  response_player(const tree& body, const play_options& options)
      : body_(body), options_(options) {}

  std::string play() {
    const auto* items = objects_in(body_, "output");
    if (items == nullptr)
      return {};
    const auto opened = opened_response();
    send({{"type", "response.created"}, {"response", opened}});
    send({{"type", "response.in_progress"}, {"response", opened}});
    for (const auto& item : *items)
      play_item(item);
    send({{"type", last_event()}, {"response", body_}});
    return std::move(out_);
  }

private:
  void send(tree event) {
    append_member(event, "sequence_number", sequence_++);
    append_event(out_, text_in(*member_of(event, "type")), event);
  }

  tree opened_response() const {
    auto response = body_;
    set_member(response, "status", "in_progress");
    set_member(response, "output", tree::array());
    for (const auto name : {"usage"sv, "completed_at"sv})
      if (auto* const slot = find_member(response, name))
        *slot = nullptr;
    return response;
  }

  std::string last_event() const {
    const auto* status = member_of(body_, "status");
    const auto word = status != nullptr ? text_in(*status) : ""sv;
    if (word == "incomplete" || word == "failed")
      return "response." + std::string{word};
    return "response.completed";
  }

  void play_item(const tree& item) {
    id_ = item.contains("id") ? item["id"] : tree("");
    auto opened = item;
    if (opened.contains("status"))
      set_member(opened, "status", "in_progress");
    for (const auto name : {"content"sv, "summary"sv})
      empty_member(opened, name);
    const auto* call = row_of_type(calls, item);
    if (call != nullptr)
      empty_member(opened, call->member);
    send({{"type", "response.output_item.added"},
          {"output_index", index_},
          {"item", std::move(opened)}});
    for (const auto& one : shelves)
      if (const auto* list = objects_in(item, one.list))
        for (std::size_t i = 0; i < list->size(); ++i)
          play_part(one, i, (*list)[i]);
    if (call != nullptr)
      play_call(*call, item);
    send({{"type", "response.output_item.done"},
          {"output_index", index_++},
          {"item", item}});
  }

  /// An event about the item.
  tree about(std::string type) const {
    return {
        {"type", std::move(type)}, {"item_id", id_}, {"output_index", index_}};
  }

  /// One about its part `i`.
  tree about(std::string type, const shelf& where, std::size_t i) const {
    auto event = about(std::move(type));
    append_member(event, where.index, i);
    return event;
  }

  void play_part(const shelf& where, std::size_t i, const tree& part) {
    const auto* row = row_of_type(parts, part);
    auto opened = part;
    if (row != nullptr)
      for (const auto name : {row->member, "annotations"sv, "logprobs"sv})
        empty_member(opened, name);
    const std::string event{where.event};
    auto added = about(event + ".added", where, i);
    append_member(added, "part", std::move(opened));
    send(std::move(added));
    if (row != nullptr)
      play_text(*row, where, i, part);
    auto done = about(event + ".done", where, i);
    append_member(done, "part", part);
    send(std::move(done));
  }

  void play_text(const spoken& row, const shelf& where, std::size_t i,
                 const tree& part) {
    const auto* text = member_of(part, row.member);
    if (text == nullptr || !text->is_string())
      return;
    const std::string event{row.event};
    const bool is_answer = row.part == "output_text";
    const auto* kept = member_of(part, "logprobs");
    auto logprobs = kept != nullptr ? *kept : tree::array();
    for (auto rest = text_in(*text); !rest.empty();) {
      auto delta = about(event + ".delta", where, i);
      append_member(delta, "delta", take_piece(rest, options_.piece_max));
      if (is_answer)
        append_member(delta, "logprobs",
                      std::exchange(logprobs, tree::array()));
      send(std::move(delta));
    }
    play_annotations(where, i, part);
    auto done = about(event + ".done", where, i);
    append_member(done, std::string{row.member}, *text);
    if (is_answer)
      append_member(done, "logprobs", kept != nullptr ? *kept : tree::array());
    send(std::move(done));
  }

  void play_annotations(const shelf& where, std::size_t i, const tree& part) {
    const auto* all = objects_in(part, "annotations");
    if (all == nullptr)
      return;
    for (std::size_t n = 0; n < all->size(); ++n) {
      auto event = about("response.output_text.annotation.added", where, i);
      append_member(event, "annotation_index", n);
      append_member(event, "annotation", (*all)[n]);
      send(std::move(event));
    }
  }

  void play_call(const spoken& row, const tree& item) {
    const auto* text = member_of(item, row.member);
    if (text == nullptr || !text->is_string())
      return;
    const std::string event{row.event};
    for (auto rest = text_in(*text); !rest.empty();) {
      auto delta = about(event + ".delta");
      append_member(delta, "delta", take_piece(rest, options_.piece_max));
      send(std::move(delta));
    }
    auto done = about(event + ".done");
    if (row.part == "function_call" && item.contains("name"))
      append_member(done, "name", item["name"]);
    append_member(done, std::string{row.member}, *text);
    send(std::move(done));
  }

  const tree& body_;
  const play_options& options_;
  std::string out_;
  tree id_;  // Of the item being played.
  std::size_t index_ = 0;
  std::size_t sequence_ = 0;
};

}  // namespace

std::string play_response(const tree& body, const play_options& options) {
  return response_player{body, options}.play();
}

}  // namespace troupe::http::wire
