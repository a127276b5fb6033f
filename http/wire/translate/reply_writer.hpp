// An answer in the client's words: one writer for each wire.
//
//   reply (a whole answer)      --write_*_reply--> body
//   reply_event after another   --stream_writer--> events
//
// A stream's writer gives out text the moment it comes. How the answer ended
// and what it cost it tells in `finish`, and only there: a stream that is cut
// before has nothing in it that looks like an end.
//
// Limits: arguments that are no JSON object (a model's mistake, or a cut at the
// limit of tokens) cannot stand where a wire wants an object; the README says
// what stands there instead.

#pragma once

#include "http/wire/translate/reply.hpp"
#include "http/wire/translate/reply_shape.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Whose answer, for whom.
struct reply_route {
  config::protocol from;
  reply_shape to;
};

std::string write_openai_reply(const reply& said, const reply_route& route);
std::string write_anthropic_reply(const reply& said, const reply_route& route);
std::string write_gemini_reply(const reply& said, const reply_route& route);

/// One for each stream. Its JSON goes out in the frame of the client's wire.
class stream_writer {
public:
  explicit stream_writer(reply_route route) : route_(std::move(route)) {}
  virtual ~stream_writer() = default;
  stream_writer(const stream_writer&) = delete;
  stream_writer& operator=(const stream_writer&) = delete;

  /// Appends what `event`, which `outline` has observed, adds. False if it
  /// cannot be told: too many calls, or arguments of a call that is over.
  virtual bool write(const reply_event& event, reply_outline& outline,
                     const token_usage& usage, std::string& out) = 0;

  /// Appends the end of a whole answer.
  virtual bool finish(reply_outline& outline, const token_usage& usage,
                      std::string& out) = 0;

  /// Appends what keeps the connection alive and says nothing.
  virtual void keep_alive(std::string& out) const;

  /// Appends an error, `body` in the client's shape, as the last event.
  virtual void fail(std::string_view body, std::string& out) const;

protected:
  reply_route route_;
};

std::unique_ptr<stream_writer> make_openai_writer(reply_route route);
std::unique_ptr<stream_writer> make_anthropic_writer(reply_route route);
std::unique_ptr<stream_writer> make_gemini_writer(reply_route route);

// -- calls of a stream
// ----------------------------------------------------------------------

/// A call as far as it has been told.
struct stream_call {
  std::uint32_t choice = 0;
  std::uint32_t slot = 0;
  std::size_t ordinal = 0;  ///< Among the calls of its choice.
  std::string own_id;       ///< The provider's; may be empty.
  // Used where the client's wire cannot take calls side by side.
  std::string id;
  std::string name;
  std::string signature;
  std::string arguments;  ///< Those not given out yet.
  bool whole = false;
  bool over = false;
};

class call_ledger {
public:
  struct taken {
    stream_call* call = nullptr;  ///< Null beyond `calls_max`.
    bool is_new = false;
  };

  /// The call a delta begins or continues. The pointer holds until the next.
  taken take(const reply_delta& d, reply_outline& outline);

  /// The newest call of a slot; null if there is none.
  stream_call* find(std::uint32_t choice, std::uint32_t slot);

  std::vector<stream_call>& all() { return calls_; }

private:
  std::vector<stream_call> calls_;
};

// -- what writers share
// ----------------------------------------------------------------------

/// A signature as the client shows it back: with its maker's name in front
/// where it is not the client's own wire's.
std::string shown_signature(std::string_view signature,
                            const reply_route& route);

/// The call's own id, or one derived from the request's.
std::string call_id(std::string_view own, const reply_route& route,
                    std::uint32_t choice, std::size_t ordinal);

/// The answer's own id, or one derived from the request's.
std::string reply_id(const reply_outline& outline, std::string_view prefix,
                     const reply_route& route);

/// The provider's name for the model, or the request's.
std::string reply_model(const reply_outline& outline, const reply_route& route);

/// Text, thinking and media of a choice for wires that have no refusals: those
/// become text, and adjacent texts one.
std::vector<reply_part> without_refusals(const std::vector<reply_part>& parts);

}  // namespace troupe::http::wire
