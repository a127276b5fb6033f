#include "http/wire/replay/play.hpp"

#include "http/wire/replay/player.hpp"

#include <algorithm>

namespace troupe::http::wire {

namespace {

/// The longest character, bytes: a piece has one at least.
constexpr std::size_t character_size_max = 4;

bool is_inside_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

}  // namespace

std::string_view take_piece(std::string_view& rest, std::size_t size_max) {
  auto size = std::max(size_max, character_size_max);
  if (size < rest.size())
    while (is_inside_character(rest[size]))
      --size;
  const auto piece = rest.substr(0, size);
  rest.remove_prefix(piece.size());
  return piece;
}

void append_event(std::string& out, std::string_view name, const tree& event) {
  if (!name.empty())
    out.append("event: ").append(name).append("\n");
  out.append("data: ").append(print_tree(event)).append("\n\n");
}

void set_member(tree& object, std::string_view name, tree value) {
  if (auto* const slot = find_member(object, name))
    *slot = std::move(value);
  else
    append_member(object, std::string{name}, std::move(value));
}

std::string play_stream(endpoint e, std::string_view body,
                        const play_options& options) {
  const auto answer = read_exactly(body);
  if (!answer)
    return {};
  switch (event_kind_of(e)) {
  case event_kind::openai_chunk:
    return play_chunks(*answer, options);
  case event_kind::openai_response:
    return play_response(*answer, options);
  case event_kind::anthropic:
    return play_message(*answer, options);
  case event_kind::gemini:
    break;
  }
  return play_candidates(*answer, options);
}

}  // namespace troupe::http::wire
