// Whatever fails, dies or is too full: each occurrence of a schedule is one
// job, and none is missing, as long as no more are missed than are caught up.
//
// A queue with its store goes through seeded turns of fate: commits that fail,
// commits whose word is lost, deaths with what was not written. Jobs that are
// completed are forgotten at once, so that a second one of an id would be seen.

#include "tests/actors/queue/schedule_rig.hpp"

#include <map>
#include <random>
#include <set>

namespace troupe {
namespace {

using std::chrono::milliseconds;

class queue_schedule_property_test : public testing::schedule_rig,
                                     public ::testing::WithParamInterface<int> {
protected:
  queue_schedule_property_test() {
    settings.keep_completed = {};
    settings.max_waiting = 150;
    restart_queue();
  }

  unsigned draw(unsigned below) {
    return static_cast<unsigned>(dice_() % below);
  }

  static schedule_wish patient(schedule_wish w) {
    w.misfire = misfire_policy::all;
    w.catch_up_max = 100;
    return w;
  }

  schedule_wish by_cron() {
    auto w = hourly("cron");
    w.cron = "*/5 * * * * *";
    return patient(w);
  }

  schedule_wish by_interval() { return patient(every("interval", 700)); }

  void step() {
    switch (draw(16)) {
    case 0:
      moods->commits = errc::store_full;
      break;
    case 1:
    case 2:
      moods->commits.reset();
      break;
    case 3:
      hold_writes();
      break;
    case 4:
    case 5:
      decide();
      start_writer();
      break;
    case 6:
      crash();
      break;
    case 7:
      order_schedule(draw(2) == 0 ? by_cron() : by_interval());
      break;
    case 8:
    case 9:
      work();
      break;
    default:
      advance(milliseconds{draw(3'000)});
    }
  }

  /// What is held is stored or not, and the word of it comes or is lost.
  void decide() {
    for (auto& t : std::exchange(held->tickets, {})) {
      const bool is_stored = draw(3) != 0 && where->commit(t.matter());
      if (is_stored && draw(3) != 0)
        t.answer(committed{});
      else
        t.answer(errc::actor_lost);
      settle();
    }
  }

  /// Of what is held, the first batches are stored.
  void crash() {
    kill(at);
    for (auto& t : std::exchange(held->tickets, {}))
      if (draw(2) == 0 || !where->commit(t.matter()))
        break;
    start_writer();
    start_queue();
  }

  /// Completes what there is.
  void work() {
    const auto said = lease(0, 1'000);
    if (!*said || !**said)
      return;
    job_changes done;
    for (const auto& j : ***said) {
      births_[j.id].insert(j.created_at);
      done.push_back(change(job_verb::complete, j));
    }
    alter(std::move(done));
  }

  void heal() {
    moods->commits.reset();
    held->tickets.clear();
    start_writer();
    restart_queue();
    for (int i = 0; i < 60; ++i) {  // Leases that were forgotten end.
      advance(milliseconds{1'000});
      work();
    }
  }

  std::set<std::string> expected(job_time since) {
    std::set<std::string> ids;
    for (auto t = since + 700; t <= wall_clock(); t += 700)
      ids.insert(id_at("interval", t));
    for (auto t = since + 5'000; t <= wall_clock(); t += 5'000)
      ids.insert(id_at("cron", t));
    return ids;
  }

  std::mt19937_64 dice_{static_cast<std::uint64_t>(GetParam())};
  /// Of the jobs that came, by their ids.
  std::map<std::string, std::set<job_time>> births_;
};

TEST_P(queue_schedule_property_test, gives_every_occurrence_once) {
  arrange(by_cron());
  arrange(by_interval());
  for (int i = 0; i < 150; ++i)
    step();
  heal();
  std::set<std::string> came;
  for (const auto& [id, births] : births_) {
    came.insert(id);
    EXPECT_EQ(births.size(), 1u) << id << " came twice";
  }
  EXPECT_EQ(came, expected(today));
}

INSTANTIATE_TEST_SUITE_P(seeds, queue_schedule_property_test,
                         ::testing::Range(1, 41));

}  // namespace
}  // namespace troupe
