// What a model answered, read along for a job: its words as they come, its
// result at the end.
//
//   stream   begin, feed ... feed --> its words, finish --+
//   whole    take ----------------------------------------+--> outcome
//
// The result is {"model", "content", "usage", "finish_reason", "response"}:
// the last one is the whole answer in its wire's own shape, where there is one
// of at most `kept_answer_max`. A stream that was cut is never a result.
//
// Nothing is burnt where nobody could serve: keys that rest, targets that rest
// and a full line are `postponed`. What is wrong with the request is refused;
// anything else failed, and may do better another time.

#pragma once

#include "actors/outcome.hpp"
#include "actors/queue_contracts.hpp"
#include "http/message.hpp"
#include "http/wire/replay/collect.hpp"
#include "http/wire/sse.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http {

struct exchange_record;  // http/routes/exchange.hpp

/// Waits of those who do not say how long.
inline constexpr std::chrono::seconds headroom_wait{5};

/// Keys that the provider refuses come back when an operator has acted.
inline constexpr std::chrono::seconds operator_wait{60};

/// The largest answer (bytes of its body) that a job takes.
inline constexpr std::size_t completion_size_max = 4u << 20;

class completion_answer {
public:
  explicit completion_answer(wire::endpoint e);

  /// A stream begins.
  void begin(unsigned status, const header_list& headers);

  /// Bytes of the stream; returns the words in them.
  std::string feed(std::string_view bytes);

  /// It has come to its end.
  void finish() { finished_ = true; }

  /// A whole answer, which has come at once.
  void take(unsigned status, const header_list& headers, std::string_view body);

  /// Whether it is more than a job takes.
  bool is_too_large() const { return size_ > completion_size_max; }

  /// What it cost, as data of an event; empty if nobody knows.
  std::string usage_event(const exchange_record& record) const;

  /// What becomes of the job. Once.
  job_outcome outcome(const exchange_record& record);

private:
  void read_event(std::string_view type, std::string_view data,
                  std::string& words);
  bool is_whole() const;
  job_outcome failure(const exchange_record& record) const;
  std::string result(const std::optional<std::string>& whole,
                     const exchange_record& record) const;
  token_usage usage_of(const exchange_record& record) const;

  wire::endpoint endpoint_;
  unsigned status_ = 0;
  std::optional<std::chrono::milliseconds> retry_after_;
  std::size_t size_ = 0;
  bool finished_ = false;

  // a stream
  wire::sse_reader sse_;
  wire::stream_collector collector_;
  std::string content_;
  token_usage usage_;
  std::string error_;  // Of an error event.
  bool failed_ = false;
  bool ended_ = false;  // As its wire says.

  std::optional<std::string> body_;  // Of a whole answer.
};

}  // namespace troupe::http
