// Follows one streamed answer from a provider to a client of another wire.
//
//   upstream bytes --frames--> events --reader--> deltas --writer--> client
//
// Used in the place of `answer_stream`, and keeps its promises: only whole
// events of the client's wire go out; how the answer ended is told only once
// the provider's own end was seen, so a cut stream has nothing in it that looks
// like an end, and `end_cut` closes it with an error of the client's wire.
//
// A provider's error event is the client's error event, and ends the reading.
//
// Limits: as for `answer_stream`; and deltas that the client's wire cannot tell
// (arguments of a tool call that is over) are `fault::malformed`.

#pragma once

#include "http/wire/answer_stream.hpp"
#include "http/wire/translate/reply.hpp"
#include "http/wire/translate/reply_shape.hpp"
#include "http/wire/translate/reply_writer.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe::http::wire {

class translated_stream {
public:
  /// `options.framing` is the provider's; whether the client gets a usage chunk
  /// is `to`'s to say.
  translated_stream(config::protocol from, const reply_shape& to,
                    const stream_options& options = {});

  /// Takes bytes from the provider, returns those that go to the client now.
  /// The view holds until the next call.
  std::string_view feed(std::string_view bytes);

  /// The upstream closed. Returns what may still go out: of a Gemini provider,
  /// whose end this is, the end of the answer.
  std::string_view end();

  bool began() const { return began_; }

  /// Whether the provider's end was seen. Gemini's is a finish reason for every
  /// candidate and then the end of the stream.
  bool finished() const;

  bool finish_reason_seen() const { return finish_seen_; }

  troupe::fault fault() const { return failure_.fault; }
  const attempt_result& failure() const { return failure_; }
  const token_usage& usage() const { return usage_; }

  /// Ends a stream that was cut with the client's own error event. Empty if one
  /// went out already and nothing is open.
  std::string end_cut(const door_error& err) const;

  /// The answer's end, where an OpenAI provider gave every finish reason but
  /// forgot its [DONE]; else empty. Known once `end` was called.
  std::string_view complete() const { return forgotten_; }

private:
  void feed_sse(std::string_view bytes);
  void feed_array(std::string_view bytes);
  bool observe(const sse_block& block);
  bool read(std::string_view type, std::string_view data);
  bool tell(json::document& doc, std::string_view type, std::string_view data);
  void tell_error(std::string_view data);
  bool fail_malformed(std::size_t size);
  bool whole_by_reasons() const;

  config::protocol from_;
  reply_shape to_;
  stream_options options_;
  sse_reader sse_;
  array_reader array_;
  std::unique_ptr<stream_writer> writer_;

  std::string_view input_;  // of this call
  std::string out_;
  std::string forgotten_;
  reply_event event_;
  reply_outline outline_;
  token_usage usage_;
  attempt_result failure_;
  bool began_ = false;
  bool terminal_ = false;
  bool finish_seen_ = false;
  bool ended_ = false;
};

}  // namespace troupe::http::wire
