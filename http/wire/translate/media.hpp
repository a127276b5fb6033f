// What a piece of media is, and how the wires write it.
//
// A MIME type or a file's ending decides; bytes are never looked at. Base64 is
// passed as it came: whether it is sound is the provider's to say.

#pragma once

#include "http/wire/translate/conversation.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire::dialogue {

enum class media_kind : std::uint8_t { picture, pdf, sound, film, other };

/// By MIME type; `other` for the rest, texts among them.
media_kind kind_of(std::string_view mime);

/// The parts of `data:image/png;base64,AAAA`; nothing if it is none, or not
/// base64.
std::optional<media> read_data_url(std::string_view url);

/// The same, written.
std::string data_url(const media& file);

/// Whether a provider can fetch it: http or https.
bool is_web_address(std::string_view url);

/// The MIME type that an address ends like; `fallback` if it tells nothing.
std::string mime_of(std::string_view url, std::string_view fallback);

/// OpenAI's `wav` or `mp3`; empty for other sounds.
std::string_view sound_format(std::string_view mime);

/// The MIME type of OpenAI's `format`; empty if it is none.
std::string_view mime_of_sound(std::string_view format);

}  // namespace troupe::http::wire::dialogue
