#include "http/routes/queue/names.hpp"

#include "http/routes/cache/text.hpp"

#include <algorithm>

namespace troupe::http::app_queue {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_id_part(char c) {
  return is_digit(c) || is_small(c) || (c >= 'A' && c <= 'Z') || c == '_'
         || c == '.' || c == ':' || c == '@' || c == '-';
}

bool is_event_part(char c) {
  return is_digit(c) || is_small(c) || c == '_' || c == '.' || c == '-';
}

bool is_id(std::string_view text, std::size_t size_max) {
  return !text.empty() && text.size() <= size_max
         && std::ranges::all_of(text, is_id_part);
}

}  // namespace

std::string fault_of_own_id(std::string_view id) {
  if (!is_id(id, id_size_max))
    return "must be 1 to " + std::to_string(id_size_max)
           + " letters, digits or any of _.:@-";
  if (std::ranges::all_of(id, is_digit))
    return "must not be digits only: those are the numbers of jobs that were "
           "given no id";
  if (id.starts_with("flow:") || id.starts_with("schedule:"))
    return "must not begin with 'flow:' or 'schedule:': those are the ids that "
           "queues make";
  return {};
}

std::string fault_of_event_name(std::string_view name) {
  if (name.empty() || name.size() > event_size_max
      || !std::ranges::all_of(name, is_event_part))
    return "must be 1 to " + std::to_string(event_size_max)
           + " small letters, digits or any of _.-";
  return {};
}

std::optional<std::string> id_in_path(std::string_view encoded) {
  auto id = app_cache::decoded(encoded, app_cache::plus::itself);
  if (!id || !is_id(*id, known_id_size_max))
    return std::nullopt;
  return id;
}

}  // namespace troupe::http::app_queue
