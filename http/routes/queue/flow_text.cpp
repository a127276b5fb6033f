#include "http/routes/queue/flow_text.hpp"

#include "http/routes/queue/object_text.hpp"

#include <algorithm>
#include <utility>

namespace troupe::http::app_queue {

namespace {

child_outlines outlines_in(const std::vector<flow_child>& children) {
  child_outlines outlines;
  outlines.reserve(children.size());
  for (const auto& child : children)
    outlines.push_back({child.queue, outlines_in(child.job.children)});
  return outlines;
}

/// `id_at` names the child at an index.
template <class IdAt>
void append_outlines(std::string& out, const child_outlines& children,
                     IdAt&& id_at);

void append_outline(std::string& out, const child_outline& child,
                    const std::string& id) {
  object_text o{out};
  o.text("id", id).text("queue", child.queue);
  if (!child.children.empty())
    append_outlines(o.begin("children"), child.children,
                    [&id](std::uint32_t index) { return child_id(id, index); });
  o.end();
}

template <class IdAt>
void append_outlines(std::string& out, const child_outlines& children,
                     IdAt&& id_at) {
  std::uint32_t index = 0;
  append_list(out, children, [&](std::string& to, const child_outline& child) {
    append_outline(to, child, id_at(index++));
  });
}

void append_child(std::string& out, const child_view& child) {
  object_text o{out};
  o.text("id", child.id)
      .text("queue", child.queue)
      .text("on_failure", name_of(child.on_failure))
      .text_or_null("state",
                    child.ended ? name_of(child.state) : std::string_view{})
      .text_or_null("error", child.error)
      .raw("result", child.result.view())
      .number_or_null("finished_at", child.ended_at);
  o.end();
}

}  // namespace

child_outlines outlines_of(const new_job& job) {
  return outlines_in(job.children);
}

std::vector<child_outlines> outlines_of(const new_jobs& jobs) {
  std::vector<child_outlines> all;
  if (std::ranges::all_of(
          jobs, [](const new_job& job) { return job.children.empty(); }))
    return all;
  all.reserve(jobs.size());
  for (const auto& job : jobs)
    all.push_back(outlines_of(job));
  return all;
}

void append_children(std::string& out, const child_outlines& children,
                     std::string_view queue, job_number number) {
  append_outlines(out, children, [=](std::uint32_t index) {
    return child_id(queue, number, index);
  });
}

void append_counts(std::string& out, const child_counts& counts) {
  object_text o{out};
  o.number("total", counts.total)
      .number("pending", counts.pending)
      .number("failed", counts.failed)
      .end();
}

void append_counts_or_null(std::string& out, const child_counts& counts) {
  if (counts.total == 0)
    out.append("null");
  else
    append_counts(out, counts);
}

std::string print_children(const children_page& page) {
  std::string out;
  object_text o{out};
  append_list(o.begin("children"), page.children, append_child);
  append_counts(o.begin("counts"), page.counts);
  o.number_or_null("next", page.next).end();
  return out;
}

}  // namespace troupe::http::app_queue
