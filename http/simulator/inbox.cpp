#include "http/simulator/inbox.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace troupe::simulator {

namespace {

/// Fields that say how a request is meant. None of them may hold a secret.
constexpr std::array<std::string_view, 5> kept_headers{
    "accept", "anthropic-beta", "anthropic-version", "content-type",
    "x-request-id"};

}  // namespace

letter letter_of(const http::request& req,
                 std::chrono::system_clock::time_point at, unsigned status) {
  letter one;
  one.at = at;
  one.method = req.method;
  one.path = req.path();
  one.headers = json::object();
  for (const auto name : kept_headers)
    if (const auto value = req.headers.find(name))
      one.headers[std::string{name}] = *value;
  one.body = req.body.substr(0, inbox::body_size_max);
  one.body_size = req.body.size();
  one.status = status;
  return one;
}

void inbox::keep(letter one) {
  size_ += one.body.size();
  letters_.push_back(std::move(one));
  while (letters_.size() > letters_max || size_ > memory_max) {
    size_ -= letters_.front().body.size();
    letters_.pop_front();
  }
}

json inbox::report(std::size_t count) const {
  auto last = json::array();
  const auto from = letters_.size() - std::min(count, letters_.size());
  for (auto i = from; i < letters_.size(); ++i) {
    const auto& one = letters_[i];
    const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(
        one.at.time_since_epoch());
    last.push_back({{"at_ms", at.count()},
                    {"method", one.method},
                    {"path", one.path},
                    {"headers", one.headers},
                    {"status", one.status},
                    {"body", one.body},
                    {"body_size", one.body_size}});
  }
  return {{"requests", std::move(last)}};
}

}  // namespace troupe::simulator
