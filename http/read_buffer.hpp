// Bytes read and not yet understood: one block that comes and goes.
//
// A connection that waits holds no buffer at all, which is what makes ten
// thousand idle ones cheap.

#pragma once

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace troupe::http {

class read_buffer {
public:
  /// One read's worth: an SSE burst or a chat request fits, a page of memory
  /// per connection is not wasted.
  static constexpr std::size_t block = 16 * 1024;

  std::string_view bytes() const { return {begin(), end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  /// Room for at least `n` more bytes behind what is there.
  boost::asio::mutable_buffer prepare(std::size_t n = block / 2) {
    if (size_ - end_ < n)
      make_room(n);
    return {block_.get() + end_, size_ - end_};
  }
  void commit(std::size_t n) { end_ += n; }

  void consume(std::size_t n) {
    begin_ += n;
    if (empty())
      begin_ = end_ = 0;
  }

  /// Gives the block back. @pre empty().
  void release() {
    block_.reset();
    size_ = begin_ = end_ = 0;
  }

private:
  const char* begin() const { return block_.get() + begin_; }

  void make_room(std::size_t n) {
    const auto kept = end_ - begin_;
    if (size_ - kept >= n && begin_ > 0) {
      std::memmove(block_.get(), begin(), kept);
    } else {
      auto size = size_ == 0 ? block : size_ * 2;
      while (size - kept < n)
        size *= 2;
      // Not make_unique: zeroing what is about to be read into is waste.
      std::unique_ptr<char[]> bigger{new char[size]};
      if (kept > 0)
        std::memcpy(bigger.get(), begin(), kept);
      block_ = std::move(bigger);
      size_ = size;
    }
    begin_ = 0;
    end_ = kept;
  }

  std::unique_ptr<char[]> block_;
  std::size_t size_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace troupe::http
