// A simulated node with two queues over one store, which tell each other of
// parents and children by post: letters take their time, come in the order in
// which they were sent, and the word that something was done may be lost. The
// node may die at any moment, with all letters and the batches under way.
//
// It does what the bodies of queues do (actors/queue/queue_flows.cpp).

#pragma once

#include "actors/queue/child_codec.hpp"
#include "tests/simulation/flow_oracle.hpp"
#include "tests/simulation/queue_node.hpp"

#include <array>
#include <map>

namespace troupe::test {

class flow_node {
public:
  using settings_ptr = queue_node::settings_ptr;

  flow_node(dice& chance, std::array<settings_ptr, 2> settings)
      : dice_(chance) {
    for (std::size_t i = 0; i < settings.size(); ++i)
      queues_[i].settings = std::move(settings[i]);
    start();
  }

  static constexpr std::size_t queues = 2;

  queue_book& book(std::size_t q) { return *queues_[q].book; }
  const std::string& name(std::size_t q) const {
    return queues_[q].settings->name;
  }

  void crash() {
    note("crash");
    post_ = {};
    for (auto& q : queues_) {
      q.book.reset();
      q.calls.clear();
      if (q.flight && dice_.chance(50))
        disk_.apply(q.flight->cut.batch);
      q.flight.reset();
    }
    now += dice_.span(20'000);
    if (dice_.chance(20))
      now += dice_.span(7'200'000) - 3'600'000;
    start();
    look_for_lost();
  }

  void go_on() {
    for (std::size_t q = 0; q < queues; ++q)
      if (queues_[q].flight && queues_[q].flight->lands_at <= now)
        land(q, !is_healed && dice_.chance(6));
    deliver();
    for (std::size_t q = 0; q < queues; ++q) {
      while (book(q).sweep(now)) {
      }
      run_errands(q);
      cut(q);
    }
  }

  /// Answered when all that was said so far is stored; or not.
  void when_stored(std::size_t q, std::function<void(bool)> answer) {
    const auto rides = book(q).rides();
    if (rides == 0)
      answer(true);
    else
      queues_[q].calls.push_back({rides, std::move(answer)});
  }

  job_time next() const {
    auto next = now + 5'000;
    for (const auto& q : queues_) {
      if (q.flight)
        next = std::min(next, q.flight->lands_at);
      else if (const auto due = q.book->next_call(now))
        next = std::min(next, *due);
    }
    for (const auto& line : post_)
      if (!line.empty())
        next = std::min(next, line.front().at);
    return std::max(now, next);
  }

  /// All has ended, is on disk and told.
  bool is_quiet() const {
    for (const auto& q : queues_) {
      const auto s = q.book->statistics(now);
      if (s.waiting + s.active + s.delayed + s.waiting_children != 0 || q.flight
          || !q.calls.empty() || q.book->rides() != 0
          || q.book->next_call(now).value_or(never) <= now + 1'000)
        return false;
    }
    return std::all_of(post_.begin(), post_.end(),
                       [](const auto& line) { return line.empty(); });
  }

  /// How many jobs have not ended, for people.
  std::string numbers() const {
    std::string out;
    for (const auto& q : queues_) {
      const auto s = q.book->statistics(now);
      out += "; " + s.name + ": waiting " + std::to_string(s.waiting)
             + ", delayed " + std::to_string(s.delayed) + ", active "
             + std::to_string(s.active) + ", waiting_children "
             + std::to_string(s.waiting_children);
    }
    return out;
  }

  /// Where the job of that id is, if it is anywhere.
  std::optional<job_view> find(std::size_t q, const std::string& id) {
    job_query query;
    query.id = id;
    auto plan = book(q).view(query);
    if (!plan)
      return {};
    return std::move(plan->page.jobs.front());
  }

  std::vector<job_view> all(std::size_t q) {
    job_query query;
    query.any_state = true;
    query.limit = 1'000;
    return book(q).view(query)->page.jobs;
  }

  /// What the disk has of a job's children.
  std::vector<child_record> children(std::size_t q, job_number parent) const {
    std::vector<child_record> out;
    for (const auto& r : records_of(q, parent))
      out.push_back(*read_child(r.value));
    return out;
  }

  /// No child is gone whose parent does not know how it ended.
  void look_for_lost() {
    for (std::size_t q = 0; q < queues; ++q)
      for (const auto& parent : all(q)) {
        if (parent.children.total == 0 || !placed_[q].contains(parent.number))
          continue;
        for (const auto& child : children(q, parent.number))
          flow_oracle::demand(
              child.view.ended
                  || find(index_of(child.view.queue), child.view.id),
              "is forgotten, and its parent does not know", child.view.id);
      }
  }

  std::size_t index_of(const std::string& queue) const {
    return queue == name(0) ? 0 : 1;
  }

  void note(const std::string& what) {
    log_.push_back(std::to_string(now - queue_node::birth) + ' ' + what);
    if (log_.size() > 300)
      log_.pop_front();
  }

  std::string log() const {
    std::string all;
    for (const auto& line : log_)
      all += line + '\n';
    return all;
  }

  job_time now = queue_node::birth;
  flow_oracle oracle;
  bool is_healed = false;  ///< Commits fail no more, no word is lost.

private:
  static constexpr auto never = std::numeric_limits<job_time>::max();

  struct call {
    std::uint64_t rides = 0;
    std::function<void(bool)> answer;
  };
  struct batch_under_way {
    cut_batch cut;
    job_time lands_at = 0;
  };
  struct member {
    settings_ptr settings;
    std::unique_ptr<queue_book> book;
    std::optional<batch_under_way> flight;
    std::vector<call> calls;
  };
  struct letter {
    job_time at = 0;
    std::function<void()> open;
  };

  void start() {
    for (std::size_t q = 0; q < queues; ++q) {
      auto& to = queues_[q];
      to.book = std::make_unique<queue_book>(
          to.settings, queue_book_options{dice_.draw(~0ull)});
      const auto whole = [](const caf::expected<void>& loaded) {
        if (!loaded)
          throw broken_promise("the queue cannot read what it wrote");
      };
      for (const auto& r : disk_.all_of(to.book->spaces().queue))
        whole(to.book->load_state(r));
      for (const auto& r : disk_.all_of(to.book->spaces().jobs))
        whole(to.book->load(r, now));
      to.book->begin(now);
      cut(q);
    }
  }

  void cut(std::size_t q) {
    if (queues_[q].flight)
      return;
    if (auto batch = book(q).cut(now))
      queues_[q].flight =
          batch_under_way{std::move(*batch), now + dice_.span(60)};
  }

  void land(std::size_t q, bool fails) {
    const auto landed = std::move(*queues_[q].flight);
    queues_[q].flight.reset();
    if (!fails)
      disk_.apply(landed.cut.batch);
    note(name(q) + (fails ? ": a commit fails" : ": a commit"));
    const auto why = fails ? caf::make_error(errc::store_failed) : caf::error{};
    book(q).settle(landed.cut.number, why, now);
    auto calls = std::exchange(queues_[q].calls, {});
    for (auto& c : calls)
      if (fails || c.rides <= landed.cut.number)
        c.answer(!fails);
      else
        queues_[q].calls.push_back(std::move(c));
    if (dice_.chance(10))
      look_for_lost();
  }

  // -- the post ---------------------------------------------------------------

  void send(std::size_t from, std::size_t to, std::function<void()> open) {
    auto& line = post_[from * queues + to];
    auto at = now + dice_.span(dice_.chance(10) ? 3'000 : 50);
    if (!line.empty())
      at = std::max(at, line.back().at);
    line.push_back({at, std::move(open)});
  }

  void deliver() {
    for (auto& line : post_)
      while (!line.empty() && line.front().at <= now) {
        const auto open = std::move(line.front().open);
        line.pop_front();
        open();
      }
  }

  /// What the other one hears of it; that it was in vain, perhaps, when it was
  /// not.
  void answer(std::size_t from, std::size_t to, bool is_done,
              const std::function<void(caf::error)>& hear) {
    const auto is_heard = is_done && (is_healed || !dice_.chance(10));
    send(from, to, [hear, is_heard] {
      hear(is_heard ? caf::error{} : caf::make_error(errc::actor_lost));
    });
  }

  // -- errands ----------------------------------------------------------------

  void run_errands(std::size_t q) {
    const auto errands = book(q).errands(now);
    for (const auto parent : errands.parents) {
      auto found = records_of(q, parent);  // A look at the disk takes a while.
      send(q, q, [this, q, parent, found = std::move(found)] {
        place(q, parent, found);
      });
    }
    for (const auto& child : errands.children)
      tell(q, child);
  }

  std::vector<record> records_of(std::size_t q, job_number parent) const {
    return disk_.read(
        range_of_children(queues_[q].book->spaces(), parent, 0, children_max));
  }

  void place(std::size_t q, job_number parent,
             const std::vector<record>& found) {
    job_query query;
    query.any_state = true;
    query.after = parent - 1;
    query.limit = 1;
    const auto seen = book(q).view(query)->page.jobs;
    if (seen.empty() || seen.front().number != parent)
      return;  // It was removed meanwhile.
    std::map<std::string, new_jobs> by_queue;
    for (const auto& r : found) {
      auto child = read_child(r.value);
      const auto index = index_of_child(r.key);
      if (!child->job || !book(q).awaits(parent, index))
        continue;
      child->job->parent = job_parent{.queue = name(q),
                                      .number = parent,
                                      .id = seen.front().id,
                                      .index = index,
                                      .on_failure = child->view.on_failure};
      by_queue[child->view.queue].push_back(std::move(*child->job));
    }
    struct outcome {
      std::size_t open = 0;
      caf::error why;
    };
    auto out = std::make_shared<outcome>();
    out->open = by_queue.size();
    const auto end = [this, q, parent, out] {
      note(name(q) + ": placed " + std::to_string(parent)
           + (out->why ? " in vain" : ""));
      if (!out->why)
        placed_[q].insert(parent);
      book(q).placed(parent, out->why, now);
    };
    if (by_queue.empty())
      end();
    for (auto& [to_name, jobs] : by_queue) {
      const auto to = index_of(to_name);
      const auto hear = [out, end](caf::error why) {
        if (why)
          out->why = std::move(why);
        if (--out->open == 0)
          end();
      };
      send(q, to, [this, q, to, jobs = std::move(jobs), hear] {
        if (!book(to).add(jobs, now))
          answer(to, q, false, hear);
        else
          when_stored(
              to, [this, q, to, hear](bool ok) { answer(to, q, ok, hear); });
      });
    }
  }

  void tell(std::size_t q, const ended_child& child) {
    auto report = child.report;
    const auto& spaces = book(q).spaces();
    const auto key = static_cast<std::int64_t>(child.number);
    const auto found =
        disk_.read({.space = spaces.jobs, .from = key, .to = key});
    flow_oracle::demand(!found.empty()
                            && found.front().value.find(R"("fa":)")
                                   != std::string::npos,
                        "is told of, and not on disk", report.id);
    if (child.has_result)
      report.result = shared_bytes{
          disk_.read(range_of(spaces, child.number, job_paper::result))
              .at(0)
              .value};
    note(name(q) + ": tells of " + report.id + ' '
         + std::string{name_of(report.state)});
    oracle.ended(report.id, report.state);
    const auto to = index_of(report.parent.queue);
    const auto hear = [this, q, child](const caf::error& why) {
      book(q).reported(child, why, now);
    };
    send(q, to, [this, q, to, report, hear] {
      if (!book(to).hear({report}, now))
        answer(to, q, false, hear);
      else
        when_stored(to,
                    [this, q, to, hear](bool ok) { answer(to, q, ok, hear); });
    });
  }

  dice& dice_;
  model_store disk_;
  std::array<member, queues> queues_;
  std::array<std::deque<letter>, queues * queues> post_;
  std::array<std::set<job_number>, queues> placed_;
  std::deque<std::string> log_;
};

}  // namespace troupe::test
