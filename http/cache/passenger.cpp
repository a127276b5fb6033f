#include "http/cache/passenger.hpp"

#include <utility>

namespace troupe::http {

namespace {

/// What a follower's answer says instead of the call's own fields.
std::string_view value_for_follower(std::string_view name,
                                    std::string_view value) {
  if (same_token(name, "x-troupe-cache"))
    return name_of(cache_use::coalesced);
  if (same_token(name, "x-troupe-attempts"))
    return "0";
  return value;
}

}  // namespace

bool speaks_of_request(unsigned status) noexcept {
  switch (status) {
  case 401:  // Of keys.
  case 402:
  case 403:
  case 408:  // Of time.
  case 409:
  case 425:
  case 429:  // Of how often.
    return false;
  default:
    return status < 500;
  }
}

passenger::passenger(deadlines& wheel, responder& res, flight_ptr f)
    : wheel_(wheel), res_(res), flight_(std::move(f)),
      bell_(std::make_shared<bell>(res.get_executor())), seat_(flight_, bell_) {
}

task<arrival> passenger::ride(fare how, time_point due,
                              exchange_record& record) {
  deadline_for over{[this] {
    late_ = true;
    bell_->ring();
  }};
  wheel_.arm_at(over, due);
  res_.watch([this] {
    gone_ = true;
    bell_->ring();
  });
  auto end = arrival::answered;
  co_await wait_for_head();
  const auto* head = flight_->head();
  if (head == nullptr) {
    end = late_ ? arrival::too_late : arrival::again;
  } else if (how == fare::follows && !speaks_of_request(head->status)) {
    end = arrival::again;
  } else {
    record.status = head->status;
    headers_ = headers_for(how);
    if (head->whole)
      co_await give_whole(record);
    else
      co_await give_stream(record);
  }
  if (end == arrival::again)
    co_await wait_for_landing();
  if (end == arrival::again && late_)
    end = arrival::too_late;
  co_return end;
}

passenger::~passenger() {
  res_.watch({});
}

// An answer that comes whole is waited for to its end.
task<> passenger::wait_for_head() {
  for (;;) {
    check();
    const auto* head = flight_->head();
    const bool begun = head != nullptr && !head->whole;
    if (late_ || begun || flight_->now() > flight::stage::flowing)
      break;
    co_await bell_->heard();
  }
}

// Until the cache has been told, it would send us here again.
task<> passenger::wait_for_landing() {
  while (!late_ && !flight_->landed()) {
    co_await bell_->heard();
    check();
  }
}

task<> passenger::give_whole(exchange_record& record) {
  const auto body = seat_.next();
  record.bytes_out = body.bytes.size();
  co_await res_.send(record.status, headers_, body.bytes);
}

// From here on the call's own time counts: its end is told in the stream.
task<> passenger::give_stream(exchange_record& record) {
  record.streamed = flight_->shape().streams;
  res_.start(record.status, headers_);
  auto stands = flight::stage::flowing;
  for (;;) {
    stands = flight_->now();  // Before the bytes: none come after the end.
    const auto part = seat_.next();
    if (!part.bytes.empty()) {
      record.bytes_out += part.bytes.size();
      co_await res_.write(part.bytes);
      continue;
    }
    if (stands > flight::stage::flowing)
      break;
    co_await bell_->heard();
    check();
  }
  if (stands == flight::stage::finished)
    co_await res_.finish();
  else
    res_.reset();
}

header_list passenger::headers_for(fare how) const {
  const auto& theirs = flight_->head()->headers;
  header_list ours;
  for (const auto [name, value] : theirs)
    ours.add(name,
             how == fare::starter ? value : value_for_follower(name, value));
  for (const auto [name, value] : own_)
    ours.add(name, value);
  return ours;
}

void passenger::check() const {
  if (gone_)
    throw boost::system::system_error{asio::error::operation_aborted};
}

}  // namespace troupe::http
