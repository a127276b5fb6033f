// What the connections of one scheduler thread share.

#pragma once

#include "http/task.hpp"
#include "http/timing_wheel.hpp"

#include <ctime>
#include <string>
#include <string_view>

namespace troupe::http {

/// One a thread; everything in it is touched by that thread only.
class reactor {
public:
  explicit reactor(asio::io_context& io) : context(io), wheel(io) {}

  /// The value of a Date field, made anew at most once a second.
  std::string_view date();

  asio::io_context& context;
  deadlines wheel;

private:
  std::time_t date_of_ = 0;
  std::string date_;
};

}  // namespace troupe::http
