#include "http/cache/flight.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace troupe::http {

flight::flight(const flight_shape& shape, bell_ptr pilot)
    : shape_(shape), pilot_(std::move(pilot)) {}

// -- the pilot's side
// ------------------------------------------------------------

void flight::begin(flight_head head) {
  const std::lock_guard lock{mutex_};
  assert(stage_ == stage::waiting);
  head_ = std::move(head);
  stage_ = stage::flowing;
  ring_all();
}

// A block is written where nobody reads yet, and shown by its size, under the
// lock: readers of what was shown before need none.
void flight::append(std::string_view bytes) {
  const std::lock_guard lock{mutex_};
  while (!bytes.empty()) {
    if (blocks_.empty() || blocks_.back().size == blocks_.back().room) {
      const auto room = std::max(bytes.size(), flight_block_size);
      blocks_.push_back(
          {std::shared_ptr<char[]>{new char[room]}, total_, 0, room});
    }
    auto& last = blocks_.back();
    const auto part = std::min(bytes.size(), last.room - last.size);
    std::memcpy(last.bytes.get() + last.size, bytes.data(), part);
    last.size += part;
    total_ += part;
    bytes.remove_prefix(part);
  }
  if (total_ > flight_bytes_max) {
    closed_ = true;
    drop_read();
  }
  ring_all();
}

bool flight::has_room() {
  const std::lock_guard lock{mutex_};
  pilot_waits_ = kept() > flight_bytes_max;
  return !pilot_waits_;
}

void flight::end(stage how, const token_usage& cost) {
  const std::lock_guard lock{mutex_};
  assert(!over() && how > stage::flowing);
  stage_ = how;
  cost_ = cost;
  ring_all();
}

void flight::land() {
  const std::lock_guard lock{mutex_};
  landed_ = true;
  ring_all();
}

void flight::watch(std::function<void()> gone) {
  gone_ = std::move(gone);
  if (deserted_ && gone_)
    asio::post(pilot_->where(),
               [self = shared_from_this()] { self->look_round(); });
}

// Whoever was the last to leave has posted this; somebody may have come since.
void flight::look_round() {
  {
    const std::lock_guard lock{mutex_};
    if (!seats_.empty() || over())
      return;
    closed_ = true;
  }
  deserted_ = true;
  if (const auto gone = std::exchange(gone_, nullptr))
    gone();
}

// -- everybody's
// -----------------------------------------------------------------

flight::stage flight::now() const {
  const std::lock_guard lock{mutex_};
  return stage_;
}

bool flight::landed() const {
  const std::lock_guard lock{mutex_};
  return landed_;
}

const flight_head* flight::head() const {
  const std::lock_guard lock{mutex_};
  return head_ ? &*head_ : nullptr;
}

token_usage flight::cost() const {
  const std::lock_guard lock{mutex_};
  return cost_;
}

// -- under the lock
// --------------------------------------------------------------

std::uint64_t flight::kept() const {
  return blocks_.empty() ? 0 : total_ - blocks_.front().at;
}

void flight::drop_read() {
  auto read = total_;
  for (const auto& s : seats_)
    read = std::min(read, s.done_);
  while (!blocks_.empty() && blocks_.front().at + blocks_.front().size <= read)
    blocks_.pop_front();
}

void flight::ring_all() {
  for (const auto& s : seats_)
    s.bell_->ring();
}

// -- seats
// -----------------------------------------------------------------------

flight::portion flight::next(seat& s) {
  const std::lock_guard lock{mutex_};
  s.done_ = s.given_;
  if (pilot_waits_) {
    drop_read();
    if (kept() <= flight_bytes_max) {
      pilot_waits_ = false;
      pilot_->ring();
    }
  }
  if (s.given_ == total_)
    return {};
  const auto after =
      std::ranges::upper_bound(blocks_, s.given_, {}, &block::at);
  const auto& in = *std::prev(after);
  const auto from = static_cast<std::size_t>(s.given_ - in.at);
  s.given_ = in.at + in.size;
  return {{in.bytes.get() + from, in.size - from}, in.bytes};
}

void flight::leave(seat& s) {
  const std::lock_guard lock{mutex_};
  seats_.erase(seats_.iterator_to(s));
  if (pilot_waits_) {
    drop_read();
    pilot_waits_ = kept() > flight_bytes_max;
    if (!pilot_waits_)
      pilot_->ring();
  }
  if (seats_.empty() && !over())
    asio::post(pilot_->where(),
               [self = shared_from_this()] { self->look_round(); });
}

flight::seat::seat(flight_ptr f, bell_ptr b) : bell_(std::move(b)) {
  const std::lock_guard lock{f->mutex_};
  if (f->closed_)
    return;
  f->seats_.push_back(*this);
  flight_ = std::move(f);
}

flight::seat::~seat() {
  if (flight_)
    flight_->leave(*this);
}

}  // namespace troupe::http
