#include "http/cache/semantic_lookup.hpp"

#include "http/ask.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe::http {

namespace {

/// Withdraws the question that is under way when the time is over.
struct withdrawal {
  embed_ticket::observer embedding;
  semantic_ticket::observer finding;
  bool is_over = false;

  void operator()() {
    is_over = true;
    embedding.answer(errc::deadline_exceeded);
    finding.answer(errc::deadline_exceeded);
  }
};

task<caf::expected<meaning_ptr>>
ask_for_meaning(lane& l, executor where, std::string text, withdrawal& over) {
  embed_wish wish;
  wish.text = std::move(text);
  return ask<meaning_ptr>(where, std::move(wish), [&l, &over](embed_ticket t) {
    over.embedding = t.observe();
    caf::anon_send(l.embedder.current(), atom::embed_v, std::move(t));
  });
}

task<caf::expected<semantic_finding>> ask_for_answer(lane& l, executor where,
                                                     semantic_question asked,
                                                     withdrawal& over) {
  return ask<semantic_finding>(where, std::move(asked),
                               [&l, &over](semantic_ticket t) {
                                 over.finding = t.observe();
                                 caf::anon_send(l.deps.semantic_cache.current(),
                                                atom::find_v, std::move(t));
                               });
}

}  // namespace

task<likeness> find_alike(lane& l, executor where, semantic_question asked) {
  likeness result;
  withdrawal over;
  deadline_for limit{[&over] {
    over();
  }};
  l.reactor.wheel.arm(limit, likeness_patience);
  const auto meaning = co_await ask_for_meaning(l, where, asked.text, over);
  if (meaning && !over.is_over) {
    result.meaning = *meaning;
    asked.meaning = *meaning;
    auto found = co_await ask_for_answer(l, where, std::move(asked), over);
    if (found)
      result.finding = std::move(*found);
  }
  co_return result;
}

// Neither has control characters.
std::string tag_of(std::string_view tenant, std::string_view tag) {
  return std::string{tenant}.append("\n").append(tag);
}

void forget_alike(lane& l, std::string_view tenant, std::string_view tag) {
  caf::anon_send(l.deps.semantic_cache.current(), atom::purge_v,
                 tag_of(tenant, tag));
}

void remember(lane& l, semantic_memory memory) {
  const auto keep = [to = l.deps.semantic_cache](semantic_memory m) {
    caf::anon_send(to.current(), atom::keep_v, std::move(m));
  };
  if (memory.meaning != nullptr) {
    keep(std::move(memory));
    return;
  }
  embed_wish wish{memory.text};
  caf::anon_send(
      l.embedder.current(), atom::embed_v,
      embed_ticket{std::move(wish), [keep, m = std::move(memory)](
                                        embed_ticket::result&& got) mutable {
                     if (!got)
                       return;
                     m.meaning = std::move(*got);
                     keep(std::move(m));
                   }});
}

std::string printed_score(std::uint32_t score) {
  if (score >= score_whole)
    return "1.0000";
  return "0." + std::to_string(score_whole + score).substr(1);
}

}  // namespace troupe::http
