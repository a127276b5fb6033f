#include "http/wire/translate/reply_writer.hpp"

#include "http/wire/translate/escaped_text.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire {

namespace {

/// FNV-1a, 64 bits: letters for ids out of a request's id, whatever that holds.
std::string letters_of(std::string_view seed) {
  std::uint64_t hash = 14695981039346656037u;
  for (const unsigned char c : seed)
    hash = (hash ^ c) * 1099511628211u;
  std::string letters;
  for (int digit = 0; digit < 16; ++digit, hash >>= 4)
    letters.push_back("0123456789abcdef"[hash & 15]);
  return letters;
}

}  // namespace

void stream_writer::keep_alive(std::string& out) const {
  out += ": keep-alive\n\n";
}

void stream_writer::fail(std::string_view body, std::string& out) const {
  append_all(out, {"data: ", body, "\n\n"});
}

call_ledger::taken call_ledger::take(const reply_delta& d,
                                     reply_outline& outline) {
  if (auto* const open = find(d.choice, d.slot);
      open != nullptr && !d.whole && continues(d, open->own_id))
    return {open, false};
  if (calls_.size() >= calls_max)
    return {};
  auto& call = calls_.emplace_back();
  call.choice = d.choice;
  call.slot = d.slot;
  call.ordinal = outline.choices[d.choice].calls++;
  call.own_id = d.id;
  call.whole = d.whole;
  return {&call, true};
}

stream_call* call_ledger::find(std::uint32_t choice, std::uint32_t slot) {
  const auto found =
      std::find_if(calls_.rbegin(), calls_.rend(), [&](const stream_call& c) {
        return c.choice == choice && c.slot == slot;
      });
  return found == calls_.rend() ? nullptr : &*found;
}

std::string shown_signature(std::string_view signature,
                            const reply_route& route) {
  std::string shown;
  if (route.from != route.to.client)
    append_all(shown, {config::name_of(route.from), ":"});
  return shown.append(signature);
}

std::string call_id(std::string_view own, const reply_route& route,
                    std::uint32_t choice, std::size_t ordinal) {
  if (!own.empty())
    return std::string{own};
  return "call_" + letters_of(route.to.request_id) + "_"
         + std::to_string(choice * calls_max + ordinal);
}

std::string reply_id(const reply_outline& outline, std::string_view prefix,
                     const reply_route& route) {
  return outline.id.empty()
             ? std::string{prefix} + letters_of(route.to.request_id)
             : outline.id;
}

std::string reply_model(const reply_outline& outline,
                        const reply_route& route) {
  if (!outline.model.empty())
    return outline.model;
  std::string escaped;
  append_escaped(escaped, route.to.model);
  return escaped;
}

std::vector<reply_part> without_refusals(const std::vector<reply_part>& parts) {
  std::vector<reply_part> plain;
  for (const auto& part : parts) {
    const bool is_text =
        part.kind == delta_kind::text || part.kind == delta_kind::refusal;
    if (is_text && part.signature.empty() && !plain.empty()
        && plain.back().kind == delta_kind::text) {
      plain.back().text += part.text;
      continue;
    }
    plain.push_back(part);
    if (is_text)
      plain.back().kind = delta_kind::text;
  }
  return plain;
}

}  // namespace troupe::http::wire
