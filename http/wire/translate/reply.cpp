#include "http/wire/translate/reply.hpp"

#include <algorithm>

namespace troupe::http::wire {

namespace {

void new_part(std::vector<reply_part>& parts, const reply_delta& d) {
  auto& part = parts.emplace_back();
  part.kind = d.kind;
  part.text = d.text;
  part.signature = d.signature;
  part.id = d.id;
  part.name = d.name;
}

/// Text goes on where text of its kind ended; a signature is a seam: behind a
/// thought, and before anything else.
void add_text(std::vector<reply_part>& parts, const reply_delta& d) {
  const bool is_thought = d.kind == delta_kind::thinking;
  const bool goes_on =
      !parts.empty() && parts.back().kind == d.kind
      && (is_thought ? parts.back().signature.empty() : d.signature.empty());
  if (!goes_on) {
    if (!d.text.empty() || !d.signature.empty())
      new_part(parts, d);
    return;
  }
  parts.back().text += d.text;
  if (is_thought)
    parts.back().signature = d.signature;
}

}  // namespace

reply_delta& reply_event::add(delta_kind kind, std::string_view text) {
  auto& d = deltas.emplace_back();
  d.kind = kind;
  d.text = text;
  return d;
}

std::string_view reply_event::keep(std::string text) {
  return made.emplace_back(std::move(text));
}

void reply_event::clear() {
  id = model = {};
  created = 0;
  deltas.clear();
  steps.clear();
  made.clear();
  error = ping = terminal = marked = false;
}

std::vector<kept_step> steps_of(const reply_event& event,
                                const reply_delta& d) {
  const auto kept = [](const token_probability& p) {
    return kept_probability{std::string{p.token}, std::string{p.logprob}};
  };
  std::vector<kept_step> steps;
  for (std::size_t i = 0; i < d.steps_count; ++i) {
    const auto& step = event.steps[d.steps_at + i];
    auto& one = steps.emplace_back();
    one.chosen = kept(step.chosen);
    for (const auto& best : step.best)
      one.best.push_back(kept(best));
  }
  return steps;
}

bool continues(const reply_delta& call, std::string_view id) {
  return call.id.empty() ? call.name.empty() : call.id == id;
}

stop_reason choice_outline::reason() const {
  const bool plain = stop == stop_reason::none || stop == stop_reason::end
                     || stop == stop_reason::other;
  if (plain && calls > 0)
    return stop_reason::tool_calls;
  if (plain && refused)
    return stop_reason::filter;
  return stop == stop_reason::none ? stop_reason::end : stop;
}

bool reply_outline::observe(const reply_event& event) {
  if (id.empty())
    id = event.id;
  if (model.empty())
    model = event.model;
  if (created == 0)
    created = event.created;
  for (const auto& d : event.deltas) {
    if (d.choice >= choices_max)
      return false;
    if (d.choice >= choices.size())
      choices.resize(d.choice + 1u);
    auto& choice = choices[d.choice];
    choice.begun = true;
    choice.refused = choice.refused || d.kind == delta_kind::refusal;
    if (d.kind != delta_kind::finish || d.stop == stop_reason::none)
      continue;
    choice.stop = d.stop;
    choice.stop_sequence = d.stop_sequence;
    choice.explanation = d.explanation;
  }
  return true;
}

bool reply_outline::all_finished() const {
  return !choices.empty()
         && std::all_of(choices.begin(), choices.end(),
                        [](const auto& c) { return !c.begun || c.finished(); });
}

bool reply::take(const reply_event& event) {
  if (!outline.observe(event))
    return false;
  choices.resize(outline.choices.size());
  std::size_t calls = 0;
  for (const auto& d : event.deltas) {
    auto& choice = choices[d.choice];
    switch (d.kind) {
    case delta_kind::thinking:
    case delta_kind::text:
    case delta_kind::refusal:
      add_text(choice.parts, d);
      break;
    case delta_kind::call:
      if (++calls > calls_max)
        return false;
      ++outline.choices[d.choice].calls;
      [[fallthrough]];
    case delta_kind::redacted:
    case delta_kind::media:
      new_part(choice.parts, d);
      break;
    case delta_kind::logprobs:
      for (auto& step : steps_of(event, d))
        choice.steps.push_back(std::move(step));
      break;
    case delta_kind::arguments:  // A body has its calls whole.
    case delta_kind::finish:
      break;
    }
  }
  return true;
}

}  // namespace troupe::http::wire
