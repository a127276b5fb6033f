#include "http/routes/queue/orders.hpp"

#include "http/routes/queue/fields.hpp"
#include "http/routes/queue/job_rules.hpp"
#include "http/routes/queue/names.hpp"

#include <array>
#include <limits>
#include <span>
#include <utility>

namespace troupe::http::app_queue {

namespace {

constexpr bounds any_count{0, std::numeric_limits<std::uint32_t>::max()};
constexpr bounds name_size{0, 256};
constexpr bounds words_size{0, 1024};

/// As in take_count: nothing is older than it can be said to be.
constexpr bounds age{0, 100 * delay_max_ms};

bool may_be_cleaned(job_state s) {
  return s != job_state::active && s != job_state::paused;
}

bool may_be_redriven(job_state s) {
  return s == job_state::dead || s == job_state::failed;
}

complaint take_cleaned(value& v, queue_order& into) {
  if (!take_kind(v, into.state) || !may_be_cleaned(into.state))
    return {"must be completed, failed, dead, waiting, delayed or "
            "waiting_children",
            {}};
  return {};
}

complaint take_redriven(value& v, queue_order& into) {
  if (!take_kind(v, into.state) || !may_be_redriven(into.state))
    return {"must be dead or failed", {}};
  return {};
}

complaint take_age(value& v, queue_order& into) {
  return take_count(v, age, into.older_than_ms);
}

complaint take_limit(value& v, queue_order& into) {
  return take_count(v, any_count, into.limit);
}

complaint take_ids(value& v, queue_order& into) {
  into.ids.clear();
  auto wrong = read_list(v, order_ids_max, [&into](value& item, std::size_t) {
    return take_text(item, {1, known_id_size_max}, into.ids.emplace_back());
  });
  // An empty list of the order means all, which is not what was said.
  if (!wrong && into.ids.empty())
    wrong = {"must name one job at least", {}};
  return wrong;
}

complaint take_job_name(value& v, queue_order& into) {
  return take_name(v, name_size, into.name);
}

complaint take_words(value& v, queue_order& into) {
  return take_text(v, words_size, into.error_contains);
}

complaint take_delayed(value& v, queue_order& into) {
  return take_flag(v, into.also_delayed);
}

constexpr std::array drain_fields{
    field_reader<queue_order>{"delayed", take_delayed},
};
constexpr std::array clean_fields{
    field_reader<queue_order>{"state", take_cleaned},
    field_reader<queue_order>{"older_than_ms", take_age},
    field_reader<queue_order>{"limit", take_limit},
};
constexpr std::array redrive_fields{
    field_reader<queue_order>{"state", take_redriven},
    field_reader<queue_order>{"ids", take_ids},
    field_reader<queue_order>{"name", take_job_name},
    field_reader<queue_order>{"error_contains", take_words},
    field_reader<queue_order>{"limit", take_limit},
};
constexpr std::array purge_fields{
    field_reader<queue_order>{"ids", take_ids},
    field_reader<queue_order>{"name", take_job_name},
    field_reader<queue_order>{"error_contains", take_words},
    field_reader<queue_order>{"older_than_ms", take_age},
    field_reader<queue_order>{"limit", take_limit},
};

std::span<const field_reader<queue_order>> fields_of(queue_verb verb) {
  switch (verb) {
  case queue_verb::drain:
    return drain_fields;
  case queue_verb::clean:
    return clean_fields;
  case queue_verb::redrive:
    return redrive_fields;
  case queue_verb::purge:
    return purge_fields;
  default:
    return {};
  }
}

}  // namespace

order_read read_order(queue_verb verb, std::string& body,
                      const std::string& tenant) {
  queue_order order;
  order.verb = verb;
  order.tenant = tenant;
  if (verb == queue_verb::redrive || verb == queue_verb::purge)
    order.state = job_state::dead;
  if (auto why = read_body<queue_order>(body, fields_of(verb), order))
    return std::move(*why);
  return order;
}

}  // namespace troupe::http::app_queue
