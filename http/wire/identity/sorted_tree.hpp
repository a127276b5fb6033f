// A JSON text as a tree whose members are in the order of their names.
//
// Made by one walk, into one vector that is used again for the next text. Texts
// that two readers could understand in two ways are refused: a member given
// twice, broken escapes (a lone surrogate is one), anything the walk finds
// unsound. What is read is UTF-8.
//
// Limits: `nodes_max` values. Views are into the document, which must outlive
// their use.

#pragma once

#include "http/wire/json.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire {

class sorted_tree {
public:
  using index = std::uint32_t;

  /// Most values of one text: 3 MiB of nodes. A prompt of 10,000 messages has
  /// as many; lists of token numbers may have more.
  static constexpr std::size_t nodes_max = 1u << 16;

  struct node {
    /// Of a member, escapes resolved.
    std::string_view name;
    /// Of a string, escapes resolved; of another scalar, as written.
    std::string_view text;
    index first = 0;  ///< Its first member or element; 0 = none.
    index next = 0;   ///< The next one beside it; 0 = none.
    /// `{`, `[`, `"`, `t`, `f`, `n`, or `0` for any number.
    char kind = 'n';
    bool left_out = false;  ///< For the owner: plays no part.
  };

  enum class outcome : std::uint8_t {
    read,
    unsound,
    given_twice,  ///< A member; the tree is not whole.
    too_large,
  };

  /// Reads a JSON object. The nodes of the text before are gone.
  outcome read(json::document& doc);

  /// Forgets all, and gives memory back if it is much.
  void clear();

  node& operator[](index i) { return nodes_[i]; }
  const node& operator[](index i) const { return nodes_[i]; }

  /// The object. @pre one was read.
  const node& root() const { return nodes_.front(); }

  /// The member `name` of `holder`; nothing if there is none, it is null, or
  /// `holder` is no object.
  const node* member(const node& holder, std::string_view name) const;

  /// The only, or last, element or member; nothing if there is none.
  const node* only(const node& holder) const;
  const node* last(const node& holder) const;

  /// Calls `f(node)` for each member or element.
  template <class F>
  void each(const node& holder, F&& f) const {
    for (auto i = holder.first; i != 0; i = nodes_[i].next)
      f(nodes_[i]);
  }

  /// Calls `f(node)` for all that `path` leads to: names with `/` between, `*`
  /// for every element. A value that is no array counts as its own only
  /// element, as Google reads it.
  template <class F>
  void each_at(std::string_view path, F&& f) {
    descend(0, path, f);
  }

private:
  template <class F>
  void descend(index from, std::string_view path, F& f) {
    if (path.empty())
      return f(nodes_[from]);
    const auto step = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(step.size() + 1, path.size()));
    if (step == "*" && nodes_[from].kind != '[')
      return descend(from, path, f);
    if (nodes_[from].kind != (step == "*" ? '[' : '{'))
      return;
    for (auto i = nodes_[from].first; i != 0; i = nodes_[i].next)
      if (step == "*" || nodes_[i].name == step)
        descend(i, path, f);
  }

  bool fail(outcome why);
  bool add(json::value& v, std::string_view name, std::size_t depth);
  bool add_members(json::object& from, index holder, std::size_t depth);
  bool add_elements(json::value& v, index holder, std::size_t depth);
  bool read_text(json::value& v, node& to);
  bool sort_row(std::size_t begin);
  void link_row(index holder, std::size_t begin);

  std::vector<node> nodes_;
  /// Members and elements of what is open, outermost first.
  std::vector<index> row_;
  outcome outcome_ = outcome::read;
};

}  // namespace troupe::http::wire
