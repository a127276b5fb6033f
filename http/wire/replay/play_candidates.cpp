// Playing Gemini's answers: whole objects, each with more parts.

#include "http/wire/replay/player.hpp"

#include <utility>
#include <vector>

namespace troupe::http::wire {

namespace {

/// A text that can come in pieces: nothing hangs on the part but its kind.
bool is_plain(const tree& part) {
  if (!part.is_object())
    return false;
  for (const auto& [key, value] : part.get_ref<const tree::object_t&>())
    if (!(key == "text" && value.is_string()) && key != "thought")
      return false;
  return part.contains("text");
}

/// What every chunk repeats of its answer.
bool is_repeated(std::string_view key) {
  return key == "modelVersion" || key == "responseId" || key == "createTime";
}

class candidate_player {
public:
  candidate_player(const tree& body, const play_options& options)
      : body_(body), options_(options) {}

  std::string play() {
    const auto* all = objects_in(body_, "candidates");
    if (body_.contains("candidates") ? all == nullptr
                                     : !body_.contains("promptFeedback"))
      return {};
    // Where candidates have no number, only their places tell them apart.
    if (all == nullptr || all->empty() || !are_numbered(*all))
      send(body_);
    else
      for (std::size_t i = 0; i < all->size(); ++i)
        play_candidate((*all)[i], i + 1 == all->size());
    if (options_.framing == framing::json_array)
      out_ += "]";
    return std::move(out_);
  }

private:
  static bool are_numbered(const tree& all) {
    for (const auto& one : all)
      if (all.size() > 1 && !index_in(one))
        return false;
    return true;
  }

  void play_candidate(const tree& candidate, bool is_last) {
    auto parts = pieces_of(candidate);
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      auto one = tree::object();
      add_index(one, candidate);
      add_content(one, candidate, tree::array({std::move(parts[i])}));
      send(chunk(std::move(one), false));
    }
    // The last piece comes with how it ended, and with all else there is.
    auto last = tree::object();
    for (const auto& [key, value] : candidate.get_ref<const tree::object_t&>())
      if (key != "content" || parts.empty())
        append_member(last, key, value);
      else
        add_content(last, candidate, tree::array({std::move(parts.back())}));
    send(chunk(std::move(last), is_last));
  }

  /// The parts of a candidate, its texts cut; none if it has none that can be
  /// told apart.
  std::vector<tree> pieces_of(const tree& candidate) const {
    std::vector<tree> pieces;
    const auto* content = member_of(candidate, "content");
    const auto* parts =
        content != nullptr ? objects_in(*content, "parts") : nullptr;
    if (parts == nullptr)
      return pieces;
    for (const auto& part : *parts) {
      if (!is_plain(part)) {
        pieces.push_back(part);
        continue;
      }
      auto rest = text_in(*member_of(part, "text"));
      do {
        pieces.push_back(part);
        set_member(pieces.back(), "text", take_piece(rest, options_.piece_max));
      } while (!rest.empty());
    }
    return pieces;
  }

  static void add_index(tree& one, const tree& candidate) {
    if (const auto index = index_in(candidate))
      append_member(one, "index", *index);
  }

  static void add_content(tree& one, const tree& candidate, tree parts) {
    auto content = *member_of(candidate, "content");
    set_member(content, "parts", std::move(parts));
    append_member(one, "content", std::move(content));
  }

  /// The counts and what is rare come once, at the end.
  tree chunk(tree candidate, bool is_last) const {
    auto one = tree::object();
    for (const auto& [key, value] : body_.get_ref<const tree::object_t&>())
      if (key == "candidates")
        append_member(one, key, tree::array({candidate}));
      else if (is_last || is_repeated(key))
        append_member(one, key, value);
    return one;
  }

  void send(const tree& one) {
    const auto text = print_tree(one);
    if (options_.framing == framing::sse) {
      out_.append("data: ").append(text).append("\r\n\r\n");
    } else {
      out_.append(out_.empty() ? "[" : ",\r\n").append(text);
    }
  }

  const tree& body_;
  const play_options& options_;
  std::string out_;
};

}  // namespace

std::string play_candidates(const tree& body, const play_options& options) {
  return candidate_player{body, options}.play();
}

}  // namespace troupe::http::wire
