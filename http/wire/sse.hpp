// Server-sent events out of a stream of bytes, with their exact bytes.
//
// The reader cuts a stream into blocks: everything up to and including a blank
// line. A block is an event, or comments, or nothing but its blank line. Blocks
// laid end to end are the stream, byte for byte, so that whole events can be
// passed on as they came. Where a block lies in one piece of input nothing is
// copied.
//
// Follows the WHATWG rules: lines end in \n, \r\n or \r; several data lines are
// joined by \n; one blank after the colon is not content; a byte order mark at
// the very start is not content.
//
// Limits: a block larger than `event_size_max` ends the reading; `failed()`. An
// event that ends in a lone \r comes out with the byte after it (no provider
// ends lines so).

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Largest event, bytes. The largest real ones are pictures in base64.
inline constexpr std::size_t event_size_max = 16u << 20;

/// One block of a stream. Views hold until the reader's next call.
struct sse_block {
  std::string_view raw;   ///< All its bytes, blank line included.
  std::string_view type;  ///< Of `event:`; empty means `message`.
  std::string_view data;
  std::optional<std::string_view> id;
  std::optional<std::string_view> retry;  ///< Milliseconds, digits only.
  /// Whether there was a data line: a block without one is no event.
  bool has_data = false;
};

class sse_reader {
public:
  explicit sse_reader(std::size_t size_max = event_size_max)
      : size_max_(size_max) {}

  /// Adds input. It must stay valid until `next` has returned nothing. @pre
  /// `next` has returned nothing for the input before.
  void feed(std::string_view bytes) { input_ = bytes; }

  /// The next whole block, or nothing: then the input was used up.
  std::optional<sse_block> next();

  /// The end of the stream: what is left, as if a blank line followed. Nothing
  /// if nothing is left.
  std::optional<sse_block> last();

  /// Whether a block was too large. Nothing comes out any more.
  bool failed() const { return failed_; }

private:
  std::optional<std::size_t> block_size(std::string_view text);
  std::optional<sse_block> next_from_pending();
  sse_block parsed(std::string_view raw);
  std::optional<sse_block> refuse();
  void drop_given();

  std::size_t size_max_;
  std::string_view input_;
  std::string pending_;    // the beginning of a block, from earlier input
  std::string joined_;     // data of several lines
  std::size_t given_ = 0;  // bytes of pending_ that were given out

  // Where the search for the block's end stands, as offsets into the block.
  std::size_t line_ = 0;    // start of the line being searched
  std::size_t search_ = 0;  // nothing before it ends that line
  bool after_cr_ = false;   // a \n at the block's start ends nothing
  bool at_start_ = true;    // of the stream
  bool failed_ = false;
};

}  // namespace troupe::http::wire
