// One LLM request, from the client's bytes to the client's bytes.
//
//   read facts --400--> answered
//       |
//   ask INGRESS for a lease --refused--> answered in the client's own shape
//       |                                      ^
//   attempt: connect, send, read head          | retries spent: the provider's
//       |            |                         | last word, or ours
//       |          fault, nothing sent yet --> ask ROUTER for another
//       v
//   relay: whole, or event by event --cut--> the wire's own error event
//
// The actors decide; this carries. Each lease is settled exactly once, whatever
// happens, also when the coroutine is destroyed. Nothing is retried once a byte
// of an answer went to the client, and a cut stream is never shown as complete.
//
// Limits: a whole answer is held (for judging it, and for retrying a broken
// one) up to `held_max`; a larger one is passed on as it comes.

#pragma once

#include "http/ask.hpp"
#include "http/routes/lane.hpp"
#include "http/service.hpp"
#include "http/wire/answer_stream.hpp"
#include "http/wire/endpoint.hpp"
#include "http/wire/error_body.hpp"
#include "http/wire/request_facts.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace troupe::http {

/// Answers up to this size are held until they are whole: anything but a large
/// batch of embeddings, or pictures.
inline constexpr std::size_t held_max = 4u << 20;

/// Room made for an answer before its size is known: most fit.
inline constexpr std::size_t held_reserve = 4 * 1024;

/// What the request log and the metrics tell about an exchange.
struct exchange_record {
  unsigned status = 0;
  std::string_view wire;
  std::string client;
  std::uint32_t attempts = 0;
  std::string provider;
  std::string key;
  std::string model;
  fault ended = fault::none;
  bool streamed = false;
  std::uint64_t bytes_out = 0;
  std::chrono::microseconds first_byte{0};  ///< From the start; 0 = none came.
  token_usage usage;
};

class exchange {
public:
  exchange(lane& l, request& req, responder& res, const wire::match& m);
  ~exchange();

  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  /// Answers the request. Throws `boost::system::system_error` only when the
  /// client is gone.
  task<> run();

  /// Asks only whether the client may come in, and refuses it if not. For what
  /// troupe answers itself.
  task<bool> enter();

  const exchange_record& record() const { return record_; }

private:
  enum class interruption : std::uint8_t { none, client_gone, deadline };

  /// What a failed attempt leaves behind, to be shown if it was the last.
  struct provider_answer {
    unsigned status = 0;
    header_list headers;
    std::string body;
  };

  /// How an attempt ended.
  struct outcome {
    attempt_result result;
    /// Whether the client has had its answer, or as much as there was of one.
    bool answered = false;
    bool timed_out = false;
    token_usage usage;
    std::string what;  ///< The reason, for the log and for the last word.
  };

  class held_lease;

  struct overall final : deadline {
    explicit overall(exchange& e) : owner(e) {}
    void on_due() override { owner.interrupt(interruption::deadline); }
    exchange& owner;
  };

  // -- asking
  void write_call();
  task<> try_all();
  task<caf::expected<lease>> ask_ingress();
  task<caf::expected<lease>> ask_again(attempt_result after);
  void interrupt(interruption why);

  // -- one attempt
  task<outcome> attempt(const lease& l);
  task<outcome> open(const lease& l, std::unique_ptr<upstream::connection>& to);
  void write_request(const lease& l);
  outcome failed(const boost::system::system_error& e,
                 const upstream::connection& at, std::string_view doing) const;

  // -- its answer (exchange_relay.cpp)
  task<outcome> keep_fault(const lease& l, upstream::connection& from);
  task<outcome> relay_whole(const lease& l, upstream::connection& from);
  task<outcome> relay_large(const lease& l, upstream::connection& from,
                            std::string held);
  task<outcome> relay_stream(const lease& l, upstream::connection& from);
  task<> pass_on(const lease& l, const upstream::connection& from,
                 std::string_view bytes);
  task<outcome> end_stream(const lease& l, const upstream::connection& from,
                           wire::answer_stream& stream, std::string rest,
                           outcome o);
  wire::door_error cut_error(const outcome& o) const;
  task<bool> read_next(upstream::connection& from,
                       std::chrono::milliseconds limit, outcome& o);
  header_list answer_headers(const lease& l,
                             const response_parser& answer) const;
  bool is_stream(const response_parser& answer) const;
  void note_first_byte();

  // -- the last word when there is no answer
  task<> show_last(const outcome& last, const caf::error& why);
  task<> refuse(const caf::error& why);
  task<> refuse(wire::door_error why, bool may_retry);

  lane& lane_;
  request& req_;
  responder& res_;
  wire::match match_;
  wire::request_facts facts_;
  call_ptr call_;
  time_point started_;
  exchange_record record_;
  std::string head_;       ///< Of the request to the provider.
  std::string changed_;    ///< Its body, where it differs from the client's.
  std::string_view body_;  ///< What is sent.
  std::optional<provider_answer> last_;
  upstream::connection* connection_ = nullptr;
  call_ticket::observer question_;
  interruption interrupted_ = interruption::none;
  overall overall_{*this};
};

}  // namespace troupe::http
