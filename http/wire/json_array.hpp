// The elements of one JSON array, as it arrives in pieces.
//
// Gemini streams an answer without `alt=sse` as `[{...}` `,\r\n{...}` ... `]`.
// The reader finds where each object ends; it does not judge what is inside
// (the walk over the element does). Blocks laid end to end are the stream: an
// element's block begins with whatever stood before it.
//
// Limits: elements must be objects; anything else where an element, a comma or
// a bracket belongs, and a block larger than the maximum, ends the reading.

#pragma once

#include "http/wire/sse.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Views hold until the reader's next call.
struct array_block {
  std::string_view raw;      ///< All its bytes, with what stood before.
  std::string_view element;  ///< Empty for the array's end.
};

class array_reader {
public:
  explicit array_reader(std::size_t size_max = event_size_max)
      : size_max_(size_max) {}

  /// As for sse_reader.
  void feed(std::string_view bytes) { input_ = bytes; }

  /// The next element, or the closing bracket; nothing when the input is used
  /// up.
  std::optional<array_block> next();

  /// Whether the closing bracket came.
  bool closed() const { return state_ == state::closed; }

  /// Whether the bytes are no array of objects, or an element is too large.
  bool failed() const { return state_ == state::failed; }

  /// What came after the last block; not whole, or blanks behind the end.
  std::string_view rest() const {
    return used_ ? std::string_view{} : std::string_view{pending_};
  }

private:
  enum class state : std::uint8_t {
    before,         // nothing but blanks so far
    first_element,  // behind the opening bracket
    element,        // behind a comma
    inside,         // an element
    comma,          // behind an element
    closed,
    failed,
  };

  std::optional<std::size_t> scan(std::string_view text, std::size_t offset);
  bool step_outside(char c, std::size_t at);
  bool step_inside(char c);

  std::size_t size_max_;
  std::string_view input_;
  std::string pending_;
  bool used_ = false;

  state state_ = state::before;
  std::size_t element_ = 0;  // where it begins, in its block
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace troupe::http::wire
