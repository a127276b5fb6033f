#include "http/routes/queue/refusals.hpp"
#include "http/routes/queue/schedule_form.hpp"
#include "http/routes/queue/schedule_text.hpp"
#include "http/routes/queue/visit.hpp"

#include <utility>

namespace troupe::http::app_queue {

namespace {

schedule_query query_for(const std::string& id, const std::string& tenant) {
  schedule_query asked;
  asked.id = id;
  asked.tenant = tenant;
  return asked;
}

header_list head_of_arranged(std::string_view queue, const std::string& id) {
  auto head = json_headers();
  head.add("Location",
           "/api/queues/" + std::string{queue} + "/schedules/" + id);
  return head;
}

}  // namespace

task<> visit::list_schedules() {
  auto read = read_schedules(req_, guest_.tenant);
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  const auto got = co_await schedules(
      lane_, where(), *place_, std::move(std::get<schedule_query>(read)));
  if (!got) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  auto head = json_headers();
  if (got->next != 0)
    head.add("Link", link_to_next(req_, static_cast<std::uint64_t>(got->next)));
  const auto body = print_schedules(*got, queue_);
  co_await answer_tagged(std::move(head), body);
}

task<> visit::show_schedule() {
  const auto got = co_await schedules(lane_, where(), *place_,
                                      query_for(id_, guest_.tenant));
  if (!got) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  if (got->schedules.empty()) {
    co_await refuse(unknown_schedule(id_, queue_));
    co_return;
  }
  const auto body = print_schedule(got->schedules.front(), queue_);
  co_await answer_tagged(json_headers(), body);
}

task<> visit::arrange_schedule() {
  auto read = read_schedule(req_.body, id_, scene());
  if (auto* why = std::get_if<wire::door_error>(&read)) {
    co_await refuse(std::move(*why));
    co_return;
  }
  const auto got = co_await arrange(lane_, where(), *place_,
                                    std::move(std::get<schedule_order>(read)));
  if (!got) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  if (got->fault) {
    co_await refuse(refusal_of(*got->fault));
    co_return;
  }
  const auto head = head_of_arranged(queue_, id_);
  const auto body = print_schedule(got->view, queue_);
  co_await answer(got->known ? 200 : 201, head, body);
}

task<> visit::remove_schedule() {
  const auto got = co_await arrange(lane_, where(), *place_,
                                    removal_of_schedule(id_, guest_.tenant));
  if (!got) {
    co_await refuse(refusal_in(got));
    co_return;
  }
  if (!got->known) {
    co_await refuse(unknown_schedule(id_, queue_));
    co_return;
  }
  const header_list none;
  co_await answer(204, none, {});
}

}  // namespace troupe::http::app_queue
