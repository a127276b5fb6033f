#include "http/routes/queue/counting.hpp"

#include "http/ask.hpp"
#include "http/routes/queue/object_text.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace troupe::http::app_queue {

namespace {

constexpr std::chrono::seconds patience{3};

using count_ticket = ticket<std::string, queue_counts>;

/// Collects the answers; the ticket is answered with the last of them.
struct messenger {
  count_ticket asked;
  queue_counts counts;
  std::size_t awaited = 0;

  void arrived() {
    if (--awaited == 0)
      asked.answer(std::move(counts));
  }
};

using messenger_ptr = std::shared_ptr<messenger>;

template <class Answer, class Whom>
void ask_one(caf::event_based_actor* self, const Whom& whom,
             const messenger_ptr& by, std::optional<Answer>* into) {
  if (!whom)
    return;
  ++by->awaited;
  self->request(whom, caf::duration{patience}, atom::status_v)
      .then(
          [by, into](const Answer& got) {
            *into = got;
            by->arrived();
          },
          [by](const caf::error&) { by->arrived(); });
}

void carry(caf::event_based_actor* self, const queue_directory_ptr& queues,
           const messenger_ptr& by) {
  const auto& name = by->asked.matter();
  by->awaited = 1;  // For the messenger itself, until all are asked.
  by->counts.reserve(queues->size());
  for (const auto& [each, place] : *queues) {
    if (!name.empty() && name != each)
      continue;
    auto& count = by->counts.emplace_back();
    count.name = each;
    ask_one(self, place.queue.current(), by, &count.queue);
    ask_one(self, place.pool.current(), by, &count.pool);
  }
  by->arrived();
}

/// Any queue will do: what matters is its system.
void send_messenger(const queue_directory_ptr& queues, count_ticket asked) {
  auto by = std::make_shared<messenger>();
  by->asked = std::move(asked);
  for (const auto& [name, place] : *queues)
    if (const auto queue = place.queue.current()) {
      caf::actor_cast<caf::actor>(queue)->home_system().spawn(carry, queues,
                                                              by);
      return;
    }
}

void add_counts(object_text& o, const queue_statistics& s) {
  o.flag("paused", s.paused)
      .number("waiting", s.waiting)
      .number("active", s.active)
      .number("delayed", s.delayed)
      .number("waiting_children", s.waiting_children)
      .number("completed", s.completed)
      .number("failed", s.failed)
      .number("dead", s.dead)
      .number("oldest_waiting_ms", s.oldest_waiting_ms)
      .number("workers_waiting", s.workers_waiting)
      .text_or_null("refuses", s.refuses);
  object_text totals{o.begin("since_start")};
  totals.number("added", s.added_total)
      .number("completed", s.completed_total)
      .number("failed", s.failed_total)
      .number("dead", s.dead_total)
      .end();
}

void add_pool(object_text& o, const pool_size& p) {
  object_text pool{o.begin("workers")};
  pool.number("alive", p.workers)
      .number("busy", p.busy)
      .number("wanted", p.wanted)
      .number("min", p.min)
      .number("max", p.max)
      .number("restarts", p.restarts)
      .end();
}

std::string_view name_of_handler(config::queue_handler h) {
  switch (h) {
  case config::queue_handler::completion:
    return "completion";
  case config::queue_handler::webhook:
    return "webhook";
  case config::queue_handler::external:
    break;
  }
  return "external";
}

void add_settings(object_text& o, const config::queue_settings& s) {
  object_text told{o.begin("settings")};
  told.text("handler", name_of_handler(s.handler))
      .number("priority", unsigned{s.priority})
      .number("concurrency", s.concurrency)
      .number("group_concurrency", s.group_concurrency)
      .number("attempts", s.attempts)
      .number("timeout_ms", s.timeout.count())
      .number("lease_ms", s.lease.count())
      .number("heartbeat_ms", s.heartbeat.count())
      .number("rate_max", s.rate.max)
      .number("rate_per_ms", s.rate.per.count())
      .number("max_waiting", s.max_waiting)
      .end();
}

}  // namespace

task<queue_counts> count_queues(lane& l, executor where, std::string name) {
  queue_counts counts;
  const auto queues = l.deps.queues;
  if (!queues)
    co_return counts;
  auto got = co_await ask<queue_counts>(
      where, std::move(name),
      [&queues](count_ticket t) { send_messenger(queues, std::move(t)); });
  if (got)
    counts = std::move(*got);
  co_return counts;
}

std::string print_count(const queue_count& count,
                        const config::queue_settings* settings) {
  std::string out;
  object_text o{out};
  o.text("name", count.name);
  if (count.queue)
    add_counts(o, *count.queue);
  else
    o.text("refuses", "The queue does not answer now.");
  if (count.pool)
    add_pool(o, *count.pool);
  if (settings != nullptr)
    add_settings(o, *settings);
  o.end();
  return out;
}

const config::queue_settings* settings_of(const config::settings& all,
                                          std::string_view name) {
  for (const auto& each : all.queues)
    if (each->name == name)
      return each.get();
  return nullptr;
}

}  // namespace troupe::http::app_queue
