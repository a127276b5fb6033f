// Puts the events of a stream together: the whole answer, as the provider would
// have given it without a stream.
//
//   bytes for the client --feed--> events --> one growing answer --finish-->
//
// It runs beside a stream on its way to the client, and reads each event as it
// comes: no long pause at the end, and what it holds is the answer, not the
// many times larger stream.
//
// What it gives can be given to another client as the answer. Hence nothing
// comes out where anything is in doubt: a stream that was cut, failed or ended
// without its finish reasons; an event that is no JSON, or has the half of a
// surrogate pair; pieces that do not go together; a kind of piece that is not
// known; sound, whose pieces do not add up; more than the limit.
//
// Limits: whole numbers beyond 64 bits become floating point. A stream cannot
// say where one plain text of Gemini's ended and the next began: neighbours of
// one kind are one.

#pragma once

#include "actors/outcome.hpp"
#include "http/wire/answer_stream.hpp"
#include "http/wire/endpoint.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Largest answer that is kept, bytes.
inline constexpr std::size_t kept_answer_max = 1u << 20;

class answer_assembler;

class stream_collector {
public:
  /// @pre answers of `e` may be streams.
  explicit stream_collector(endpoint e, framing f = framing::sse,
                            std::size_t size_max = kept_answer_max);
  stream_collector(stream_collector&&) noexcept;
  stream_collector& operator=(stream_collector&&) noexcept;
  ~stream_collector();

  /// Takes bytes of the stream, cut anywhere.
  void feed(std::string_view bytes);

  /// Whether nothing will come out: it has freed its memory, and more bytes
  /// are of no use.
  bool gave_up() const { return !assembler_; }

  /// The stream has ended as a whole one does. Returns the answer, or nothing.
  /// `usage` goes into an answer whose stream did not tell its own (the client
  /// had not asked), in the wire's words.
  std::optional<std::string> finish(const token_usage& usage = {});

private:
  void feed_sse(std::string_view bytes);
  void feed_array(std::string_view bytes);
  void read(std::string_view type, std::string_view event);

  framing framing_;
  std::size_t size_max_;
  sse_reader sse_;
  array_reader array_;
  std::unique_ptr<answer_assembler> assembler_;
};

}  // namespace troupe::http::wire
