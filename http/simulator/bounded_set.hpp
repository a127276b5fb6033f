// A set that forgets its oldest members.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_set>

namespace troupe::simulator {

class bounded_set {
public:
  /// @pre `size_max` is above 0.
  explicit bounded_set(std::size_t size_max) : size_max_(size_max) {}

  /// Whether `value` is new; it is a member from now on.
  bool insert(std::uint64_t value) {
    if (!members_.insert(value).second)
      return false;
    order_.push_back(value);
    if (order_.size() > size_max_) {
      members_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

  void clear() {
    members_.clear();
    order_.clear();
  }

private:
  std::size_t size_max_;
  std::unordered_set<std::uint64_t> members_;
  std::deque<std::uint64_t> order_;
};

}  // namespace troupe::simulator
