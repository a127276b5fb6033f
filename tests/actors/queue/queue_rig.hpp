// A queue with its store: real ones, in virtual time, on a disk that can be
// told to fail.

#pragma once

#include "actors/queue/queue.hpp"
#include "runtime/store/sqlite_store.hpp"
#include "runtime/store/store_reader.hpp"
#include "runtime/store/store_writer.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/scratch.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::testing {

/// What a disk is told to do.
struct disk_moods {
  std::optional<errc> commits;  ///< Fail like that.
  std::optional<errc> reads;    ///< Likewise.
  int committed = 0;            ///< Batches that were not empty.
};

/// Reads from a real store, unless it is told not to.
class moody_reader final : public store_reader {
public:
  moody_reader(std::unique_ptr<store_reader> real,
               std::shared_ptr<disk_moods> moods)
      : real_(std::move(real)), moods_(std::move(moods)) {}

  caf::expected<records> read(const record_range& range) override {
    if (moods_->reads)
      return caf::make_error(*moods_->reads, std::string{"told so"});
    return real_->read(range);
  }

private:
  std::unique_ptr<store_reader> real_;
  std::shared_ptr<disk_moods> moods_;
};

/// A real store, unless it is told to fail.
class moody_store final : public store {
public:
  moody_store(const std::filesystem::path& file,
              std::shared_ptr<disk_moods> moods)
      : moods_(std::move(moods)) {
    auto opened = open_sqlite_store(file);
    if (!opened)
      throw std::runtime_error("no store in " + file.string());
    real_ = std::move(*opened);
  }

  caf::expected<void> commit(const store_batch& batch) override {
    if (moods_->commits)
      return caf::make_error(*moods_->commits, std::string{"told so"});
    moods_->committed += batch.empty() ? 0 : 1;
    return real_->commit(batch);
  }

  caf::expected<std::unique_ptr<store_reader>> open_reader() override {
    auto opened = real_->open_reader();
    if (!opened)
      return opened.error();
    return std::unique_ptr<store_reader>{
        std::make_unique<moody_reader>(std::move(*opened), moods_)};
  }

  caf::expected<void> tidy() override { return real_->tidy(); }
  caf::expected<void> check() override { return real_->check(); }
  caf::expected<void> back_up(const std::filesystem::path& to) override {
    return real_->back_up(to);
  }

private:
  std::unique_ptr<store> real_;
  std::shared_ptr<disk_moods> moods_;
};

/// A writer that keeps what it is given until it is told to go on.
struct held_batches {
  std::vector<commit_ticket> tickets;

  /// Those that have something to write.
  std::size_t size() const {
    std::size_t result = 0;
    for (const auto& t : tickets)
      result += t.matter().empty() ? 0 : 1;
    return result;
  }
};

inline store_writer_actor::behavior_type
holding_writer(store_writer_actor::pointer, std::shared_ptr<held_batches> to) {
  return {
      [to](atom::commit, const commit_ticket& t) { to->tickets.push_back(t); },
      [](atom::backup, const backup_ticket&) {},
      [](atom::flush) {},
  };
}

class queue_rig : public actor_test {
protected:
  template <class Ticket>
  using heard = std::shared_ptr<std::optional<typename Ticket::result>>;

  queue_rig() {
    where = std::make_shared<moody_store>(directory.path() / "jobs.db", moods);
    settings.name = "mail";
    settings.concurrency = 1'000'000;
    settings.rate.max = 0;
    settings.backoff.jitter = 0;
  }

  /// Brings the store's actors on stage, and a queue.
  void begin() {
    start_writer();
    start_reader();
    start_queue();
  }

  void start_writer() {
    const auto hdl = spawn(
        store_writer,
        store_writer_deps{
            where,
            {catalog.histogram(metric::store_commit_seconds, {}, {1}),
             catalog.counter(metric::store_changes_total, {}),
             catalog.counters(metric::store_failures_total, {},
                              label_values<errc>(
                                  {errc::overloaded, errc::store_full,
                                   errc::store_corrupt, errc::store_failed}))},
            {}});
    writer.replace(hdl);
  }

  void start_reader() {
    reader.replace(spawn(store_reading, store_reader_deps{where}));
  }

  /// From now on what is written waits in `held`.
  void hold_writes() { writer.replace(spawn(holding_writer, held)); }

  /// Writes what was held, in its order.
  void let_write() {
    for (auto& t : std::exchange(held->tickets, {})) {
      auto done = where->commit(t.matter());
      t.answer(done ? commit_ticket::result{committed{}}
                    : commit_ticket::result{done.error()});
      settle();
    }
  }

  queue_deps deps() {
    return {.settings =
                std::make_shared<const config::queue_settings>(settings),
            .writer = writer,
            .reader = reader,
            .queues = queues,
            .no_store = {},
            .metrics = queue_metrics{catalog, settings.name},
            .seed = 1,
            .wall = [this] {
              return wall_clock();
            }};
  }

  void start_queue() { at = spawn(queue, deps()); }

  template <class Handle>
  void kill(const Handle& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::kill);
    settle();
  }

  void restart_queue() {
    kill(at);
    start_queue();
  }

  // -- what is asked

  template <class Ticket, class Verb, class Matter>
  heard<Ticket> send(Verb verb, Matter matter) {
    auto to = std::make_shared<std::optional<typename Ticket::result>>();
    const Ticket t{std::move(matter), [to](typename Ticket::result&& r) {
                     *to = std::move(r);
                   }};
    caf::anon_send(at, verb, t);
    return to;
  }

  heard<enqueue_ticket> enqueue(new_jobs jobs) {
    auto to = send<enqueue_ticket>(atom::enqueue_v, std::move(jobs));
    settle();
    return to;
  }

  heard<work_ticket> lease(std::uint64_t wait_ms = 0, std::uint32_t max = 1) {
    lease_wish w;
    w.worker = "w";
    w.wait_ms = wait_ms;
    w.max = max;
    auto to = send<work_ticket>(atom::lease_v, std::move(w));
    settle();
    return to;
  }

  heard<alter_ticket> alter(job_changes changes) {
    auto to = send<alter_ticket>(atom::alter_v, std::move(changes));
    settle();
    return to;
  }

  heard<view_ticket> view(const std::string& id) {
    job_query q;
    q.id = id;
    auto to = send<view_ticket>(atom::view_v, std::move(q));
    settle();
    return to;
  }

  heard<follow_ticket> follow(const std::string& id, std::uint64_t after = 0,
                              std::uint64_t wait_ms = 0) {
    events_wish w;
    w.id = id;
    w.after = after;
    w.wait_ms = wait_ms;
    auto to = send<follow_ticket>(atom::follow_v, std::move(w));
    settle();
    return to;
  }

  heard<order_ticket> order(queue_verb verb) {
    queue_order o;
    o.verb = verb;
    auto to = send<order_ticket>(atom::order_v, std::move(o));
    settle();
    return to;
  }

  queue_statistics status() {
    return *ask<queue_statistics>(at, atom::status_v);
  }

  // -- in short

  static new_job job(const std::string& data = "{}") {
    new_job j;
    j.data = shared_bytes{data};
    return j;
  }

  /// Adds one, and returns its id, or the error's name.
  std::string add(new_job j = job()) {
    const auto said = enqueue({std::move(j)});
    if (!*said)
      return "unanswered";
    return **said ? (**said)->front().id
                  : std::string{name_of(code_of(**said))};
  }

  /// Leases what there is now.
  leased_jobs take(std::uint32_t max = 1) {
    const auto said = lease(0, max);
    EXPECT_TRUE(*said && **said);
    return *said && **said ? ***said : leased_jobs{};
  }

  /// Says something into the stream of a job.
  static job_change say(const leased_job& of, const std::string& what) {
    auto c = change(job_verb::append, of, what);
    c.event = "token";
    return c;
  }

  static job_change change(job_verb verb, const leased_job& of,
                           const std::string& value = {}) {
    job_change c;
    c.verb = verb;
    c.id = of.id;
    c.token = of.token;
    if (!value.empty())
      c.value = shared_bytes{value};
    return c;
  }

  /// Changes one job; nothing if that is not answered, or with an error.
  std::optional<change_receipt> alter_one(job_change c) {
    const auto said = alter({std::move(c)});
    if (!*said || !**said)
      return std::nullopt;
    return (**said)->front();
  }

  std::optional<job_view> look(const std::string& id) {
    const auto said = view(id);
    if (!*said || !**said || (**said)->jobs.empty())
      return std::nullopt;
    return (**said)->jobs.front();
  }

  double counted(job_event_kind what) {
    return catalog
        .counter(metric::jobs_total,
                 {settings.name, std::string{name_of(what)}})
        .Value();
  }

  scratch directory;
  std::shared_ptr<disk_moods> moods = std::make_shared<disk_moods>();
  std::shared_ptr<store> where;
  std::shared_ptr<held_batches> held = std::make_shared<held_batches>();
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  config::queue_settings settings;
  job_time wall = 1'700'000'000'000;
  /// Stands still unless a test has it go.
  std::function<job_time()> wall_clock = [this] {
    return wall;
  };
  address<store_writer_actor> writer;
  address<store_reader_actor> reader;
  queue_directory_ptr queues;  // Null: this one is alone.
  queue_actor at;
};

}  // namespace troupe::testing
