// Follows one streamed answer from its provider to its client.
//
//   upstream bytes --feed--> whole events, unchanged --> client
//                     |
//                     +--> began? finished? failed? usage?
//
// Only whole, sound events go to the client, byte for byte as they came; a cut
// one is held back. So the client's side of a stream always stands between two
// events, where an error event of the wire can still be added: a cut stream is
// never shown as complete.
//
// How a stream ended, once `end` was called (the upstream closed):
//   fault() != none                 it failed; unless the provider's own error
//                                   event went out, `end_cut` tells the client
//   finished()                      complete
//   complete() is not empty         complete, but for OpenAI's [DONE]
//   anything else                   cut: `end_cut` tells the client
//
// Limits: an event beyond the maximum, one that is no JSON, and bytes that are
// no stream at all are `fault::malformed`; nothing is passed after them.

#pragma once

#include "http/wire/error_body.hpp"
#include "http/wire/json_array.hpp"
#include "http/wire/sse.hpp"
#include "http/wire/stream_event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// How the events of a stream are laid into bytes.
enum class framing : std::uint8_t {
  sse,
  json_array,  ///< Gemini without alt=sse.
};

/// Whether OpenAI's usage chunk goes to the client.
enum class usage_chunk : std::uint8_t { pass, strip };

struct stream_options {
  wire::framing framing = wire::framing::sse;
  wire::usage_chunk usage_chunk = wire::usage_chunk::pass;
  std::size_t event_max = event_size_max;  // bytes
};

class answer_stream {
public:
  explicit answer_stream(endpoint e, const stream_options& options = {});

  /// Takes bytes from the provider, returns those that may go to the client
  /// now. The view holds until the next call and, if nothing was held back and
  /// nothing is stripped, is a part of `bytes`.
  std::string_view feed(std::string_view bytes);

  /// The upstream closed. Returns what may still go out: a last event whose
  /// blank line is missing, completed.
  std::string_view end();

  /// Whether a real event was seen, not only comments and pings. Before that
  /// (also when the first event is an error) the attempt may be made elsewhere.
  bool began() const { return began_; }

  /// Whether the wire's end was seen. Gemini has no last event: there it is a
  /// finish reason and then the end of the stream.
  bool finished() const;

  bool finish_reason_seen() const { return finish_seen_; }

  /// `none` while all is well.
  troupe::fault fault() const { return failure_.fault; }

  /// The fault with the provider's wish to wait, if its error event had one.
  const attempt_result& failure() const { return failure_; }

  /// The counts so far; the last ones, once the stream is over.
  const token_usage& usage() const { return usage_; }

  /// Ends a stream that was cut with the wire's own error event. Empty if the
  /// provider's error event went out already.
  std::string end_cut(const door_error& err) const;

  /// The `[DONE]` an OpenAI provider forgot after a finish reason; else empty.
  std::string_view complete() const;

private:
  std::string_view feed_sse(std::string_view bytes);
  std::string_view feed_array(std::string_view bytes);
  std::string_view end_sse();
  bool observe(const sse_block& block);
  bool read(std::string_view type, std::string_view data);
  void pass(std::string_view raw);
  std::string_view passed();
  void fail_malformed();

  endpoint endpoint_;
  event_kind kind_;
  stream_options options_;
  sse_reader sse_;
  array_reader array_;

  std::string_view input_;  // of this call
  std::string_view run_;    // a part of it that is passed
  std::string out_;         // what is passed, where it is not one part
  token_usage usage_;
  attempt_result failure_;
  std::uint64_t sequence_number_ = 0;
  std::uint64_t events_passed_ = 0;
  bool strip_this_ = false;
  bool began_ = false;
  bool terminal_ = false;
  bool finish_seen_ = false;
  bool error_passed_ = false;
  bool ended_ = false;
};

}  // namespace troupe::http::wire
