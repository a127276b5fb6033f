// Two queues whose books tell each other of parents and children: what bodies
// do for them, step by step, and with a step left out where a test wants that.

#pragma once

#include "actors/queue/child_codec.hpp"
#include "tests/actors/queue/book_rig.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe::testing {

class flow_rig {
public:
  explicit flow_rig(config::queue_settings s = book_rig::usual())
      : mail(s), thumbs(named(s, "thumbs")) {}

  /// All that can be said is said.
  void talk() {
    for (;;) {
      auto of_mail = mail.book->errands(mail.now);
      auto of_thumbs = thumbs.book->errands(thumbs.now);
      if (of_mail.empty() && of_thumbs.empty())
        return;
      carry(mail, of_mail);
      carry(thumbs, of_thumbs);
    }
  }

  void carry(book_rig& q, const flow_errands& errands) {
    for (const auto parent : errands.parents) {
      place(q, parent);
      q.book->placed(parent, {}, q.now);
    }
    for (const auto& child : errands.children) {
      tell(q, child);
      q.book->reported(child, {}, q.now);
    }
    q.write();
  }

  /// Adds the children of that job to their queues, but does not say so.
  void place(book_rig& q, job_number parent) {
    const auto view = view_of(q, parent);
    const auto range =
        range_of_children(q.book->spaces(), parent, 0, children_max);
    for (const auto& r : q.read(range)) {
      auto child = read_child(r.value);
      const auto index = index_of_child(r.key);
      if (!child->job || !q.book->awaits(parent, index))
        continue;
      child->job->tenant = view.tenant;
      child->job->parent = job_parent{.queue = q.settings->name,
                                      .number = parent,
                                      .id = view.id,
                                      .index = index,
                                      .on_failure = child->view.on_failure};
      to(child->view.queue).add(*child->job);
    }
  }

  /// Tells the parent of that child, but does not say so.
  void tell(book_rig& q, const ended_child& child) {
    auto report = child.report;
    if (child.has_result)
      report.result = shared_bytes{
          q.read(range_of(q.book->spaces(), child.number, job_paper::result))
              .at(0)
              .value};
    auto& parent_s = to(report.parent.queue);
    EXPECT_TRUE(parent_s.book->hear({report}, parent_s.now));
    parent_s.write();
  }

  /// What the store of that queue has of a job's children.
  std::vector<child_view> children(book_rig& q, const std::string& id) {
    std::vector<child_view> out;
    const auto plan = q.book->children({.id = id, .tenant = {}});
    if (!plan)
      return out;
    for (const auto& r :
         q.read(range_of_children(q.book->spaces(), plan->parent, 0, 1'000)))
      out.push_back(read_child(r.value)->view);
    return out;
  }

  /// Of all that waits there: one is leased and ends so.
  std::string end_one(book_rig& q, job_verb how, const std::string& value) {
    const auto job = q.take();
    if (!job)
      return "none";
    q.by_worker(how, *job, value);
    return job->id;
  }

  void pass(job_time ms) {
    mail.pass(ms);
    thumbs.pass(ms);
  }

  book_rig& to(const std::string& queue) {
    EXPECT_TRUE(queue == "mail" || queue == "thumbs") << queue;
    return queue == "mail" ? mail : thumbs;
  }

  book_rig mail;
  book_rig thumbs;

private:
  static config::queue_settings named(config::queue_settings s,
                                      const std::string& name) {
    s.name = name;
    return s;
  }

  static job_view view_of(book_rig& q, job_number number) {
    job_query all;
    all.any_state = true;
    all.after = number - 1;
    all.limit = 1;
    return q.book->view(all)->page.jobs.at(0);
  }
};

/// A job of one attempt.
inline new_job once(const std::string& bytes = "1") {
  auto out = job_of(bytes);
  out.attempts = 1;
  return out;
}

/// It waits for so many jobs in `thumbs`.
inline new_job parent_of(std::size_t children,
                         child_policy policy = child_policy::fail) {
  auto out = once("\"parent\"");
  for (std::size_t i = 0; i < children; ++i)
    out.children.push_back(
        {.queue = "thumbs", .on_failure = policy, .job = once()});
  return out;
}

}  // namespace troupe::testing
