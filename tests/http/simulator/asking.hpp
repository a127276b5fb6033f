// How the simulator's tests ask: requests of each wire in a line, and streams
// taken apart into events.

#pragma once

#include "http/simulator/provider.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::simulator {

/// A fixed beginning of time; tests move on from it.
inline instant start_of_time() {
  using namespace std::chrono_literals;
  return {std::chrono::steady_clock::time_point{} + 1h,
          std::chrono::system_clock::time_point{} + 490'000h};
}

inline http::request ask(std::string_view target, std::string_view body) {
  http::request req;
  req.method = "POST";
  req.target = target;
  req.body = body;
  req.headers.add("authorization", "Bearer sk-test");
  return req;
}

inline http::request ask_anthropic(std::string_view target,
                                   std::string_view body,
                                   std::string_view version = "2023-06-01") {
  auto req = ask(target, body);
  req.headers = {{"x-api-key", "sk-ant-test"}, {"anthropic-version", version}};
  return req;
}

inline http::request ask_gemini(std::string_view method,
                                std::string_view body) {
  auto req = ask("/v1beta/models/" + std::string{method}, body);
  req.headers = {{"x-goog-api-key", "AIza-test"}};
  return req;
}

inline http::request get(std::string_view target) {
  auto req = ask(target, "");
  req.method = "GET";
  return req;
}

/// A chat of one message.
inline std::string chat_body(std::string_view model, std::string_view said,
                             json more = json::object()) {
  more["model"] = model;
  more["messages"] = json::array({{{"role", "user"}, {"content", said}}});
  return more.dump();
}

/// A message of one turn.
inline std::string message_body(std::string_view model, std::string_view said,
                                json more = json::object()) {
  if (!more.contains("max_tokens"))
    more["max_tokens"] = 1'000;
  return chat_body(model, said, std::move(more));
}

inline std::string gemini_body(std::string_view said,
                               json more = json::object()) {
  more["contents"] = json::array(
      {{{"role", "user"}, {"parts", json::array({{{"text", said}}})}}});
  return more.dump();
}

/// The answer as JSON; null if it is none.
inline json body_of(const script& answer) {
  return json::parse(answer.bytes, nullptr, false);
}

/// One record of an event stream.
struct event {
  std::string name;  ///< Empty if the record has none.
  std::string text;
  json data() const { return json::parse(text, nullptr, false); }
};

/// The events of a stream. Each step must be exactly one whole record.
inline std::vector<event> events_of(const script& answer) {
  std::vector<event> events;
  for (auto piece : answer.pieces()) {
    event one;
    if (piece.starts_with("event: ")) {
      one.name = piece.substr(7, piece.find('\n') - 7);
      piece.remove_prefix(piece.find('\n') + 1);
    }
    if (piece.starts_with("data: ")) {
      const auto end = piece.find_first_of("\r\n");
      one.text = piece.substr(6, end - 6);
      const auto rest = piece.substr(end);
      if (rest != "\n\n" && rest != "\r\n\r\n")
        one.text = "not one record";
    }
    events.push_back(std::move(one));
  }
  return events;
}

}  // namespace troupe::simulator
