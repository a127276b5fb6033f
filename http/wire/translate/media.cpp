#include "http/wire/translate/media.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire::dialogue {

namespace {

struct ending_row {
  std::string_view ending;
  std::string_view mime;
};

constexpr std::array endings{
    ending_row{".png", "image/png"},       ending_row{".jpg", "image/jpeg"},
    ending_row{".jpeg", "image/jpeg"},     ending_row{".gif", "image/gif"},
    ending_row{".webp", "image/webp"},     ending_row{".heic", "image/heic"},
    ending_row{".pdf", "application/pdf"}, ending_row{".wav", "audio/wav"},
    ending_row{".mp3", "audio/mp3"},       ending_row{".mp4", "video/mp4"},
};

struct sound_row {
  std::string_view mime;
  std::string_view format;
};

/// The first of a format is what is written for it.
constexpr std::array sounds{
    sound_row{"audio/wav", "wav"},   sound_row{"audio/mp3", "mp3"},
    sound_row{"audio/x-wav", "wav"}, sound_row{"audio/wave", "wav"},
    sound_row{"audio/mpeg", "mp3"},  sound_row{"audio/vnd.wave", "wav"},
};

std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace

media_kind kind_of(std::string_view mime) {
  if (mime.starts_with("image/"))
    return media_kind::picture;
  if (mime == "application/pdf")
    return media_kind::pdf;
  if (mime.starts_with("audio/"))
    return media_kind::sound;
  return mime.starts_with("video/") ? media_kind::film : media_kind::other;
}

std::optional<media> read_data_url(std::string_view url) {
  constexpr std::string_view scheme = "data:";
  constexpr std::string_view mark = ";base64";
  const auto comma = url.find(',');
  if (!url.starts_with(scheme) || comma == std::string_view::npos)
    return std::nullopt;
  const auto head = url.substr(scheme.size(), comma - scheme.size());
  if (!head.ends_with(mark))
    return std::nullopt;
  // Parameters such as `;charset=` say nothing about bytes.
  media file;
  file.mime = lowered(head.substr(0, head.find(';')));
  file.bytes = url.substr(comma + 1);
  return file;
}

std::string data_url(const media& file) {
  return "data:" + file.mime + ";base64," + file.bytes;
}

bool is_web_address(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

std::string mime_of(std::string_view url, std::string_view fallback) {
  const auto path = lowered(url.substr(0, url.find_first_of("?#")));
  for (const auto& row : endings)
    if (path.ends_with(row.ending))
      return std::string{row.mime};
  return std::string{fallback};
}

std::string_view sound_format(std::string_view mime) {
  for (const auto& row : sounds)
    if (row.mime == mime)
      return row.format;
  return {};
}

std::string_view mime_of_sound(std::string_view format) {
  for (const auto& row : sounds)
    if (row.format == format)
      return row.mime;
  return {};
}

}  // namespace troupe::http::wire::dialogue
