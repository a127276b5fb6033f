#include "http/wire/sse.hpp"

#include <algorithm>
#include <utility>

namespace troupe::http::wire {

namespace {

/// Memory kept for the next cut event, in bytes; larger ones give it back.
constexpr std::size_t kept_size_max = 64u << 10;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Bytes searched for one kind of line end before the other: keeps the search
/// linear also where lines end in \r only.
constexpr std::size_t stride = 256;

/// The first \n or \r at or after `from`.
std::size_t line_end(std::string_view text, std::size_t from) {
  for (auto at = from; at < text.size(); at += stride) {
    const auto part = text.substr(at, stride);
    const auto newline = part.find('\n');
    const auto end = std::min(newline, part.substr(0, newline).find('\r'));
    if (end != std::string_view::npos)
      return at + end;
  }
  return std::string_view::npos;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

}  // namespace

std::optional<sse_block> sse_reader::next() {
  drop_given();
  if (failed_)
    return std::nullopt;
  if (!pending_.empty())
    return next_from_pending();
  const auto size = block_size(input_);
  if (!size) {
    if (input_.size() > size_max_)
      return refuse();
    pending_.assign(input_);
    input_ = {};
    return std::nullopt;
  }
  if (*size > size_max_)
    return refuse();
  const auto raw = input_.substr(0, *size);
  input_.remove_prefix(*size);
  return parsed(raw);
}

// Takes from the input line by line, so that what follows the cut block is not
// copied.
std::optional<sse_block> sse_reader::next_from_pending() {
  while (true) {
    if (const auto whole = block_size(pending_)) {
      given_ = *whole;
      return *whole > size_max_
                 ? refuse()
                 : parsed(std::string_view{pending_}.substr(0, *whole));
    }
    if (pending_.size() > size_max_)
      return refuse();
    if (input_.empty())
      return std::nullopt;
    const auto end = line_end(input_, 0);
    auto size = end == std::string_view::npos ? input_.size() : end + 1;
    if (size < input_.size() && input_[size - 1] == '\r'
        && input_[size] == '\n')
      ++size;
    pending_.append(input_.substr(0, size));
    input_.remove_prefix(size);
  }
}

std::optional<sse_block> sse_reader::last() {
  drop_given();
  if (failed_ || pending_.empty())
    return std::nullopt;
  given_ = pending_.size();
  return parsed(pending_);
}

void sse_reader::drop_given() {
  pending_.erase(0, std::exchange(given_, 0));
  if (pending_.empty() && pending_.capacity() > kept_size_max)
    pending_ = std::string{};
}

std::optional<sse_block> sse_reader::refuse() {
  failed_ = true;
  given_ = 0;
  pending_ = std::string{};
  input_ = {};
  return std::nullopt;
}

// Whether a \r that is the last byte so far ends its line alone, only the next
// byte tells. A block is not given out before: cut between \r and \n, it would
// leave the client with a blank line that some of them do not take for one.
std::optional<std::size_t> sse_reader::block_size(std::string_view text) {
  while (true) {
    if (line_ > 0 && line_ < text.size() && text[line_] == '\n'
        && text[line_ - 1] == '\r')
      search_ = std::max(search_, ++line_);
    const auto end = line_end(text, search_);
    if (end == std::string_view::npos) {
      search_ = text.size();
      return std::nullopt;
    }
    auto next = end + 1;
    const bool blank = end == line_;
    if (text[end] == '\r' && next == text.size() && blank) {
      search_ = end;
      return std::nullopt;
    }
    if (text[end] == '\r' && next < text.size() && text[next] == '\n')
      ++next;
    line_ = search_ = next;
    if (!blank)
      continue;
    line_ = search_ = 0;
    return next;
  }
}

sse_block sse_reader::parsed(std::string_view raw) {
  sse_block block{raw, {}, {}, {}, {}, false};
  auto rest = raw;
  if (std::exchange(at_start_, false) && rest.starts_with(byte_order_mark))
    rest.remove_prefix(byte_order_mark.size());
  bool joined = false;
  while (!rest.empty()) {
    const auto end = line_end(rest, 0);
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    auto content = colon == std::string_view::npos ? std::string_view{}
                                                   : line.substr(colon + 1);
    if (content.starts_with(' '))
      content.remove_prefix(1);
    if (name == "data") {
      if (block.has_data) {
        if (!std::exchange(joined, true))
          joined_.assign(block.data);
        joined_.append(1, '\n').append(content);
      } else {
        block.data = content;
      }
      block.has_data = true;
    } else if (name == "event") {
      block.type = content;
    } else if (name == "id" && content.find('\0') == std::string_view::npos) {
      block.id = content;
    } else if (name == "retry" && all_digits(content)) {
      block.retry = content;
    }
  }
  if (joined)
    block.data = joined_;
  return block;
}

}  // namespace troupe::http::wire
