// Names that cannot be confused with one another.
//
// A lease number and a byte count are both integers, a key's public name and
// its secret are both strings; passing one where the other belongs is always a
// bug. Each identifier gets a type of its own; the tag exists only at compile
// time and costs nothing at run time.

#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace troupe {

/// A `Rep` that only compares with, and is only made from, its own kind.
template <class Tag, class Rep>
class strong_id {
public:
  strong_id() = default;
  explicit strong_id(Rep value) : value_(std::move(value)) {}

  const Rep& value() const noexcept { return value_; }

  friend auto operator<=>(const strong_id&, const strong_id&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, strong_id& x) {
    return f(x.value_);
  }

private:
  Rep value_{};
};

/// Names one provider key in logs, metrics and headers; never the secret.
using key_id = strong_id<struct key_id_tag, std::string>;

/// Numbers one loan of a key. Unique for the lifetime of one key actor.
using lease_id = strong_id<struct lease_id_tag, std::uint64_t>;

}  // namespace troupe

template <class Tag, class Rep>
struct std::hash<troupe::strong_id<Tag, Rep>> {
  std::size_t operator()(const troupe::strong_id<Tag, Rep>& x) const noexcept {
    return std::hash<Rep>{}(x.value());
  }
};
