// The simulator behind a listener: plays the provider's scripts.
//
// The body of this room. It owns the waiting and nothing else; every decision
// is in provider.hpp. A client that leaves ends a long wait, or else is noticed
// at the next write.

#pragma once

#include "http/service.hpp"
#include "http/simulator/provider.hpp"

#include <functional>

namespace troupe::simulator {

class service final : public http::service {
public:
  /// How to let time pass while a client waits.
  using waiter = std::function<http::task<>(http::responder&, microseconds)>;

  /// Waits on Asio timers unless told otherwise.
  explicit service(settings rules, waiter wait = {});

  http::task<> serve(http::request& req, http::responder& res) override;
  http::task<> refuse(http::request& req, http::responder& res,
                      http::refusal why) override;

private:
  http::task<> play_whole(const script& answer, http::responder& res);
  http::task<> play_stream(const script& answer, http::responder& res);
  http::task<> pause(http::responder& res, microseconds time);

  provider provider_;
  waiter wait_;
};

}  // namespace troupe::simulator
