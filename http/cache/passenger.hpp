// One client on a flight: gets what has come already, then follows.
//
// Its own client may leave and its own time be over without anybody else
// noticing. What the flight's call answers is given to all, but for faults that
// are not about the request: those are for whoever asked first, the others may
// ask again.

#pragma once

#include "http/cache/flight.hpp"
#include "http/routes/exchange.hpp"
#include "http/service.hpp"
#include "http/timing_wheel.hpp"

namespace troupe::http {

/// What a passenger takes.
enum class fare : std::uint8_t {
  starter,  ///< Asked first: takes whatever comes.
  follows,  ///< Takes answers, and faults that are about the request.
  last,     ///< As `follows`, and has asked often enough to take any fault.
};

enum class arrival : std::uint8_t {
  answered,
  again,    ///< Nothing was answered: another try may do better.
  too_late  ///< Nothing was answered, and the client's time is over.
};

class passenger {
public:
  passenger(deadlines& wheel, responder& res, flight_ptr f);
  ~passenger();
  passenger(const passenger&) = delete;
  passenger& operator=(const passenger&) = delete;

  /// Whether there was a seat.
  explicit operator bool() const { return static_cast<bool>(seat_); }

  /// Another field for this one's answer only. Before `ride`.
  void add_field(std::string_view name, std::string_view value) {
    own_.add(name, value);
  }

  /// Answers the client, or begins to before `due`, and tells of it in
  /// `record`. Throws `boost::system::system_error` if the client leaves. @pre
  /// has a seat
  task<arrival> ride(fare how, time_point due, exchange_record& record);

private:
  task<> wait_for_head();
  task<> wait_for_landing();
  task<> give_whole(exchange_record& record);
  task<> give_stream(exchange_record& record);
  header_list headers_for(fare how) const;
  void check() const;

  deadlines& wheel_;
  responder& res_;
  flight_ptr flight_;
  bell_ptr bell_;
  flight::seat seat_;
  header_list headers_;
  header_list own_;
  bool gone_ = false;
  bool late_ = false;
};

/// Whether an answer of this status says something of the request, and not of
/// whoever was asked, or how often.
bool speaks_of_request(unsigned status) noexcept;

}  // namespace troupe::http
