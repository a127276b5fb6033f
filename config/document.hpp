// A YAML text as a tree of small nodes that remember their lines.
//
// yaml-cpp does the parsing; this file keeps it within bounds. One rule: any
// bytes at all give a tree or a fault, in time and memory that the limits below
// bound, also counting what aliases stand for: an alias is a pointer to its
// anchor's node, and a node knows how many nodes and levels it stands for.
// Refused beside bad YAML: bytes that are not UTF-8, control characters (some
// of which yaml-cpp takes for the end), a second document, keys that are not
// plain words. Tags are ignored.

#pragma once

#include "config/fault.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::config {

inline constexpr std::size_t document_size_max = 1 << 20;  // bytes
/// A legal file has six levels.
inline constexpr std::size_t document_depth_max = 32;
/// Counted with every alias written out.
inline constexpr std::size_t document_nodes_max = 100'000;

enum class shape : std::uint8_t { null, scalar, list, map };

/// One value of the document.
struct node {
  struct entry {
    std::string key;           ///< Empty in a list.
    std::size_t key_line = 0;  ///< Counted from 1.
    std::shared_ptr<const node> value;
  };

  shape kind = shape::null;
  std::size_t line = 0;  ///< Counted from 1.
  std::string text;      ///< Of a scalar.
  std::vector<entry> entries;
  std::size_t nodes = 1;  ///< This one and all below, aliases written out.
  std::size_t depth = 1;  ///< Levels, this one included.
};

/// Parses `text`; the fault, if any, carries `file`. An empty text is a null.
std::variant<std::shared_ptr<const node>, fault>
parse_document(std::string_view text, std::string_view file);

}  // namespace troupe::config
