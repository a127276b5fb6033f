// Stands between an exchange and the client, and keeps a good answer back until
// it is whole, so that it can be read and changed.
//
// Only a 200 is kept back: whatever else the exchange says, the client hears
// at once, as it is. So it is with the connection's end.
//
// The edge: an answer beyond `held_answer_max` is passed on as it comes, if it
// is what the client asked for; if it is a part of that, it is let go, and the
// memory with it.

#pragma once

#include "http/service.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe::http {

/// Room (bytes) for OpenAI's largest batch as its SDKs ask for it, 2,048
/// vectors of 1,536 numbers in base64 (17 MB), or as text (about 32 MB).
inline constexpr std::size_t held_answer_max = 32u << 20;

/// What becomes of an answer that is too large to be kept back.
enum class beyond_edge : std::uint8_t { pass_on, let_go };

class held_answer final : public responder {
public:
  held_answer(responder& client, beyond_edge rule)
      : client_(client), rule_(rule) {}

  /// Whether an answer is kept back, whole.
  bool holds() const { return stage_ == stage::held; }
  /// Whether one was too large: the client has heard nothing.
  bool let_go() const { return stage_ == stage::gone; }

  /// Of the answer that it holds.
  const header_list& headers() const { return headers_; }
  const std::string& body() const { return body_; }

  task<> send(unsigned status, const header_list& headers,
              std::string_view body) override;
  void start(unsigned status, const header_list& headers) override;
  task<> write(std::string_view bytes) override;
  task<> finish() override;
  void reset() override;
  void watch(std::function<void()> gone) override;
  executor get_executor() override { return client_.get_executor(); }

private:
  enum class stage : std::uint8_t { none, holding, held, passing, gone };

  responder& client_;
  beyond_edge rule_;
  stage stage_ = stage::none;
  header_list headers_;
  std::string body_;
};

}  // namespace troupe::http
