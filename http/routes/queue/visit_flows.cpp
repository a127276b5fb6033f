#include "http/routes/queue/job_text.hpp"
#include "http/routes/queue/new_jobs.hpp"
#include "http/routes/queue/refusals.hpp"
#include "http/routes/queue/visit.hpp"

#include <utility>

namespace troupe::http::app_queue {

namespace {

header_list head_of_added(std::string_view queue, const job_receipt& r) {
  auto head = json_headers();
  head.add("Location", "/api/queues/" + std::string{queue} + "/jobs/" + r.id);
  return head;
}

}  // namespace

job_scene visit::scene() const {
  return {std::string{queue_}, guest_.tenant, *lane_.deps.queues};
}

task<> visit::add() {
  auto read = read_job(req_.body, scene());
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto& jobs = std::get<new_jobs>(read);
  const auto children = outlines_of(jobs.front());
  auto got = co_await enqueue(lane_, where(), *place_, std::move(jobs));
  if (!got || got->empty()) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  const auto& receipt = got->front();
  const auto head = head_of_added(queue_, receipt);
  const auto body = print_receipt(receipt, queue_, children);
  co_await answer(receipt.duplicate ? 200 : 202, head, body);
}

task<> visit::add_many() {
  auto read = read_jobs(req_.body, scene());
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  auto& jobs = std::get<new_jobs>(read);
  const auto children = outlines_of(jobs);
  auto got = co_await enqueue(lane_, where(), *place_, std::move(jobs));
  if (!got) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  const auto body = print_receipts(*got, queue_, children);
  co_await answer(202, body);
}

task<> visit::list_children() {
  auto read = read_children(req_, id_, guest_.tenant);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  const auto got = co_await children(lane_, where(), *place_,
                                     std::move(std::get<children_query>(read)));
  if (!got) {
    co_await refuse(refusal_for(got, id_, queue_));
    co_return;
  }
  auto head = json_headers();
  if (got->next != 0)
    head.add("Link", link_to_next(req_, got->next, "from"));
  const auto body = print_children(*got);
  co_await answer_tagged(std::move(head), body);
}

}  // namespace troupe::http::app_queue
