// A client that is none: it holds one whole answer for the gateway itself.
//
// For requests that the gateway makes on its own behalf. An answer larger than
// the bound is not held: whoever sends it is told that the client has gone.

#pragma once

#include "http/service.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace troupe::http {

class own_client final : public responder {
public:
  own_client(executor where, std::size_t size_max)
      : where_(where), size_max_(size_max) {}

  task<> send(unsigned status, const header_list& headers,
              std::string_view body) override;
  void start(unsigned status, const header_list& headers) override;
  task<> write(std::string_view bytes) override;
  task<> finish() override;
  void reset() override {}
  void watch(std::function<void()> gone) override { gone_ = std::move(gone); }
  executor get_executor() override { return where_; }

  /// Wants the answer no more.
  void leave();

  unsigned status() const { return status_; }  ///< 0 if there is none.
  const std::string& body() const { return body_; }
  bool is_whole() const { return whole_; }

private:
  void hold(std::string_view bytes);

  executor where_;
  std::size_t size_max_;
  unsigned status_ = 0;
  std::string body_;
  bool whole_ = false;
  std::function<void()> gone_;
};

}  // namespace troupe::http
