// A request and its header fields, as they came.
//
// Fields keep their order, spelling and repetitions, because troupe passes most
// of them on. They live in one flat text, so that a request of twenty fields
// costs two allocations, not forty.

#pragma once

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::http {

/// Header fields in order. Views into it hold until it is changed or moved.
class header_list {
public:
  struct field {
    std::string_view name;
    std::string_view value;
  };

  header_list() = default;
  header_list(std::initializer_list<field> fields);

  void add(std::string_view name, std::string_view value);

  /// The first value of `name`, compared without regard to case.
  std::optional<std::string_view> find(std::string_view name) const;

  std::size_t size() const { return spans_.size(); }
  bool empty() const { return spans_.empty(); }
  field operator[](std::size_t i) const;
  void clear();

  class iterator {
  public:
    iterator(const header_list* list, std::size_t i) : list_(list), i_(i) {}
    field operator*() const { return (*list_)[i_]; }
    iterator& operator++() { return ++i_, *this; }
    bool operator==(const iterator&) const = default;

  private:
    const header_list* list_;
    std::size_t i_;
  };

  iterator begin() const { return {this, 0}; }
  iterator end() const { return {this, size()}; }

private:
  struct span {
    std::uint32_t at;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };

  std::string text_;
  boost::container::small_vector<span, 24> spans_;
};

/// `Content-Type: application/json` and nothing else. (A function, because
/// gcc 12 mishandles braced lists inside of coroutines.)
header_list json_headers();

/// Whether two field names, or two tokens, are the same to HTTP.
bool same_token(std::string_view a, std::string_view b) noexcept;

/// Whether a comma-separated field value lists `token`.
bool lists_token(std::string_view value, std::string_view token) noexcept;

/// One complete request.
struct request {
  std::string method;  ///< `GET`, `POST`, ... as sent.
  std::string target;  ///< As sent: path and query, still encoded.
  header_list headers;
  std::string body;
  std::string id;    ///< `x-request-id`: the client's own if sane, or made.
  std::string peer;  ///< The client's address, without port.
  bool http_1_0 = false;

  /// The target without its query; still percent-encoded.
  std::string_view path() const;
  /// What follows the first `?` of the target; empty if nothing does.
  std::string_view query() const;
  /// The value of `name` in the query, as sent; empty value if `name` is bare.
  std::optional<std::string_view> query_value(std::string_view name) const;
};

}  // namespace troupe::http
