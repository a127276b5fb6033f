// One LLM request that the cache may have a say in.
//
//   may the client come in? --no--> refused, whatever the cache has
//       |
//   identify --not cacheable--> a call of its own (bypass)
//       |
//   ask the cache --fresh--> given again (hit)
//       |   |   \--lead--> is there one that means the same? given (semantic)
//       |   |    |         else take off with a pilot, follow as the first
//       (miss) |   |    \-busy--> find that flight, follow it (coalesced) --+
//       |   |                    |  cannot: other shape, too late,   |
//       |   +--away--+           v  not found                        |
//       |            +--> a call of its own (miss)                   |
//       +<------ the call failed, and not because of the request ----+
//
// Identical requests that differ in how the answer is to come (`flight_shape`)
// share the entry, never a flight: one who wants a stream does not wait for the
// whole, and one who wants the whole would wait in vain for a stream that is
// not worth keeping.
//
// Limits: one who asks again and again after others' failures takes what the
// last of them got.

#pragma once

#include "http/cache/cache_terms.hpp"
#include "http/cache/flight.hpp"
#include "http/cache/lead.hpp"
#include "http/cache/passenger.hpp"
#include "http/routes/exchange.hpp"
#include "http/routes/lane.hpp"
#include "http/service.hpp"

#include <chrono>

namespace troupe::http {

/// Failed calls of others that one request sits out: two in a row are no chance
/// any more.
inline constexpr std::uint32_t rejoins_max = 2;

/// How long a follower looks for a flight whose lead the cache has told it of.
/// It is announced at once by a thread that may be busy with a thousand others.
inline constexpr std::chrono::seconds announcement_max{1};

/// What a lead lasts beyond its call: time to tell the cache.
inline constexpr std::chrono::seconds lead_margin{5};

class cached_call {
public:
  /// `whose`: as in `answer_model`.
  cached_call(lane& l, request& req, responder& res, const wire::match& m,
              wire::cache_wish wish, const own_call* whose = nullptr);

  /// Answers the request. Throws `boost::system::system_error` only when the
  /// client is gone.
  task<> run();

  const exchange_record& record() const { return record_; }

private:
  enum class step : std::uint8_t { done, again, alone };

  cache_use read();
  cache_question question() const;
  task<> ask();
  task<step> ask_once(fare how);
  task<step> give_kept(const cache_finding& found, cache_use how);
  task<step> take_off(std::uint64_t token);
  task<step> fly(lead right);
  task<bool> give_alike();
  bool wants_topic(const std::string& model) const;
  task<step> join(std::uint64_t token, fare how);
  task<flight_ptr> look_for(std::uint64_t token);
  task<> refuse_late();
  task<> refuse_not_cached();
  task<> go_alone(cache_use use);
  time_point due_of_starter() const;
  void begin_record(cache_use use);
  void note_refusal();

  lane& lane_;
  request& req_;
  responder& res_;
  wire::match match_;
  exchange visit_;  // Only asks who it is.
  cache_terms terms_;
  std::string score_;  // Of the nearest question; empty: nobody looked.
  exchange_record record_;
};

/// Answers an LLM request, from the cache or a call that is shared where that
/// may be, and fills in what happened. Throws like an exchange. `whose`: troupe
/// itself asks, for somebody who came in long ago.
task<> answer_model(lane& l, request& req, responder& res, const wire::match& m,
                    exchange_record& record, const own_call* whose = nullptr);

}  // namespace troupe::http
