// What a look-up in the caches costs: the decision alone, and the whole way.
//
//   socket handler -> CACHE DESK -> CACHE SHARD -> CACHE DESK -> socket handler
//
// All on one thread, as it is when a shard lives where the request came in, one
// look-up after the other. Entries are like answers of models: 2 KiB, a digest
// for a name, a type, a provider and a model. "leads" asks as completions do,
// who would compute what is missing: the desk keeps the key to give a lead
// back.
//
// Columns: nanoseconds for one look-up. Runs about 3 s.

#include "actors/cache_desk/cache_desk.hpp"
#include "actors/cache_shard/cache_shard.hpp"
#include "runtime/scheduler/asio_scheduler.hpp"

#include <boost/asio/post.hpp>
#include <caf/all.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t keys = 1000;
constexpr std::size_t rounds = 500'000;

cache_key key(std::size_t number) {
  const auto digits = std::to_string(number);
  return {cache_space::completion, "tenant",
          std::string(64 - digits.size(), '0') + digits};
}

cache_change put(std::size_t number) {
  cache_change c;
  c.key = key(number);
  c.entry.value = shared_bytes{std::string(2048, 'x')};
  c.entry.type = "application/json";
  c.entry.provider = "provider";
  c.entry.model = "some-model-of-theirs";
  c.ttl_ms = 3'600'000;
  return c;
}

double ns_since(clock_type::time_point start, std::size_t count) {
  return std::chrono::duration<double, std::nano>(clock_type::now() - start)
             .count()
         / static_cast<double>(count);
}

void must(bool holds) {
  if (!holds)
    std::abort();
}

double decisions(bool hits) {
  cache_keeper_options options;
  options.bounds = {.entries_max = keys, .bytes_max = 1 << 30};
  cache_keeper keeper{options};
  cache_keeper::outbox out;
  const auto now = clock_type::now();
  std::vector<cache_questions> asked;
  for (std::size_t i = 0; i < keys; ++i) {
    keeper.change({put(i)}, now, out);
    cache_question q;
    q.key = key(hits ? i : i + keys);
    asked.push_back({q});
  }
  const auto start = clock_type::now();
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto got = keeper.find(i, asked[i % keys], now, out);
    must((got->front().state == cache_state::fresh) == hits);
  }
  return ns_since(start, rounds);
}

/// One look-up after the other.
class chain {
public:
  chain(cache_desk_actor desk, std::uint64_t lead_ms, std::size_t first)
      : desk_(std::move(desk)), lead_ms_(lead_ms), first_(first) {}

  std::future<void> done() { return done_.get_future(); }

  void next() {
    cache_question q;
    q.key = names_[left_ % keys];
    q.lead_ms = lead_ms_;
    caf::anon_send(desk_, atom::find_v,
                   find_ticket{cache_questions{std::move(q)},
                               [this](find_ticket::result&& got) {
                                 must(static_cast<bool>(got));
                                 found_ +=
                                     got->front().state == cache_state::fresh;
                                 if (--left_ > 0)
                                   next();
                                 else
                                   done_.set_value();
                               }});
  }

  void prepare() {
    for (std::size_t i = 0; i < keys; ++i)
      names_.push_back(key(first_ + i));
  }

  std::size_t found() const { return found_; }

private:
  cache_desk_actor desk_;
  std::uint64_t lead_ms_;
  std::size_t first_;
  std::vector<cache_key> names_;
  std::size_t left_ = rounds;
  std::size_t found_ = 0;
  std::promise<void> done_;
};

double trip(std::uint64_t lead_ms, bool hits) {
  prometheus::Registry registry;
  const auto metrics = cache_metrics_of(metric_catalog{registry});
  caf::actor_system_config how;
  how.set("scheduler.max-threads", std::size_t{1});
  how.load<asio_scheduler>();
  how.add_message_types<caf::id_block::troupe_runtime>();
  how.add_message_types<caf::id_block::troupe_actors>();
  caf::actor_system system{how};
  config::cache_settings settings;
  settings.shards = 1;
  std::vector<address<cache_shard_actor>> at(1);
  at[0].replace(spawn_pinned(
      system, 0, cache_shard,
      cache_shard_deps{settings, metrics,
                       std::make_shared<cache_gauges>(metrics), 1}));
  const auto desk = spawn_pinned(
      system, 0, cache_desk,
      cache_desk_deps{.directory = std::make_shared<const cache_directory>(
                          std::vector<cache_directory::member>{{"here", at}})});
  std::promise<void> kept;
  cache_changes changes;
  for (std::size_t i = 0; i < keys; ++i)
    changes.push_back(put(i));
  caf::anon_send(desk, atom::keep_v,
                 keep_ticket{std::move(changes), [&kept](auto&&) {
                               kept.set_value();
                             }});
  kept.get_future().wait();
  chain looks{desk, lead_ms, hits ? 0 : keys};
  looks.prepare();
  const auto start = clock_type::now();
  boost::asio::post(asio_scheduler::of(system).context(0),
                    [&looks] { looks.next(); });
  looks.done().wait();
  const auto took = ns_since(start, rounds);
  must(looks.found() == (hits ? rounds : 0));
  caf::anon_send_exit(desk, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(at[0].current(), caf::exit_reason::user_shutdown);
  at[0].replace({});
  return took;
}

}  // namespace

int main() {
  std::printf("  %-36s %9s\n", "", "ns");
  std::printf("  %-36s %9.0f\n", "decision, hit", decisions(true));
  std::printf("  %-36s %9.0f\n", "decision, miss", decisions(false));
  std::printf("  %-36s %9.0f\n", "desk, shard, desk: hit", trip(0, true));
  std::printf("  %-36s %9.0f\n", "desk, shard, desk: hit, leads",
              trip(60'000, true));
  std::printf("  %-36s %9.0f\n", "desk, shard, desk: miss", trip(0, false));
}
