// One try at a provider: everything on its side, nothing on the client's.
//
//   run: connect, send, read the head --+--> failed     nothing usable came
//                                       +--> held       the whole answer
//                                       +--> large      more than is held
//                                       +--> streaming  read on with read_more
//
// An attempt holds its lease and settles it exactly once: by `settle`, or as
// abandoned when it is destroyed. Whether another one follows is decided
// elsewhere; since nothing here touches the client, several may be under way
// for one request.
//
// When the client leaves after the request went out, the attempt is read on to
// its usage record for as long as the provider's settings say: what was ordered
// is paid for.
//
// Limits: answers up to `held_max` are held until they are whole, for judging
// them and for retrying a broken one.

#pragma once

#include "http/routes/lane.hpp"
#include "http/routes/outgoing.hpp"
#include "http/upstream/connection.hpp"
#include "http/wire/fault_of.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace troupe::http {

/// Answers up to this size are held until they are whole: anything but a large
/// batch of embeddings, or pictures.
inline constexpr std::size_t held_max = 4u << 20;

/// Room made for an answer before its size is known: most fit.
inline constexpr std::size_t held_reserve = 4 * 1024;

/// An answer in the client's wire.
struct provider_answer {
  unsigned status = 0;
  header_list headers;
  std::string body;
};

class attempt {
public:
  enum class stage : std::uint8_t { failed, held, large, streaming };

  /// How it ended so far.
  struct outcome {
    attempt_result result;
    bool timed_out = false;
    token_usage usage;
    std::string what;  ///< The reason, for the log and for the last word.
  };

  attempt(lane& l, const asked& what, lease by, call_ptr call);
  ~attempt();
  attempt(const attempt&) = delete;
  attempt& operator=(const attempt&) = delete;

  /// Makes it. Does not throw for anything the provider does.
  task<> run();

  /// Where it stands after `run`.
  stage stands() const { return stage_; }

  const lease& by() const { return by_; }
  const call_ptr& of() const { return call_; }
  const outgoing& request() const { return *request_; }
  const outcome& ended() const { return ended_; }
  outcome& ended() { return ended_; }

  /// The answer of a `held` one, and of a `failed` one if any came.
  std::optional<provider_answer>& answer() { return answer_; }

  /// Status and fields for the client of a `large` or `streaming` one.
  unsigned status() const { return to_->answer().status_code(); }
  header_list headers() const;
  /// Whether it is framed as server-sent events, and not as Gemini's array.
  bool is_sse() const;

  /// What of a `large` one has come already.
  const std::string& held() const { return held_; }

  /// Reads on within `limit`; false at the end, and on a failure, which is then
  /// in `ended`.
  task<bool> read_more(std::chrono::milliseconds limit);
  std::span<const std::string_view> pieces() const { return to_->pieces(); }

  /// Notes the first byte that counts: of a stream its first real event.
  /// Returns whether this was it.
  bool note_first_byte();
  std::chrono::microseconds first_byte() const { return first_byte_; }

  /// Ends the lease with `ended`. The connection is kept if it can be.
  void settle();

  /// Ends all waiting.
  void interrupt();

  /// Ends all waiting for an answer that nobody needs any more.
  void withdraw();

  /// The client has left: reads on to the usage record, or withdraws, as the
  /// provider's settings say.
  void leave();

private:
  /// Ends the reading on.
  struct drain_limit final : deadline {
    explicit drain_limit(attempt& a) : owner(a) {}
    void on_due() override { owner.interrupt(); }
    attempt& owner;
  };

  task<> open();
  task<> hold();
  void judge_held();
  bool translate_held();
  bool is_stream() const;
  void learn_limits();
  void fail(const boost::system::system_error& e,
            const upstream::connection& at, std::string_view doing);
  header_list troupe_headers(header_list headers) const;
  void report();

  lane& lane_;
  const asked& asked_;
  lease by_;
  call_ptr call_;
  time_point since_;
  std::optional<outgoing> request_;
  std::unique_ptr<upstream::connection> to_;  // Once its head came.
  upstream::connection* waiting_ = nullptr;   // Whatever may be interrupted.
  stage stage_ = stage::failed;
  outcome ended_;
  std::optional<provider_answer> answer_;
  std::string held_;
  limits_ptr limits_;
  std::chrono::microseconds first_byte_{0};
  bool sent_ = false;
  bool interrupted_ = false;
  bool gone_ = false;
  bool settled_ = false;
  drain_limit drain_limit_{*this};
};

}  // namespace troupe::http
