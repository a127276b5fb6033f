// Takes the record of one exchange when it ends, also when it ends because its
// client has gone: what was spent on it is counted and logged all the same.

#pragma once

#include "http/routes/exchange.hpp"

namespace troupe::http {

/// While it lives, `one` makes the record; then it is in `record`. @pre `one`
/// outlives it.
template <class Exchange>
class recorded {
public:
  recorded(const Exchange& one, exchange_record& record)
      : one_(one), record_(record) {}
  ~recorded() { record_ = one_.record(); }
  recorded(const recorded&) = delete;
  recorded& operator=(const recorded&) = delete;

private:
  const Exchange& one_;
  exchange_record& record_;
};

}  // namespace troupe::http
