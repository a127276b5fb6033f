// One answer on its way from one call to all who asked the same at once.
//
//   pilot (one thread) --begin, append, end--> FLIGHT <--next-- seats (any
//                                                                thread)
//
// Bytes are written once, into blocks that never move and never change where
// they have been written, so that followers on other threads read them without
// a lock and without a copy. A seat taken late begins at the first byte.
//
//   waiting --begin--> flowing --end--> finished | reset
//      \---------------end (nothing was answered)--> lost
//
// The edge: up to `flight_bytes_max` everything is kept for those who come
// late. Beyond that no more seats are given, what all have read is dropped, and
// the pilot waits for the slowest. A seat that is given up holds nobody.

#pragma once

#include "actors/outcome.hpp"
#include "http/cache/bell.hpp"
#include "http/message.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

namespace troupe::http {

/// As much as an answer that is held whole (attempt.hpp): 16,000 tokens of a
/// chatty stream.
inline constexpr std::size_t flight_bytes_max = 4u << 20;

/// Bytes of a block: some thirty events, so that a late joiner is told the past
/// in few writes.
inline constexpr std::size_t flight_block_size = 8 * 1024;

/// What answers to one and the same request still differ in, to the byte.
struct flight_shape {
  bool streams = false;
  bool asks_usage = false;  ///< OpenAI's usage chunk.
  bool json_array = false;  ///< Gemini without alt=sse.

  friend bool operator==(const flight_shape&, const flight_shape&) = default;
};

struct flight_head {
  unsigned status = 0;
  header_list headers;
  bool whole = false;  ///< The body comes in one piece, and is short enough.
};

class flight : public std::enable_shared_from_this<flight> {
public:
  enum class stage : std::uint8_t { waiting, flowing, finished, reset, lost };

  class seat;

  /// A part of the answer, and what keeps its memory.
  struct portion {
    std::string_view bytes;
    std::shared_ptr<const char[]> holder;
  };

  /// `pilot` is rung when there is room again.
  flight(const flight_shape& shape, bell_ptr pilot);
  flight(const flight&) = delete;
  flight& operator=(const flight&) = delete;

  const flight_shape& shape() const { return shape_; }

  // -- for the pilot, on its thread

  /// Once, before anything else.
  void begin(flight_head head);
  void append(std::string_view bytes);
  /// Whether more may come; if not, the pilot's bell rings when it may.
  bool has_room();
  /// Once. `how` is finished, reset, or lost if nothing was begun; `cost` is
  /// what the one call took.
  void end(stage how, const token_usage& cost);
  /// The cache knows how it ended: whoever asks it again finds the entry, or
  /// may lead.
  void land();
  /// Calls `gone` once on the pilot's thread should nobody follow any more
  /// before the end; nobody can join after that. Empty: no more.
  void watch(std::function<void()> gone);

  // -- for everybody

  stage now() const;
  bool landed() const;
  /// Null before `begin`; stays as it is after that.
  const flight_head* head() const;
  /// What the call took, once it has ended.
  token_usage cost() const;

private:
  struct block {
    std::shared_ptr<char[]> bytes;
    std::uint64_t at = 0;  // Of its first byte in the answer.
    std::size_t size = 0;  // Written so far.
    std::size_t room = 0;
  };
  using seats = boost::intrusive::list<
      seat, boost::intrusive::base_hook<boost::intrusive::list_base_hook<>>,
      boost::intrusive::constant_time_size<false>>;

  bool over() const { return stage_ > stage::flowing; }
  std::uint64_t kept() const;
  void drop_read();
  void ring_all();
  void leave(seat& s);
  portion next(seat& s);
  void look_round();

  const flight_shape shape_;
  const bell_ptr pilot_;
  // The pilot's thread only.
  std::function<void()> gone_;
  bool deserted_ = false;

  mutable std::mutex mutex_;
  stage stage_ = stage::waiting;
  bool landed_ = false;
  bool closed_ = false;       // To newcomers.
  bool pilot_waits_ = false;  // For room.
  std::optional<flight_head> head_;
  token_usage cost_;
  std::deque<block> blocks_;
  std::uint64_t total_ = 0;
  seats seats_;
};

using flight_ptr = std::shared_ptr<flight>;

/// A follower's place: taken when it is made, if there is one, and given up
/// with it.
class flight::seat : public boost::intrusive::list_base_hook<> {
public:
  /// `b` rings whenever there is something new to see.
  seat(flight_ptr f, bell_ptr b);
  ~seat();
  seat(const seat&) = delete;
  seat& operator=(const seat&) = delete;

  /// Whether it could be had.
  explicit operator bool() const { return flight_ != nullptr; }

  /// What came since the last time, or a part of that; whatever was given the
  /// last time is done with. Empty if nothing did.
  portion next() { return flight_->next(*this); }

private:
  friend class flight;

  flight_ptr flight_;
  bell_ptr bell_;
  std::uint64_t given_ = 0;  // Bytes, in all.
  std::uint64_t done_ = 0;   // Of them, passed on.
};

}  // namespace troupe::http
