#include "http/wire/json_array.hpp"

namespace troupe::http::wire {

namespace {

/// As in sse.cpp.
constexpr std::size_t kept_size_max = 64u << 10;

}  // namespace

std::optional<array_block> array_reader::next() {
  if (used_) {
    used_ = false;
    if (pending_.capacity() > kept_size_max)
      pending_ = std::string{};
    pending_.clear();
  }
  const auto held = pending_.size();
  const auto end = scan(input_, held);
  const auto taken = end.value_or(input_.size());
  if (held + taken > size_max_)
    state_ = state::failed;
  if (failed()) {
    pending_ = std::string{};
    input_ = {};
    return std::nullopt;
  }
  auto raw = input_.substr(0, taken);
  input_.remove_prefix(taken);
  if (!end || held != 0)
    pending_.append(raw);
  if (!end)
    return std::nullopt;
  if (held != 0) {
    used_ = true;
    raw = pending_;
  }
  return array_block{raw, closed() ? std::string_view{} : raw.substr(element_)};
}

/// Goes on until a block ends, and returns where in `text`; `offset` bytes of
/// the block came before.
std::optional<std::size_t> array_reader::scan(std::string_view text,
                                              std::size_t offset) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string_ && !escaped_ && text[i] != '"' && text[i] != '\\')
      continue;
    const bool ends = state_ == state::inside
                          ? step_inside(text[i])
                          : step_outside(text[i], offset + i);
    if (failed())
      return std::nullopt;
    if (ends)
      return i + 1;
  }
  return std::nullopt;
}

bool array_reader::step_inside(char c) {
  if (in_string_) {
    if (escaped_)
      escaped_ = false;
    else if (c == '\\')
      escaped_ = true;
    else if (c == '"')
      in_string_ = false;
    return false;
  }
  if (c == '"')
    in_string_ = true;
  else if (c == '{' || c == '[')
    ++depth_;
  else if ((c == '}' || c == ']') && --depth_ == 0)
    state_ = state::comma;
  return state_ == state::comma;
}

bool array_reader::step_outside(char c, std::size_t at) {
  if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
    return false;
  switch (state_) {
  case state::before:
    state_ = c == '[' ? state::first_element : state::failed;
    return false;
  case state::first_element:
  case state::element:
    if (c == '{') {
      state_ = state::inside;
      element_ = at;
      depth_ = 1;
      return false;
    }
    break;
  case state::comma:
    if (c == ',') {
      state_ = state::element;
      return false;
    }
    break;
  default:
    break;
  }
  const bool may_close =
      state_ == state::first_element || state_ == state::comma;
  state_ = c == ']' && may_close ? state::closed : state::failed;
  return closed();
}

}  // namespace troupe::http::wire
