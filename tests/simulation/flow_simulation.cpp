// Thousands of schedules of flows between two queues of a node, in virtual
// time: commits that fail, words that are lost, letters that take seconds, a
// node that dies at any moment, workers that fail or fall silent, operators
// that cancel, promote, redrive, remove, drain and purge what they find. In the
// end everything heals, and all has to come to its end.
//
// What must hold is in flow_oracle.hpp; how it is run, in seeds.hpp.

#include "tests/simulation/flow_node.hpp"
#include "tests/simulation/seeds.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
      : dice_(seed), node_(dice_, {make_settings(dice_, "left"),
                                   make_settings(dice_, "right")}) {}

  void run() {
    for (int i = 0; i < 300; ++i) {
      step();
      node_.go_on();
    }
    heal();
  }

  std::string log() const { return node_.log(); }

private:
  struct hand {  // What a worker holds.
    std::size_t queue = 0;
    std::string id;
    std::string token;
  };

  static flow_node::settings_ptr make_settings(dice& d, const char* name) {
    auto s = std::make_shared<config::queue_settings>();
    s->name = name;
    s->concurrency = 1'000;
    s->rate.max = 0;
    s->backoff.delay = std::chrono::milliseconds{200};
    s->max_waiting = d.chance(20) ? 6 : 1'000;
    const auto keep = [&d] {
      return d.chance(50)
                 ? config::keep_settings{1'000'000,
                                         std::chrono::hours{24 * 3'650}}
                 : config::keep_settings{
                     d.draw(3), std::chrono::milliseconds{1 + d.draw(60'000)}};
    };
    s->keep_completed = keep();
    s->keep_failed = keep();
    s->keep_dead = keep();
    return s;
  }

  // -- what happens -----------------------------------------------------------

  void step() {
    const auto what = dice_.draw(100);
    if (what < 30)
      node_.now += dice_.span(dice_.chance(5) ? 20'000 : 300);
    else if (what < 42)
      add();
    else if (what < 62)
      lease();
    else if (what < 86)
      speak();
    else if (what < 95)
      alter();
    else if (what < 97)
      order();
    else
      node_.crash();
  }

  new_job wish(int generations) {
    new_job j;
    j.data = shared_bytes{std::string{"{}"}};
    j.attempts = 1 + static_cast<std::uint32_t>(dice_.draw(2));
    if (dice_.chance(10))
      j.delay_ms = dice_.draw(5'000);
    if (generations == 0)
      return j;
    for (auto i = dice_.draw(4); i > 0; --i)
      j.children.push_back(
          {.queue = node_.name(dice_.draw(flow_node::queues)),
           .on_failure = static_cast<child_policy>(dice_.draw(3)),
           .job = wish(generations - 1)});
    return j;
  }

  void add() {
    const auto q = dice_.draw(flow_node::queues);
    new_jobs wishes(1 + dice_.draw(2));
    for (auto& w : wishes) {
      w = wish(static_cast<int>(dice_.draw(4)));
      if (dice_.chance(20))
        w.id = "id-" + std::to_string(dice_.draw(10));
    }
    const auto added = node_.book(q).add(wishes, node_.now);
    if (!added)
      return;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      const auto& said = added->receipts[i];
      if (said.duplicate)
        continue;
      node_.note(node_.name(q) + ": adds " + said.id);
      node_.oracle.added(node_.name(q), said.number, said.id, wishes[i], false);
    }
  }

  void lease() {
    const auto q = dice_.draw(flow_node::queues);
    lease_wish w;
    w.max = 1 + static_cast<std::uint32_t>(dice_.draw(3));
    for (auto& taken : node_.book(q).take(w, node_.now)) {
      node_.note(node_.name(q) + ": leases " + taken.job.id);
      node_.oracle.begun(node_.name(q), taken);
      hands_.push_back({q, taken.job.id, taken.job.token});
    }
  }

  void speak() {
    if (hands_.empty())
      return;
    const auto at = dice_.draw(hands_.size());
    const auto h = hands_[at];
    hands_.erase(hands_.begin() + static_cast<std::ptrdiff_t>(at));
    if (!dice_.chance(8))  // Or it is never heard of again.
      say(h, dice_.chance(70) ? job_verb::complete : job_verb::fail);
  }

  void say(const hand& h, job_verb verb) {
    job_change c;
    c.verb = verb;
    c.id = h.id;
    c.token = h.token;
    c.value = shared_bytes{'"' + h.id + '"'};
    c.retry = dice_.chance(30) ? retry_wish::never : retry_wish::as_usual;
    if (const auto said = node_.book(h.queue).change(c, node_.now))
      node_.note(node_.name(h.queue) + ": " + std::string{name_of(verb)} + ' '
                 + h.id + ' ' + std::string{name_of(said->refused)});
  }

  void alter() {
    const auto q = dice_.draw(flow_node::queues);
    const auto all = node_.all(q);
    if (all.empty())
      return;
    job_change c;
    c.id = all[dice_.draw(all.size())].id;
    c.verb = std::vector{job_verb::cancel, job_verb::promote, job_verb::retry,
                         job_verb::retry, job_verb::remove}[dice_.draw(5)];
    const auto said = node_.book(q).change(c, node_.now);
    if (!said || said->refused != job_refusal::none)
      return;
    node_.note(node_.name(q) + ": " + std::string{name_of(c.verb)} + ' '
               + c.id);
    const auto parent = node_.oracle.parents.find(node_.name(q) + '/' + c.id);
    if (c.verb == job_verb::promote && parent != node_.oracle.parents.end())
      parent->second.is_promoted = true;
  }

  void order() {
    const auto q = dice_.draw(flow_node::queues);
    queue_order o;
    o.verb = std::vector{queue_verb::drain, queue_verb::clean,
                         queue_verb::redrive, queue_verb::purge}[dice_.draw(4)];
    o.state = dice_.chance(50) ? job_state::failed : job_state::completed;
    o.limit = 1 + dice_.draw(4);
    node_.book(q).order(o, node_.now);
    node_.note(node_.name(q) + ": " + std::string{name_of(o.verb)});
  }

  // -- the end ----------------------------------------------------------------

  /// What is refused is tried again each second: of a clock that was set back
  /// by minutes not each of these is looked at.
  static constexpr job_time patience = 500;

  /// Nothing goes wrong any more, and good workers do what is left.
  void heal() {
    node_.is_healed = true;
    if (dice_.chance(50))
      node_.crash();
    for (int i = 0; i < 20'000 && !node_.is_quiet(); ++i) {
      lease();
      for (const auto& h : std::exchange(hands_, {}))
        say(h, job_verb::complete);
      node_.go_on();
      if (i % 4 == 3)
        node_.now = std::max(node_.next(), node_.now + patience);
    }
    if (!node_.is_quiet())
      throw broken_promise("the queues do not come to rest" + node_.numbers());
    for (int i = 0; i < 2; ++i) {
      for (std::size_t q = 0; q < flow_node::queues; ++q)
        for (const auto& job : node_.all(q))
          look_at(q, job);
      node_.crash();
    }
  }

  void look_at(std::size_t q, const job_view& job) {
    const auto demand = flow_oracle::demand;
    demand(queue_oracle::has_ended(job.state), "never ends", job.id);
    if (job.error.starts_with("child "))
      node_.oracle.failed_with_child(node_.name(q) + '/' + job.id);
    if (job.children.total == 0)
      return;
    demand(job.children.pending == 0, "does not know of all its children",
           job.id);
    std::uint32_t failed = 0;
    const auto children = node_.children(q, job.number);
    demand(children.size() == job.children.total, "has lost records", job.id);
    for (const auto& [view, spec] : children) {
      demand(view.ended, "ends, and its record does not say so", view.id);
      failed += view.state != job_state::completed;
      if (view.state == job_state::completed)
        demand(view.result.view() == '"' + view.id + '"', "has lost its result",
               view.id);
      const auto child = node_.find(node_.index_of(view.queue), view.id);
      demand(!child || child->state == view.state,
             "ends otherwise than its parent thinks", view.id);
    }
    demand(job.children.failed == failed, "counts wrong", job.id);
  }

  dice dice_;
  flow_node node_;
  std::vector<hand> hands_;
};

}  // namespace

int main(int argc, char** argv) {
  return run_seeds<simulation>("flow_simulation", 500, argc, argv);
}
