#include "config/document.hpp"

#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <unordered_map>

namespace troupe::config {
namespace {

std::size_t line_of(const YAML::Mark& mark) {
  return static_cast<std::size_t>(std::max(mark.line, 0)) + 1;
}

// Builds the tree from the parser's events. It speaks up by the parser's own
// exception, which is caught with the parser's.
class builder : public YAML::EventHandler {
public:
  std::shared_ptr<const node> root;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (awaits_key())
      refuse(mark, "a key is missing before a `:`");
    add(made(mark, shape::null), anchor, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string&,
                YAML::anchor_t anchor, const std::string& value) override {
    if (awaits_key()) {
      open_.back().value->entries.push_back({value, line_of(mark), nullptr});
      return;
    }
    auto scalar = made(mark, shape::scalar);
    scalar->text = value;
    add(std::move(scalar), anchor, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (awaits_key())
      refuse(mark, "a key must be a plain word, not an alias");
    const auto target = anchors_.find(anchor);
    if (target == anchors_.end())
      refuse(mark, "an alias may not stand inside its own anchor");
    add(target->second, YAML::NullAnchor, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, shape::list, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, shape::map, anchor);
  }
  void OnMapEnd() override { close(); }

private:
  struct frame {
    std::shared_ptr<node> value;
    YAML::anchor_t anchor;
    YAML::Mark mark;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, const char* why) {
    throw YAML::ParserException{mark, why};
  }

  static std::shared_ptr<node> made(const YAML::Mark& mark, shape kind) {
    auto result = std::make_shared<node>();
    result->kind = kind;
    result->line = line_of(mark);
    return result;
  }

  bool awaits_key() const {
    if (open_.empty() || open_.back().value->kind != shape::map)
      return false;
    const auto& entries = open_.back().value->entries;
    return entries.empty() || entries.back().value;
  }

  void open(const YAML::Mark& mark, shape kind, YAML::anchor_t anchor) {
    if (awaits_key())
      refuse(mark, "a key must be a plain word");
    // Checked on the way down too: this is what bounds the parser's recursion.
    if (open_.size() + 1 > document_depth_max)
      refuse(mark, "too many levels");
    open_.push_back({made(mark, kind), anchor, mark});
  }

  void close() {
    auto done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.value), done.anchor, done.mark);
  }

  void add(std::shared_ptr<const node> value, YAML::anchor_t anchor,
           const YAML::Mark& mark) {
    if (anchor != YAML::NullAnchor)
      anchors_[anchor] = value;
    if (open_.empty()) {
      root = std::move(value);
      return;
    }
    node& parent = *open_.back().value;
    parent.nodes += value->nodes;
    parent.depth = std::max(parent.depth, value->depth + 1);
    if (parent.nodes > document_nodes_max)
      refuse(mark, "too many values");
    if (parent.depth + open_.size() - 1 > document_depth_max)
      refuse(mark, "too many levels");
    if (parent.kind == shape::map)
      parent.entries.back().value = std::move(value);
    else
      parent.entries.push_back({"", 0, std::move(value)});
  }

  std::vector<frame> open_;
  std::unordered_map<YAML::anchor_t, std::shared_ptr<const node>> anchors_;
};

// A second document would be ignored in silence, so its first event is refused.
class nothing_more : public YAML::EventHandler {
public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    throw YAML::ParserException{mark, "only one document may be in the file"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

struct trouble {
  std::size_t line;
  std::string message;
};

std::optional<trouble> find_bad_bytes(std::string_view text) {
  const auto is_bad = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
  };
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    const auto one = text.substr(0, end + 1);
    if (!simdjson::validate_utf8(one.data(), one.size()))
      return trouble{line, "not UTF-8"};
    if (std::ranges::any_of(one, is_bad))
      return trouble{line, "a control character"};
    text.remove_prefix(one.size());
  }
  return std::nullopt;
}

}  // namespace

std::variant<std::shared_ptr<const node>, fault>
parse_document(std::string_view text, std::string_view file) {
  const auto refuse = [file](std::size_t line, const std::string& why) {
    return fault{{std::string{file}, line}, "", "cannot be read: " + why};
  };
  if (text.size() > document_size_max)
    return refuse(0, "larger than 1 MiB");
  if (const auto bad = find_bad_bytes(text))
    return refuse(bad->line, bad->message);
  // yaml-cpp takes a quote that is never closed for closed at the end of the
  // text if a line ends there, and so would swallow what follows the quote.
  const auto end = text.find_last_not_of(" \t\r\n") + 1;
  try {
    std::istringstream bytes{std::string{text.substr(0, end)}};
    YAML::Parser parser{bytes};
    builder tree;
    if (!parser.HandleNextDocument(tree) || !tree.root)
      return std::make_shared<const node>();
    nothing_more rest;
    parser.HandleNextDocument(rest);
    return std::move(tree.root);
  } catch (const YAML::Exception& e) {
    return refuse(line_of(e.mark), e.msg);
  } catch (const std::exception&) {
    return refuse(0, "not YAML");
  }
}

}  // namespace troupe::config
