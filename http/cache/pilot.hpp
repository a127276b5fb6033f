// Makes the one call of a flight, and tells the cache how it ended.
//
//   take_off --> exchange --> flight ... every follower
//                    |
//                    +--> whole and worth it? kept : yielded --> landed
//
// It is a coroutine of its own on its lane's thread and belongs to no client:
// whoever asked first is a follower like the others. It ends when its call
// ends. When nobody follows any more the call is told that its client is gone,
// which is then the provider's settings' matter, and the lead is given back at
// once, so that whoever comes now may have one.
//
// Failure: a lead that is lost with its shard costs a second call, an entry
// that is refused nothing.

#pragma once

#include "http/cache/cache_terms.hpp"
#include "http/cache/flight.hpp"
#include "http/cache/flight_board.hpp"
#include "http/cache/flight_responder.hpp"
#include "http/cache/lead.hpp"
#include "http/routes/exchange.hpp"

#include <memory>

namespace troupe::http {

class pilot : public std::enable_shared_from_this<pilot> {
public:
  /// Its call is the one of `req`, for whoever sent that.
  pilot(lane& l, lead right, const request& req, cache_terms terms);
  ~pilot();
  pilot(const pilot&) = delete;
  pilot& operator=(const pilot&) = delete;

  const flight_ptr& flight() const { return flight_; }

  /// Announces the flight and begins. Once, with somebody on board.
  void take_off();

  /// How the call went, for the log; null while it goes on. Whoever takes it
  /// writes it down.
  const exchange_record* take_record();

private:
  task<> fly();
  task<> call();
  task<> land();
  void remember_meaning(const cache_entry& entry);
  void desert();
  void close();

  lane& lane_;
  flight_board& board_;
  lead lead_;
  std::uint64_t token_;
  request request_;
  cache_terms terms_;
  wire::match match_;
  bell_ptr bell_;
  flight_ptr flight_;
  flight_responder responder_;
  exchange_record record_;
  bool called_ = false;
  bool told_ = false;
};

}  // namespace troupe::http
