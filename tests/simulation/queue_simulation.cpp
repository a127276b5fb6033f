// Thousands of schedules of one queue, its clients, workers and operators, in
// virtual time: commits that fail or whose end nobody hears, a node that dies
// at any moment and loses what was not stored, workers that die, or fall asleep
// and speak up late with an old token, a clock that jumps when it starts again.
// In the end everything heals, and all has to come to its end.
//
// What must hold is in queue_oracle.hpp; how it is run, in seeds.hpp.

#include "tests/simulation/queue_node.hpp"
#include "tests/simulation/seeds.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace troupe;
using namespace troupe::test;

class simulation {
public:
  explicit simulation(std::uint64_t seed)
      : dice_(seed), node_(dice_, make_settings(dice_)) {}

  void run() {
    for (int i = 0; i < 200; ++i) {
      step();
      node_.go_on();
    }
    heal();
  }

  std::string log() const { return node_.log(); }

private:
  struct hand {  // What a worker holds, or once held.
    job_number number = 0;
    std::string id;
    std::string tenant;
    std::string token;
  };

  static queue_node::settings_ptr make_settings(dice& d) {
    auto s = std::make_shared<config::queue_settings>();
    s->name = "jobs";
    s->concurrency = 1 + static_cast<std::uint32_t>(d.draw(6));
    s->group_concurrency = static_cast<std::uint32_t>(d.draw(3));
    s->rate = {d.draw(2) * (1 + d.draw(20)), std::chrono::seconds{1}};
    s->group_rate = {d.draw(2) * (1 + d.draw(5)),
                     std::chrono::milliseconds{500}};
    s->aging = std::chrono::milliseconds{100 + d.span(20'000)};
    s->timeout =
        std::chrono::milliseconds{d.draw(2) * (5'000 + d.draw(60'000))};
    s->weights = {{"a", 3}};
    s->keep_completed = s->keep_failed =
        s->keep_dead = {1'000'000, std::chrono::hours{24 * 3'650}};
    return s;
  }

  // -- what happens -----------------------------------------------------------

  void step() {
    const auto what = dice_.draw(100);
    if (what < 25)
      node_.now += dice_.span(dice_.chance(10) ? 20'000 : 400);
    else if (what < 45)
      add();
    else if (what < 65)
      lease(2);
    else if (what < 85)
      speak();
    else if (what < 90)
      fall_asleep();
    else if (what < 98)
      operate();
    else
      node_.crash();
  }

  new_job wish() {
    new_job j;
    j.tenant = dice_.chance(70) ? "t" : "u";
    j.group = dice_.chance(50) ? "" : dice_.chance(50) ? "a" : "b";
    j.data = shared_bytes{std::string{"{}"}};
    if (dice_.chance(50))
      j.priority = static_cast<std::uint8_t>(dice_.draw(3) * 5);
    if (dice_.chance(15))
      j.delay_ms = dice_.draw(30'000);
    if (dice_.chance(20))
      j.id = "id-" + std::to_string(dice_.draw(30));
    if (dice_.chance(30))
      j.attempts = 1 + static_cast<std::uint32_t>(dice_.draw(4));
    if (dice_.chance(15))
      j.dedup = job_dedup{dice_.chance(50) ? "k" : "l",
                          static_cast<dedup_mode>(dice_.draw(4)),
                          1 + dice_.draw(9'000)};
    return j;
  }

  void add() {
    new_jobs wishes(1 + dice_.draw(3));
    for (auto& w : wishes)
      w = wish();
    const auto added = node_.book().add(wishes, node_.now);
    if (!added)
      return;
    std::vector<job_number> fresh;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      if (added->receipts[i].duplicate)
        continue;
      const auto& w = wishes[i];
      const auto number = added->numbers[i];
      auto& job = node_.oracle.added(number);
      job.id = added->receipts[i].id;
      job.tenant = w.tenant;
      job.group = w.group;
      job.priority = w.priority.value_or(node_.settings().priority);
      job.added_at = node_.now;
      job.is_plain = w.delay_ms == 0 && !w.dedup;
      fresh.push_back(number);
      node_.note("adds " + std::to_string(number) + ' ' + w.tenant + '/'
                 + w.group + " at " + std::to_string(job.priority));
    }
    node_.when_stored([this, fresh](bool ok) {
      for (const auto n : fresh)
        node_.oracle.jobs.at(n).is_acknowledged |= ok;
    });
  }

  void lease(std::uint32_t max) {
    lease_wish w;
    w.worker = "w" + std::to_string(dice_.draw(5));
    w.max = 1 + static_cast<std::uint32_t>(dice_.draw(max));
    if (dice_.chance(20))
      w.tenant = "u";
    for (auto& taken : node_.book().take(w, node_.now)) {
      node_.oracle.leased(taken, node_.now);
      node_.note("leases " + std::to_string(taken.number) + ' '
                 + taken.job.token);
      awake_.push_back(
          {taken.number, taken.job.id, taken.job.tenant, taken.job.token});
    }
  }

  /// A worker, or one that was thought to be gone.
  void speak() {
    auto& whose = !asleep_.empty() && dice_.chance(30) ? asleep_ : awake_;
    if (whose.empty())
      return;
    const auto at = dice_.draw(whose.size());
    const auto h = whose[at];
    const auto verb = std::vector{job_verb::complete, job_verb::complete,
                                  job_verb::fail,     job_verb::heartbeat,
                                  job_verb::progress, job_verb::checkpoint,
                                  job_verb::release}[dice_.draw(7)];
    // Who has said his last word may say it again: the answer may be lost.
    if (verb <= job_verb::fail || verb == job_verb::release) {
      whose.erase(whose.begin() + static_cast<std::ptrdiff_t>(at));
      if (dice_.chance(30))
        asleep_.push_back(h);
    }
    say(h, verb);
  }

  void say(const hand& h, job_verb verb) {
    job_change c;
    c.verb = verb;
    c.id = h.id;
    c.tenant = h.tenant;
    c.token = h.token;
    c.value = shared_bytes{std::string{"1"}};
    c.retry = dice_.chance(10) ? retry_wish::never : retry_wish::as_usual;
    const auto said = node_.book().change(c, node_.now);
    node_.note(std::string{name_of(verb)} + ' ' + std::to_string(h.number) + ' '
               + h.token
               + (said ? " " + std::string{name_of(said->refused)} : ""));
    if (!said || said->refused != job_refusal::none)
      return;
    node_.oracle.accepted(h.number, h.token, node_.now);
    if (verb != job_verb::complete)
      return;
    node_.oracle.jobs.at(h.number).may_be_completed = true;
    node_.when_stored([this, h](bool ok) {
      if (ok)
        node_.oracle.completed(h.number, h.token);
    });
  }

  void fall_asleep() {
    if (awake_.empty())
      return;
    const auto at = dice_.draw(awake_.size());
    node_.note("sleeps on " + std::to_string(awake_[at].number));
    asleep_.push_back(awake_[at]);
    awake_.erase(awake_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void operate() {
    if (dice_.chance(25)) {
      queue_order o;
      o.verb = dice_.chance(30) ? queue_verb::pause : queue_verb::resume;
      node_.book().order(o, node_.now);
      return;
    }
    if (node_.oracle.jobs.empty())
      return;
    const auto& [drawn, job] = *std::next(
        node_.oracle.jobs.begin(),
        static_cast<std::ptrdiff_t>(dice_.draw(node_.oracle.jobs.size())));
    job_change c;
    c.verb = std::vector{job_verb::cancel, job_verb::promote, job_verb::adjust,
                         job_verb::retry, job_verb::remove}[dice_.draw(5)];
    c.id = job.id;
    c.tenant = job.tenant;
    c.priority = static_cast<std::uint8_t>(dice_.draw(11));
    if (c.verb != job_verb::remove || dice_.chance(20))
      alter(c);
  }

  /// Whichever job has that id by now.
  void alter(const job_change& c) {
    job_query q;
    q.id = c.id;
    q.tenant = c.tenant;
    const auto found = node_.book().view(q);
    if (!found)
      return;
    const auto number = found->page.jobs.front().number;
    if (c.verb == job_verb::retry
        && node_.oracle.jobs.at(number).may_be_completed)
      return;  // It would be completed twice, rightly.
    const auto said = node_.book().change(c, node_.now);
    node_.note(std::string{name_of(c.verb)} + ' ' + std::to_string(number));
    if (!said || said->refused != job_refusal::none)
      return;
    auto& job = node_.oracle.jobs.at(number);
    job.is_plain = false;
    if (c.verb != job_verb::remove)
      return;
    job.may_be_removed = true;
    node_.when_stored([this, number](bool ok) {
      node_.oracle.jobs.at(number).is_removed |= ok;
    });
  }

  // -- the end ----------------------------------------------------------------

  /// Nothing goes wrong any more, and good workers do what is left.
  void heal() {
    node_.is_healed = true;
    if (dice_.chance(50))
      node_.crash();
    queue_order o;
    o.verb = queue_verb::resume;
    node_.book().order(o, node_.now);
    const auto rounds = 2'000 + 60 * node_.oracle.jobs.size();
    for (std::size_t i = 0; i < rounds && !node_.is_quiet(); ++i) {
      lease(8);
      for (const auto& h : std::exchange(awake_, {}))
        say(h, job_verb::complete);
      node_.go_on();
      node_.now = node_.next();
    }
    if (!node_.is_quiet())
      throw broken_promise("the queue does not come to rest");
    node_.oracle.count(node_.book(), true);
    node_.crash();
    node_.oracle.count(node_.book(), true);
  }

  dice dice_;
  queue_node node_;
  std::vector<hand> awake_;
  std::vector<hand> asleep_;  // May yet speak.
};

}  // namespace

int main(int argc, char** argv) {
  return run_seeds<simulation>("queue_simulation", 2'000, argc, argv);
}
