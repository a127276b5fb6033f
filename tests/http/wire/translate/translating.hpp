// What the tests of translation share: a request in, a request out, as JSON.
//
// Failures say what was asked: each helper takes the client's wire, the
// provider's, and a body in the client's words.

#pragma once

#include "http/wire/translate/request.hpp"
#include "http/wire/translate/tree.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace troupe::http::wire {

inline constexpr auto openai = config::protocol::openai;
inline constexpr auto anthropic = config::protocol::anthropic;
inline constexpr auto gemini = config::protocol::gemini;

inline match chat_of_client(config::protocol client, bool streams = false) {
  switch (client) {
  case config::protocol::openai:
    return {endpoint::chat_completions, client, {}, {}};
  case config::protocol::anthropic:
    return {endpoint::messages, client, {}, {}};
  case config::protocol::gemini:
    break;
  }
  return {streams ? endpoint::stream_generate_content
                  : endpoint::generate_content,
          client, "m", "v1beta"};
}

/// A direction, a model, and whether it streams.
struct way {
  config::protocol from;
  config::protocol to;
  std::string_view model = "m";
  bool streams = false;
};

inline translation translate(const way& w, std::string_view body,
                             const header_list& headers = {},
                             const request_options& options = {}) {
  return translate_request(chat_of_client(w.from, w.streams), body, headers,
                           w.to, w.model, w.streams, options);
}

inline tree parsed(std::string_view text) {
  auto value = read_tree(text);
  EXPECT_TRUE(value) << text;
  return value ? std::move(*value) : tree{};
}

/// The provider's body, or null with a failure.
inline tree made(const way& w, std::string_view body) {
  const auto got = translate(w, body);
  if (got.refused) {
    ADD_FAILURE() << body << "\nrefused " << got.refused->param << ": "
                  << got.refused->message;
    return {};
  }
  return parsed(got.request.body);
}

/// A member by its path, as `/messages/0/content`; null if there is none.
inline tree at(const tree& body, const std::string& path) {
  const tree::json_pointer pointer{path};
  return body.contains(pointer) ? body.at(pointer) : tree{};
}

/// The smallest chat of a wire with `extra` members, as `"n":2,`.
inline std::string chat_with(config::protocol client,
                             const std::string& extra) {
  switch (client) {
  case config::protocol::openai:
    return "{" + extra
           + R"("model":"m","messages":[{"role":"user","content":"hi"}]})";
  case config::protocol::anthropic:
    return "{" + extra
           + R"("model":"m","max_tokens":9000,)"
             R"("messages":[{"role":"user","content":"hi"}]})";
  case config::protocol::gemini:
    break;
  }
  return "{" + extra
         + R"("contents":[{"role":"user","parts":[{"text":"hi"}]}]})";
}

/// The same with other messages (`contents` for Gemini).
inline std::string chat_of(config::protocol client,
                           const std::string& messages) {
  if (client == config::protocol::gemini)
    return R"({"contents":)" + messages + "}";
  return R"({"model":"m","max_tokens":9000,"messages":)" + messages + "}";
}

/// A member of the client's body, and what a part of the provider's becomes.
struct option_row {
  way direction;
  const char* extra;
  const char* path;
  const char* expected;
};

inline void check(const option_row& r) {
  const auto body = made(r.direction, chat_with(r.direction.from, r.extra));
  EXPECT_EQ(print_tree(at(body, r.path)), r.expected) << r.extra << "\n"
                                                      << print_tree(body);
}

}  // namespace troupe::http::wire
