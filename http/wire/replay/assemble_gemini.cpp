// Putting together Gemini's candidates.

#include "http/wire/replay/assembler.hpp"
#include "http/wire/translate/gemini_words.hpp"

#include <utility>
#include <vector>

namespace troupe::http::wire {

namespace {

/// Whether a part is text and nothing else, so that more text can join it.
bool is_plain(const tree& part) {
  if (!part.is_object())
    return false;
  for (const auto& [key, value] : part.get_ref<const tree::object_t&>())
    if (!(key == "text" && value.is_string())
        && !(key == "thought" && value.is_boolean()))
      return false;
  return member_of(part, "text") != nullptr;
}

bool is_thought(const tree& part) {
  const auto* thought = member_of(part, "thought");
  return thought != nullptr && *thought == true;
}

/// A text that says nothing: a chunk needs a part beside its finish reason.
bool is_blank(const tree& part) {
  return is_plain(part) && text_in(*member_of(part, "text")).empty();
}

class candidate_assembler final : public answer_assembler {
public:
  explicit candidate_assembler(std::size_t size_max) : room_(size_max) {}

  bool add(std::string_view, std::string_view text) override {
    auto event = read_exactly(text);
    if (!event || member_of(*event, "error") != nullptr)
      return false;
    for (auto& [key, value] : event->get_ref<tree::object_t&>())
      if (!(key == "candidates"
                ? add_candidates(value)
                : replace_member(body_, key, std::move(value), room_)))
        return false;
    return true;
  }

  std::optional<tree> take(const token_usage& usage) override {
    for (auto& one : candidates_) {
      const auto* reason = member_of(one.members, "finishReason");
      if (reason == nullptr || text_in(*reason).empty())
        return std::nullopt;
    }
    if (candidates_.empty() && !is_blocked())
      return std::nullopt;
    if (auto* const slot = find_member(body_, "candidates"))
      for (auto& one : candidates_)
        slot->push_back(std::move(one.members));
    if (usage.reported && member_of(body_, "usageMetadata") == nullptr) {
      std::string words;
      gemini_words::append_usage(words, usage);
      replace_member(body_, "usageMetadata", *read_tree(words), room_);
    }
    return std::move(body_);
  }

private:
  struct candidate {
    std::uint64_t index = 0;
    tree members = tree::object();
  };

  bool is_blocked() const {
    const auto* feedback = member_of(body_, "promptFeedback");
    return feedback != nullptr && member_of(*feedback, "blockReason");
  }

  bool add_candidates(tree& all) {
    if (find_member(body_, "candidates") == nullptr)
      append_member(body_, "candidates", tree::array());
    if (!all.is_array())
      return all.is_null();
    std::uint64_t position = 0;
    for (auto& one : all)
      if (!one.is_object() || !add_candidate(position++, one))
        return false;
    return true;
  }

  bool add_candidate(std::uint64_t position, tree& from) {
    auto* const to = candidate_of(index_in(from).value_or(position));
    if (to == nullptr)
      return false;
    for (auto& [key, value] : from.get_ref<tree::object_t&>())
      if (!add_part_of(to->members, key, value))
        return false;
    return true;
  }

  bool add_part_of(tree& to, std::string_view key, tree& value) {
    if (key == "content")
      return add_content(to, value);
    // Each chunk tells of its own tokens.
    if (key == "logprobsResult")
      return fold_member(to, key, std::move(value), room_);
    return replace_member(to, key, std::move(value), room_);
  }

  bool add_content(tree& to, tree& value) {
    if (!value.is_object())
      return value.is_null();
    auto* content = find_member(to, "content");
    if (content == nullptr) {
      append_member(to, "content", tree::object());
      content = find_member(to, "content");
    }
    for (auto& [key, member] : value.get_ref<tree::object_t&>())
      if (!(key == "parts"
                ? add_parts(*content, member)
                : replace_member(*content, key, std::move(member), room_)))
        return false;
    return true;
  }

  bool add_parts(tree& content, tree& parts) {
    if (!parts.is_array())
      return parts.is_null();
    if (find_member(content, "parts") == nullptr)
      append_member(content, "parts", tree::array());
    auto& all = *find_member(content, "parts");
    for (auto& part : parts)
      if (!part.is_object() || !add_part(all, part))
        return false;
    return true;
  }

  bool add_part(tree& all, tree& part) {
    if (all.empty() || !is_plain(part) || !is_plain(all.back())
        || is_thought(part) != is_thought(all.back())) {
      if (is_blank(part) && !all.empty())
        return true;
      if (!all.empty() && is_blank(all.back()))
        all.erase(all.size() - 1);
      const bool fits = room_.take(weight_of(part));
      all.push_back(std::move(part));
      return fits;
    }
    return fold_member(all.back(), "text", take_member(part, "text"), room_);
  }

  candidate* candidate_of(std::uint64_t index) {
    for (auto& one : candidates_)
      if (one.index == index)
        return &one;
    if (candidates_.size() >= folded_elements_max)
      return nullptr;
    candidates_.push_back({index, tree::object()});
    return &candidates_.back();
  }

  growth room_;
  tree body_ = tree::object();
  std::vector<candidate> candidates_;
};

}  // namespace

std::unique_ptr<answer_assembler>
make_candidate_assembler(std::size_t size_max) {
  return std::make_unique<candidate_assembler>(size_max);
}

}  // namespace troupe::http::wire
