// One LLM request, from the client's bytes to the client's bytes.
//
//   read facts --400--> answered
//       |
//   ask INGRESS for a lease --refused--> answered in the client's own shape
//       |                                      ^
//   attempt (attempt.hpp)                      | nothing left to try: the most
//       |            |                         | telling answer, or ours
//       |          fault, nothing sent yet --> ask ROUTER what follows
//       v
//   relay: whole, or event by event --cut--> the wire's own error event
//
// The actors decide; this carries. Nothing is retried once a byte of an answer
// went to the client, and a cut stream is never shown as complete. A question
// that is lost because an actor died is asked again.
//
// Limits: a whole answer is held up to `held_max`; a larger one is passed on as
// it comes.

#pragma once

#include "http/ask.hpp"
#include "http/routes/attempt.hpp"
#include "http/routes/attempt_race.hpp"
#include "http/routes/lane.hpp"
#include "http/routes/origin.hpp"
#include "http/routes/relayed_stream.hpp"
#include "http/service.hpp"
#include "http/wire/error_body.hpp"

#include <boost/container/static_vector.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace troupe::http {

/// Times a question is asked again after an actor died with it, and the first
/// pause before that; it doubles. Restarts take microseconds, and a supervisor
/// pauses after the first: 20 + 40 + ... + 640 ms bridge that.
inline constexpr std::uint32_t losses_max = 6;
inline constexpr std::chrono::milliseconds loss_pause{20};

/// The first attempt and the one beside it, if the model is hedged.
inline constexpr std::size_t attempts_at_once = 2;

/// What the request log and the metrics tell about an exchange.
struct exchange_record {
  unsigned status = 0;
  /// Why troupe refused it, if one of its actors did.
  errc refused = errc::none;
  std::string_view wire;
  std::string client;
  std::uint32_t attempts = 0;
  std::string provider;
  std::string key;
  std::string model;
  fault ended = fault::none;
  bool streamed = false;
  bool translated = false;
  std::uint64_t bytes_out = 0;
  std::chrono::microseconds first_byte{0};  ///< Of the last attempt; 0 = none.
  token_usage usage;
  cache_use cache = cache_use::none;
};

class exchange {
public:
  /// `cache` is what its answers say of the cache.
  exchange(lane& l, request& req, responder& res, const wire::match& m,
           cache_use cache = cache_use::bypass, origin from = origin::client);
  ~exchange();

  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  /// Answers the request. Throws `boost::system::system_error` only when the
  /// client is gone.
  task<> run();

  /// Asks only whether the client may come in, and refuses it if not. For what
  /// troupe answers itself.
  task<bool> enter();

  /// Names whose call it is that troupe makes. Before anything else.
  void speak_for(std::string tenant) { tenant_ = std::move(tenant); }

  /// Who came in, and until when. @pre `enter` was asked.
  const call& caller() const { return *call_; }

  /// Answers with a refusal.
  task<> refuse(const caf::error& why);
  task<> refuse(const wire::refusal& why);
  task<> refuse(wire::door_error why, bool may_retry);

  const exchange_record& record() const { return record_; }

private:
  enum class interruption : std::uint8_t { none, client_gone, deadline };

  struct overall final : deadline {
    explicit overall(exchange& e) : owner(e) {}
    void on_due() override { owner.interrupt(interruption::deadline); }
    exchange& owner;
  };

  /// The failed attempt that tells the client most.
  struct last_word {
    attempt::outcome ended;
    std::optional<provider_answer> answer;
    std::optional<wire::refusal> refused;
  };

  // -- asking
  std::optional<wire::refusal> write_call();
  task<> try_all();
  task<caf::expected<lease>> ask_for_lease(const attempt_result* after);
  task<caf::expected<lease>> ask_once(const attempt_result* after);
  void give_probe_back();
  task<> pause(std::chrono::milliseconds how_long);
  void tell_router(const call& c, const attempt::outcome& o,
                   std::chrono::microseconds first_byte) const;
  task<caf::expected<lease>> ask_for_hedge(call_ptr beside);
  void interrupt(interruption why);
  bool client_gone() const { return interrupted_ == interruption::client_gone; }

  // -- one attempt
  class watch;
  enum class sequel : std::uint8_t { answered, again, give_up };
  task<sequel> try_once(lease by);
  task<sequel> try_hedged(lease by);
  task<sequel> finish(attempt& a);
  task<bool> relay(attempt& a);
  void settle(attempt& a);
  void begin_record(const lease& by);
  sequel weigh(attempt& a);

  // -- its answer (exchange_relay.cpp)
  task<> relay_whole(attempt& a);
  task<> relay_large(attempt& a);
  task<bool> relay_stream(attempt& a);
  task<bool> end_stream(attempt& a, relayed_stream& stream, std::string rest);
  relayed_stream follower_of(const attempt& a) const;
  task<> pass_on(attempt& a, std::string_view bytes);
  wire::door_error cut_error(const attempt::outcome& o) const;

  // -- the last word when there is no answer
  task<> show_last(const caf::error& why);

  lane& lane_;
  responder& res_;
  origin origin_;
  std::string tenant_;  // Of a call of troupe's own.
  asked asked_;
  request& req_;
  call_ptr call_;
  time_point started_;
  exchange_record record_;
  attempt_result last_attempt_;
  std::optional<last_word> last_;
  boost::container::static_vector<attempt*, attempts_at_once> under_way_;
  call_ticket::observer question_;
  interruption interrupted_ = interruption::none;
  overall overall_{*this};
};

}  // namespace troupe::http
