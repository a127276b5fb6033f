// The conversation of /api/chat in the words of each dialect.
//
// A brain: values in, values out. `write_chat` makes the provider's request
// from ours; `reply_of` and `delta_of` find the text in what comes back.

#pragma once

#include "config/settings.hpp"
#include "http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::http {

struct chat_turn {
  bool from_user = true;
  std::string content;
};

struct chat_request {
  std::vector<chat_turn> turns;  ///< The last one is the message.
  std::string system;
  std::string model;  ///< Empty: whatever the default is.
  std::uint64_t max_tokens = 1024;
  bool stream = false;
};

/// Why a chat request is refused: a 400 that names the field.
struct chat_fault {
  std::string field;
  std::string message;
};

/// Reads the body of POST /api/chat.
std::variant<chat_request, chat_fault> read_chat(std::string_view body);

/// Asked of a provider whose models nobody configured.
std::string_view default_model(config::protocol p) noexcept;

/// Turns `req` into the same question in dialect `p`: method, target, body and
/// the headers the dialect demands. Everything else of `req` stays.
void write_chat(const chat_request& asked, config::protocol p, request& req);

/// The text of a whole answer; nothing if it is not one.
std::optional<std::string> reply_of(config::protocol p, std::string_view body);

/// The text one event of a streamed answer adds; empty if it adds none.
std::string delta_of(config::protocol p, std::string_view event_data);

/// The message of an error body or error event of dialect `p`; empty if there
/// is none.
std::string error_message_of(std::string_view body);

}  // namespace troupe::http
