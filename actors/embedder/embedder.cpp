#include "actors/embedder/embedder.hpp"

#include "actors/semantic_cache/lexical.hpp"
#include "actors/semantic_cache/plain_words.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace troupe {

namespace {

/// Who is told that the line is full comes back after a batch or two.
constexpr std::uint64_t full_pause_ms = 100;

}  // namespace

std::string_view name_of(embed_outcome x) noexcept {
  static constexpr std::array<std::string_view, 5> names{
      "computed", "known", "failed", "late", "refused"};
  static_assert(names.size()
                == static_cast<std::size_t>(embed_outcome::count_));
  return names[static_cast<std::size_t>(x)];
}

counters_by_name embedder_metrics_of(const metric_catalog& catalog) {
  return catalog.counters(metric::embedder_texts_total, {},
                          label_values<embed_outcome>());
}

embedder_actor::behavior_type embedder(embedder_state::self_pointer self,
                                       embedder_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

embedder_actor::behavior_type
embedder_state::make_behavior(embedder_deps deps) {
  deps_.emplace(std::move(deps));
  return {
      [this](atom::embed, const embed_ticket& t) { embed(t); },
      [this](atom::found, const embed_batch& b) { take(b); },
      [this](atom::sweep) { sweep(); },
  };
}

void embedder_state::embed(const embed_ticket& ticket) {
  if (!ticket.awaited())
    return;
  const auto plain = plain_words(ticket.matter().text);
  if (deps_->kind == config::embedder_kind::openai) {
    gather(ticket, plain);
    return;
  }
  count(embed_outcome::computed);
  ticket.answer(
      std::make_shared<const std::vector<float>>(embed_lexically(plain)));
}

void embedder_state::gather(const embed_ticket& ticket,
                            const std::string& plain) {
  auto [how, meaning] = batcher_.ask(ticket, plain, self_->clock().now());
  switch (how) {
  case text_batcher::welcome::known:
    count(embed_outcome::known);
    ticket.answer(std::move(meaning));
    break;
  case text_batcher::welcome::full:
    count(embed_outcome::refused);
    ticket.answer(caf::make_error(errc::overloaded, full_pause_ms));
    break;
  case text_batcher::welcome::waits:
    send_due();
    arm();
    break;
  }
}

void embedder_state::send_due() {
  for (auto& batch : batcher_.due(self_->clock().now())) {
    auto* carrier =
        deps_->carrier != nullptr ? deps_->carrier->load() : nullptr;
    if (carrier != nullptr)
      carrier->carry(std::move(batch), embedder_actor{self_});
    else
      take(batch);  // Without vectors.
  }
}

void embedder_state::take(const embed_batch& batch) {
  for (auto& [to, meaning] : batcher_.arrived(embed_batch{batch})) {
    count(meaning ? embed_outcome::computed : embed_outcome::failed);
    if (meaning)
      to.answer(std::move(meaning));
    else
      to.answer(errc::no_provider);
  }
}

void embedder_state::sweep() {
  if (self_->clock().now() < armed_for_)
    return;  // Another timer was set since, for an earlier moment, and fired.
  armed_for_ = time_point::max();
  send_due();
  for (const auto& t : batcher_.late(self_->clock().now())) {
    count(embed_outcome::late);
    t.answer(errc::deadline_exceeded);
  }
  arm();
}

// One timer counts, the one for the next moment that matters; others find out
// that they come in vain.
void embedder_state::arm() {
  const auto next = batcher_.next();
  if (next >= armed_for_)
    return;
  armed_for_ = next;
  const auto wait =
      std::max(next - self_->clock().now(), time_point::duration::zero());
  self_->delayed_send(self_, wait, atom::sweep_v);
}

}  // namespace troupe
