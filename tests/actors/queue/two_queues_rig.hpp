// Two queues, `mail` and `sms`, with one store, that know one another, and of a
// third one, `push`, that is not on stage yet.

#pragma once

#include "tests/actors/queue/queue_rig.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::testing {

/// A reader that keeps what it has found until it is told to go on.
struct held_reads {
  std::vector<std::pair<read_ticket, record_pages>> found;
};

inline store_reader_actor::behavior_type
holding_reader(store_reader_actor::pointer, std::shared_ptr<store> where,
               std::shared_ptr<held_reads> to) {
  return {
      [where, to](atom::read, const read_ticket& t) {
        const auto reader = std::move(*where->open_reader());
        record_pages pages;
        for (const auto& range : t.matter())
          pages.push_back(*reader->read(range));
        to->found.emplace_back(t, std::move(pages));
      },
  };
}

class two_queues_rig : public queue_rig {
protected:
  two_queues_rig() {
    queue_directory places;
    places.try_emplace("mail");
    places.try_emplace("sms");
    places.try_emplace("push");
    queues = std::make_shared<const queue_directory>(std::move(places));
    start_writer();
    start_reader();
    start("sms");
    start("mail");
  }

  /// It is the one that is talked to from now on, as after `use`.
  void start(const std::string& name) {
    settings.name = name;
    start_queue();
    queues->at(name).queue.replace(at);
  }

  void use(const std::string& name) {
    settings.name = name;
    at = queues->at(name).queue.current();
  }

  void kill_queue(const std::string& name) {
    kill(queues->at(name).queue.current());
  }

  void restart(const std::string& name) {
    kill_queue(name);
    start(name);
  }

  /// From now on what is read waits in `reads`.
  void hold_reads() { reader.replace(spawn(holding_reader, where, reads)); }

  void let_read() {
    for (auto& [t, pages] : std::exchange(reads->found, {})) {
      t.answer(std::move(pages));
      settle();
    }
  }

  static flow_child child(const std::string& queue, new_job what = job(),
                          child_policy on_failure = child_policy::fail) {
    return {.queue = queue, .on_failure = on_failure, .job = std::move(what)};
  }

  static new_job parent(std::vector<flow_child> children) {
    auto j = job(R"("parent")");
    j.tenant = "acme";
    j.children = std::move(children);
    return j;
  }

  std::string add_to(const std::string& queue, new_job j) {
    use(queue);
    return add(std::move(j));
  }

  leased_jobs take_from(const std::string& queue, std::uint32_t max = 10) {
    use(queue);
    return take(max);
  }

  void complete(const std::string& queue, const leased_job& j,
                const std::string& result = {}) {
    use(queue);
    alter({change(job_verb::complete, j, result)});
  }

  void fail(const std::string& queue, const leased_job& j) {
    use(queue);
    auto c = change(job_verb::fail, j, "no");
    c.retry = retry_wish::never;
    alter({c});
  }

  job_state state_of(const std::string& queue, const std::string& id) {
    use(queue);
    const auto seen = look(id);
    return seen ? seen->state : job_state::count_;
  }

  queue_statistics status_of(const std::string& queue) {
    use(queue);
    return status();
  }

  children_ticket::result children(const std::string& queue,
                                   const std::string& id,
                                   std::uint32_t from = 0,
                                   std::uint32_t limit = 50) {
    use(queue);
    const auto said = send<children_ticket>(
        atom::children_v,
        children_query{
            .id = id, .tenant = "acme", .from = from, .limit = limit});
    settle();
    return *said ? **said : children_ticket::result{errc::count_};
  }

  /// Takes the only job that waits there, and completes it.
  void work_off(const std::string& queue, const std::string& result = {}) {
    const auto jobs = take_from(queue);
    ASSERT_EQ(jobs.size(), 1u) << queue;
    complete(queue, jobs[0], result);
  }

  /// Its only child has ended, and the job is done then.
  void expect_goes_on(const std::string& id) {
    const auto jobs = take_from("mail");
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_EQ(jobs[0].id, id);
    EXPECT_EQ(jobs[0].children, (child_counts{1, 0, 0}));
  }

  std::shared_ptr<held_reads> reads = std::make_shared<held_reads>();
};

}  // namespace troupe::testing
