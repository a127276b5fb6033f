// A streamed answer on its way to the client, whichever wires the two speak.
//
// One face for the follower of unchanged bytes (wire/answer_stream) and for the
// translator (wire/translate/translated_stream); see the first for what the
// members promise.

#pragma once

#include "http/wire/answer_stream.hpp"
#include "http/wire/translate/translated_stream.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace troupe::http {

class relayed_stream {
public:
  template <class Stream, class... Args>
  explicit relayed_stream(std::in_place_type_t<Stream> kind, Args&&... args)
      : stream_(kind, std::forward<Args>(args)...) {}

  std::string_view feed(std::string_view bytes) {
    return std::visit(
        [=](auto& s) -> std::string_view { return s.feed(bytes); }, stream_);
  }
  std::string_view end() {
    return std::visit([](auto& s) -> std::string_view { return s.end(); },
                      stream_);
  }
  bool began() const {
    return std::visit([](const auto& s) { return s.began(); }, stream_);
  }
  bool finished() const {
    return std::visit([](const auto& s) { return s.finished(); }, stream_);
  }
  troupe::fault fault() const { return failure().fault; }
  attempt_result failure() const {
    return std::visit(
        [](const auto& s) -> attempt_result { return s.failure(); }, stream_);
  }
  token_usage usage() const {
    return std::visit([](const auto& s) -> token_usage { return s.usage(); },
                      stream_);
  }
  std::string end_cut(const wire::door_error& why) {
    return std::visit([&](auto& s) -> std::string { return s.end_cut(why); },
                      stream_);
  }
  std::string complete() {
    return std::visit([](auto& s) { return std::string{s.complete()}; },
                      stream_);
  }

private:
  std::variant<wire::answer_stream, wire::translated_stream> stream_;
};

}  // namespace troupe::http
