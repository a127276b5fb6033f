// What queues promise of flows, and whether they keep it: beside two simulated
// queues, told of what is added, begun, told and heard.
//
//   A parent begins only when its children have ended, or one of them failed
//   whose policy lets it go on, or somebody promoted it.
//   It fails with a child only if one failed whose policy says so.
//   Its counts are never more than what has happened: nothing counts twice.
//   A child comes into being once: no other job begins under its id.
//   A parent hears of an end only when that is on the child's disk.
//   No child is forgotten before its parent has its end on disk.
//   In the end all have ended, and what a parent knows of its children is so.

#pragma once

#include "actors/queue/queue_book.hpp"
#include "tests/simulation/queue_oracle.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::test {

class flow_oracle {
public:
  struct known_child {
    child_policy on_failure = child_policy::fail;
    bool has_ended = false;   ///< On its disk, at some time.
    bool has_failed = false;  ///< Likewise.
  };

  struct known_job {
    std::vector<std::string> children;
    bool is_promoted = false;
  };

  /// By queue and id: QUEUE/ID.
  std::map<std::string, known_job> parents;
  /// By their ids, which no two of them share, in whichever queue.
  std::map<std::string, known_child> children;

  /// A job, its children and theirs.
  void added(const std::string& queue, job_number number, const std::string& id,
             const new_job& job, bool is_child) {
    // One that was given up had the same id, perhaps.
    parents.erase(queue + '/' + id);
    if (job.children.empty())
      return;
    auto& parent = parents[queue + '/' + id];
    for (std::uint32_t i = 0; i < job.children.size(); ++i) {
      const auto& child = job.children[i];
      const auto name = is_child ? child_id(id, i) : child_id(queue, number, i);
      parent.children.push_back(name);
      children[name] = {.on_failure = child.on_failure};
      added(child.queue, 0, name, child.job, true);
    }
  }

  void begun(const std::string& queue, const taken_job& taken) {
    const auto& id = taken.job.id;
    if (children.contains(id)) {
      const auto [at, is_first] = numbers_.try_emplace(id, taken.number);
      demand(is_first || at->second == taken.number, "comes twice", id);
    }
    const auto at = parents.find(queue + '/' + id);
    if (at == parents.end())
      return;
    const auto& counts = taken.job.children;
    demand(counts.total == at->second.children.size(), "has lost some", id);
    std::uint32_t ended = 0;
    std::uint32_t failed = 0;
    bool is_let = at->second.is_promoted;
    for (const auto& name : at->second.children) {
      const auto& child = children.at(name);
      ended += child.has_ended;
      failed += child.has_failed;
      is_let |= child.has_failed && child.on_failure == child_policy::go_on;
    }
    demand(is_let || ended == counts.total, "begins before its children end",
           id);
    demand(counts.total - counts.pending <= ended, "counts an end twice", id);
    demand(counts.failed <= failed, "counts a failure twice", id);
  }

  /// It is on its disk how this child ended, and its parent is to be told.
  void ended(const std::string& id, job_state how) {
    demand(children.contains(id), "is nobody's child", id);
    auto& child = children.at(id);
    child.has_ended = true;
    child.has_failed |= how != job_state::completed;
  }

  void failed_with_child(const std::string& parent) const {
    bool is_so = false;
    for (const auto& name : parents.at(parent).children) {
      const auto& child = children.at(name);
      is_so |= child.has_failed && child.on_failure == child_policy::fail;
    }
    demand(is_so, "fails with a child for no reason", parent);
  }

  static void demand(bool holds, const char* what, const std::string& id) {
    if (!holds)
      throw broken_promise(id + ' ' + what);
  }

private:
  std::map<std::string, job_number> numbers_;  // Of children that have begun.
};

}  // namespace troupe::test
