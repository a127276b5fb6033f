#include "http/wire/replay/fold.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::http::wire {

namespace {

/// Quotes, colons and commas around a value.
constexpr std::size_t frame_size = 4;

/// Strings that name something: they are told whole, and told again.
constexpr std::array<std::string_view, 8> names{
    "id", "type", "role", "name", "format", "status", "object", "model"};

bool is_name(std::string_view key) {
  return key.ends_with("_id") || key.ends_with("signature")
         || std::find(names.begin(), names.end(), key) != names.end();
}

bool replace(tree& slot, tree value, growth& room) {
  room.give_back(weight_of(slot));
  const bool fits = room.take(weight_of(value));
  slot = std::move(value);
  return fits;
}

bool append_text(tree& slot, const tree& piece, growth& room) {
  const auto text = text_in(piece);
  slot.get_ref<std::string&>().append(text);
  return room.take(text.size());
}

bool fold_object(tree& into, tree& piece, growth& room) {
  for (auto& [key, value] : piece.get_ref<tree::object_t&>())
    if (!fold_member(into, key, std::move(value), room))
      return false;
  return true;
}

/// A thought without its signature goes on in the next piece.
bool is_open_thought(const tree& block) {
  const auto* type = member_of(block, "type");
  const auto* signature = member_of(block, "signature");
  return type != nullptr && text_in(*type) == "thinking"
         && (signature == nullptr || text_in(*signature).empty());
}

bool is_thought(const tree& block) {
  const auto* type = member_of(block, "type");
  return type != nullptr && text_in(*type) == "thinking";
}

/// Whether both have an id, and not the same.
bool differ(const tree& a, const tree& b) {
  const auto* left = member_of(a, "id");
  const auto* right = member_of(b, "id");
  return left != nullptr && right != nullptr && !text_in(*left).empty()
         && !text_in(*right).empty() && *left != *right;
}

/// The element that `piece` goes on with, among the first `known`. The latest
/// of its number: some providers number all calls 0.
tree* element_of(tree& all, std::size_t known, const tree& piece) {
  const auto index = index_in(piece);
  if (!index)
    return nullptr;
  for (auto i = known; i-- > 0;)
    if (index_in(all[i]) == index)
      return differ(all[i], piece) ? nullptr : &all[i];
  return nullptr;
}

bool fold_array(std::string_view name, tree& into, tree& piece, growth& room) {
  const auto known = into.size();
  for (auto& element : piece) {
    tree* joined = nullptr;
    if (index_in(element)) {
      if (known > folded_elements_max)
        return false;
      joined = element_of(into, known, element);
    } else if (name == "thinking_blocks" && known > 0 && into.size() == known
               && is_open_thought(into.back()) && is_thought(element)) {
      joined = &into.back();
    }
    if (joined != nullptr) {
      if (!fold_object(*joined, element, room))
        return false;
    } else if (room.take(weight_of(element))) {
      into.push_back(std::move(element));
    } else {
      return false;
    }
  }
  return true;
}

bool fold(std::string_view name, tree& slot, tree piece, growth& room) {
  if (slot.is_string() && piece.is_string())
    return is_name(name)
               ? text_in(piece).empty() || replace(slot, std::move(piece), room)
               : append_text(slot, piece, room);
  if (slot.is_object() && piece.is_object())
    return fold_object(slot, piece, room);
  if (slot.is_array() && piece.is_array())
    return fold_array(name, slot, piece, room);
  const bool both_plain = (slot.is_number() && piece.is_number())
                          || (slot.is_boolean() && piece.is_boolean());
  return both_plain && replace(slot, std::move(piece), room);
}

bool add_member(tree& object, std::string_view name, tree value, growth& room) {
  if (object.size() >= folded_members_max
      || !room.take(weight_of(value) + name.size() + frame_size))
    return false;
  append_member(object, std::string{name}, std::move(value));
  return true;
}

}  // namespace

bool growth::take(std::size_t size) {
  if (size > left_)
    return false;
  left_ -= size;
  return true;
}

std::size_t weight_of(const tree& value) {
  if (value.is_string())
    return text_in(value).size() + frame_size;
  std::size_t weight = frame_size;
  if (value.is_object())
    for (const auto& [key, member] : value.get_ref<const tree::object_t&>())
      weight += key.size() + weight_of(member);
  else if (value.is_array())
    for (const auto& element : value)
      weight += weight_of(element);
  return weight;
}

tree* find_member(tree& object, std::string_view name) {
  for (auto& [key, value] : object.get_ref<tree::object_t&>())
    if (key == name)
      return &value;
  return nullptr;
}

tree take_member(tree& object, std::string_view name) {
  auto* const slot = find_member(object, name);
  if (slot == nullptr)
    return nullptr;
  auto value = std::move(*slot);
  tree rest = tree::object();
  for (auto& [key, member] : object.get_ref<tree::object_t&>())
    if (key != name)
      append_member(rest, key, std::move(member));
  object = std::move(rest);
  return value;
}

bool fold_member(tree& object, std::string_view name, tree piece,
                 growth& room) {
  auto* const slot = find_member(object, name);
  if (slot == nullptr)
    return add_member(object, name, std::move(piece), room);
  if (piece.is_null())
    return true;
  if (slot->is_null())
    return replace(*slot, std::move(piece), room);
  return fold(name, *slot, std::move(piece), room);
}

bool replace_member(tree& object, std::string_view name, tree value,
                    growth& room) {
  auto* const slot = find_member(object, name);
  if (slot == nullptr)
    return add_member(object, name, std::move(value), room);
  return value.is_null() || replace(*slot, std::move(value), room);
}

std::optional<std::uint64_t> index_in(const tree& object) {
  const auto* index = member_of(object, "index");
  if (index == nullptr || !index->is_number_unsigned())
    return std::nullopt;
  return index->get<std::uint64_t>();
}

const tree* objects_in(const tree& holder, std::string_view name) {
  const auto* all = member_of(holder, name);
  if (all == nullptr || !all->is_array()
      || !std::all_of(all->begin(), all->end(),
                      [](const tree& one) { return one.is_object(); }))
    return nullptr;
  return all;
}

std::optional<tree> read_exactly(std::string_view text) {
  auto value = read_tree(text);
  if (!value || !value->is_object())
    return std::nullopt;
  // Half a surrogate pair was replaced on the way; a strict reader sees it.
  const bool may_be_mended = text.find("\\ud") != std::string_view::npos
                             || text.find("\\uD") != std::string_view::npos;
  if (may_be_mended && !tree::accept(text))
    return std::nullopt;
  return value;
}

}  // namespace troupe::http::wire
