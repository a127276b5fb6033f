#include "http/wire/identity/sorted_tree.hpp"

#include <algorithm>

namespace troupe::http::wire {

namespace {

/// Nodes a thread keeps room for: requests of ordinary size.
constexpr std::size_t kept_nodes_max = 1u << 13;

}  // namespace

sorted_tree::outcome sorted_tree::read(json::document& doc) {
  clear();
  auto root = doc.root();
  if (!root)
    return outcome::unsound;
  outcome_ = outcome::read;
  nodes_.emplace_back().kind = '{';
  if ((!add_members(*root, 0, 0) || !doc.at_end()) && outcome_ == outcome::read)
    outcome_ = outcome::unsound;
  return outcome_;
}

void sorted_tree::clear() {
  nodes_.clear();
  row_.clear();
  if (nodes_.capacity() > kept_nodes_max) {
    nodes_.shrink_to_fit();
    row_.shrink_to_fit();
  }
}

const sorted_tree::node* sorted_tree::member(const node& holder,
                                             std::string_view name) const {
  if (holder.kind != '{')
    return nullptr;
  for (auto i = holder.first; i != 0; i = nodes_[i].next)
    if (nodes_[i].name == name)
      return nodes_[i].kind == 'n' ? nullptr : &nodes_[i];
  return nullptr;
}

const sorted_tree::node* sorted_tree::only(const node& holder) const {
  return holder.first != 0 && nodes_[holder.first].next == 0
             ? &nodes_[holder.first]
             : nullptr;
}

const sorted_tree::node* sorted_tree::last(const node& holder) const {
  const node* found = nullptr;
  each(holder, [&found](const node& n) { found = &n; });
  return found;
}

bool sorted_tree::fail(outcome why) {
  outcome_ = why;
  return false;
}

bool sorted_tree::add(json::value& v, std::string_view name,
                      std::size_t depth) {
  if (nodes_.size() >= nodes_max)
    return fail(outcome::too_large);
  if (depth >= json::depth_max)
    return false;
  const auto at = static_cast<index>(nodes_.size());
  const auto kind = json::kind_of(v);
  row_.push_back(at);
  auto& made = nodes_.emplace_back();
  made.name = name;
  made.kind = kind;
  switch (kind) {
  case '"':
    return read_text(v, made);
  case '[':
    return add_elements(v, at, depth);
  case '{': {
    json::object inner;
    return !v.get_object().get(inner) && add_members(inner, at, depth);
  }
  case 't':
  case 'f':
  case 'n':
    break;
  default:
    made.kind = '0';
  }
  made.text = json::token_of(v);
  return json::sound(v, depth);
}

bool sorted_tree::add_members(json::object& from, index holder,
                              std::size_t depth) {
  const auto begin = row_.size();
  if (!json::each_member(from, [&](std::string_view name, json::value& v) {
        return add(v, name, depth + 1);
      }))
    return false;
  if (!sort_row(begin))
    return fail(outcome::given_twice);
  link_row(holder, begin);
  return true;
}

bool sorted_tree::add_elements(json::value& v, index holder,
                               std::size_t depth) {
  const auto begin = row_.size();
  if (!json::each_element(v, depth, [&](json::value& item) {
        return add(item, {}, depth + 1);
      }))
    return false;
  link_row(holder, begin);
  return true;
}

bool sorted_tree::read_text(json::value& v, node& to) {
  to.text = json::raw_string_of(v);
  return to.text.find('\\') == std::string_view::npos
         || !v.get_string().get(to.text);
}

bool sorted_tree::sort_row(std::size_t begin) {
  const auto first = row_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto before = [this](index a, index b) {
    return nodes_[a].name < nodes_[b].name;
  };
  if (!std::is_sorted(first, row_.end(), before))
    std::sort(first, row_.end(), before);
  return std::adjacent_find(first, row_.end(),
                            [this](index a, index b) {
                              return nodes_[a].name == nodes_[b].name;
                            })
         == row_.end();
}

void sorted_tree::link_row(index holder, std::size_t begin) {
  auto* link = &nodes_[holder].first;
  for (auto i = begin; i < row_.size(); ++i) {
    *link = row_[i];
    link = &nodes_[row_[i]].next;
  }
  row_.resize(begin);
}

}  // namespace troupe::http::wire
