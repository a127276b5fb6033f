// What a wire cannot say: left out by rule, or refused in the client's words.

#include "http/wire/translate/dialects.hpp"
#include "http/wire/translate/media.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace troupe::http::wire::dialogue {

namespace {

using config::protocol;

constexpr std::uint64_t gemini_answers_max = 8;
constexpr std::size_t openai_stops_max = 4;
constexpr std::size_t gemini_stops_max = 5;

/// Longest id that OpenAI takes for a call, in characters.
constexpr std::size_t openai_id_size_max = 40;

constexpr std::array<std::string_view, 4> anthropic_pictures{
    "image/jpeg", "image/png", "image/gif", "image/webp"};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

void refuse(findings& found, const std::string& param, std::string_view why) {
  found.refuse(param, "'" + param + "' cannot be served: " + std::string{why});
}

void fit_sampling(const conversation& said, protocol to, findings& found) {
  const auto named = [&](field f) {
    return std::string{name_of(f, said.client)};
  };
  const auto& wish = said.sampling;
  const auto stops = wish.stops.size();
  if (to == protocol::anthropic && wish.answers > 1)
    refuse(found, named(field::answers), "The provider gives one answer.");
  if (to == protocol::gemini && wish.answers > gemini_answers_max)
    refuse(found, named(field::answers), "The provider gives 8 at most.");
  if (to == protocol::anthropic && wish.logprobs)
    refuse(found, named(field::logprobs), "The provider has none.");
  if (to == protocol::openai && stops > openai_stops_max)
    refuse(found, named(field::stops), "The provider takes 4 at most.");
  if (to == protocol::gemini && stops > gemini_stops_max)
    refuse(found, named(field::stops), "The provider takes 5 at most.");
  if (to == protocol::anthropic && std::ranges::any_of(wish.stops, is_blank))
    refuse(found, named(field::stops),
           "The provider takes none that is only white space.");
}

// -- media ------------------------------------------------------------------

/// Why the wire cannot take the file; empty if it can.
std::string_view objection(const media& file, protocol to) {
  const auto kind = kind_of(file.mime);
  const bool by_address = !file.url.empty();
  switch (to) {
  case protocol::gemini:
    return file.mime.empty() ? "Its type is unknown." : std::string_view{};
  case protocol::anthropic:
    if (kind == media_kind::pdf)
      return {};
    if (kind != media_kind::picture)
      return "The provider takes pictures and PDF documents only.";
    return by_address
                   || std::ranges::find(anthropic_pictures, file.mime)
                          != anthropic_pictures.end()
               ? std::string_view{}
               : "The provider takes JPEG, PNG, GIF and WebP only.";
  case protocol::openai:
    if (kind == media_kind::picture)
      return {};
    if (by_address)
      return "The provider takes only pictures by address. Send its bytes.";
    if (kind == media_kind::sound)
      return sound_format(file.mime).empty()
                 ? "The provider takes WAV and MP3 only."
                 : std::string_view{};
    return kind == media_kind::pdf
               ? std::string_view{}
               : "The provider takes pictures, sounds and PDF documents only.";
  }
  return {};
}

void fit_media(const part& one, role who, protocol to, findings& found) {
  for (const auto& inner : one.content)
    fit_media(inner, who, to, found);
  if (one.kind != part_kind::media)
    return;
  if (who == role::model && to != protocol::gemini)
    refuse(found, one.at, "The provider takes no media from its model.");
  if (const auto why = objection(one.file, to); !why.empty())
    refuse(found, one.at, why);
}

// -- ids --------------------------------------------------------------------

bool takes_id(std::string_view id, protocol to) {
  if (to == protocol::openai)
    return id.size() <= openai_id_size_max;
  if (to == protocol::gemini)
    return true;
  return std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// Renames the calls whose ids the wire does not take, and their results.
void fit_ids(conversation& said, protocol to) {
  std::set<std::string> taken;
  std::map<std::string, std::string> renamed;
  for (const auto& turn : said.turns)
    for (const auto& one : turn.parts)
      if (one.kind == part_kind::call && takes_id(one.id, to))
        taken.insert(one.id);
  std::uint64_t next = 0;
  for (auto& turn : said.turns)
    for (auto& one : turn.parts) {
      if (one.kind == part_kind::call && !takes_id(one.id, to)) {
        std::string id;
        do
          id = "call_" + std::to_string(next++);
        while (!taken.insert(id).second);
        renamed.emplace(one.id, id);
      }
      if (const auto found = renamed.find(one.id); found != renamed.end())
        one.id = found->second;
    }
}

// -- turns ------------------------------------------------------------------

/// Leaves only signatures that `to` made itself, and no thinking without one.
void fit_signatures(turn& from, protocol to, findings& found) {
  std::erase_if(from.parts, [&](const part& one) {
    const bool is_thought =
        one.kind == part_kind::thinking || one.kind == part_kind::redacted;
    if (!one.signature || one.signature->maker == to)
      return false;
    if (is_thought)
      found.drop("thinking");
    return is_thought;
  });
  for (auto& one : from.parts)
    if (one.signature && one.signature->maker != to) {
      found.drop("thoughtSignature");
      one.signature.reset();
    }
}

/// Leaves out texts that say nothing; providers refuse them.
void drop_blanks(std::vector<part>& parts, protocol to) {
  const auto says_something = [to](const part& one) {
    if (one.kind != part_kind::text || one.signature)
      return true;
    return to == protocol::anthropic ? !is_blank(one.text) : !one.text.empty();
  };
  const bool any = std::ranges::any_of(parts, says_something);
  std::erase_if(parts, [&](const part& one) {
    return !says_something(one) && (any || one.text.empty());
  });
}

/// Leaves out turns without parts, and joins what then meets.
void join_turns(conversation& said) {
  std::vector<turn> kept;
  for (auto& turn : said.turns) {
    if (turn.parts.empty())
      continue;
    if (kept.empty() || kept.back().role != turn.role) {
      kept.push_back(std::move(turn));
      continue;
    }
    auto& last = kept.back().parts;
    std::ranges::move(turn.parts, std::back_inserter(last));
    std::ranges::stable_partition(
        last, [](const part& one) { return one.kind == part_kind::result; });
  }
  said.turns = std::move(kept);
}

}  // namespace

void fit(conversation& said, protocol to, findings& found) {
  fit_sampling(said, to, found);
  for (auto& turn : said.turns) {
    for (const auto& one : turn.parts)
      fit_media(one, turn.role, to, found);
    fit_signatures(turn, to, found);
    for (auto& one : turn.parts)
      drop_blanks(one.content, to);
    drop_blanks(turn.parts, to);
  }
  drop_blanks(said.system, to);
  join_turns(said);
  fit_ids(said, to);
  // Anthropic and Gemini want a turn of the user.
  if (said.turns.empty() && to != protocol::openai)
    said.turn_of(role::user).parts = std::move(said.system);
  if (said.turns.empty() || said.turns.back().parts.empty())
    said.turns.clear();
}

}  // namespace troupe::http::wire::dialogue
