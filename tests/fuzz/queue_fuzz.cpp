// What is said to queues: no body breaks a reader, what is read keeps its
// bounds, what is kept is JSON, and what is printed of it is JSON again.

#include "http/routes/queue/event_text.hpp"
#include "http/routes/queue/job_text.hpp"
#include "http/routes/queue/listing.hpp"
#include "http/routes/queue/names.hpp"
#include "http/routes/queue/new_jobs.hpp"
#include "http/routes/queue/orders.hpp"
#include "http/routes/queue/schedule_form.hpp"
#include "http/routes/queue/schedule_text.hpp"
#include "http/routes/queue/work.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace {

using namespace troupe;
using namespace troupe::http::app_queue;
using nlohmann::json;
using troupe::fuzz::choices;
using troupe::fuzz::require;

void check_fault(const http::wire::door_error& why) {
  require(why.status == 400, "what cannot be read is a 400");
  require(!why.message.empty(), "and says why");
}

const job_scene& scene() {
  static const queue_directory queues{{"q", {}}, {"other", {}}};
  static const job_scene here{"q", "t", queues};
  return here;
}

/// Returns how many jobs there are, `job` included.
std::size_t check_job(const new_job& job, std::size_t generation = 0) {
  require(json::accept(job.data.view()), "data is JSON");
  require(job.id.empty() || fault_of_own_id(job.id).empty(), "ids keep rules");
  require(!job.priority || *job.priority <= priority_max, "of a priority");
  require(!job.attempts || (*job.attempts >= 1 && *job.attempts <= 100),
          "of attempts");
  require(!job.backoff
              || (job.backoff->jitter >= 0 && job.backoff->jitter <= 1),
          "of a jitter");
  require(!job.dedup || !job.dedup->key.empty(), "of a key");
  require(generation <= flow_depth_max, "no generation is too far down");
  require(job.children.size() <= children_max, "no job has too many children");
  std::size_t jobs = 1;
  for (const auto& child : job.children) {
    require(scene().queues.contains(child.queue), "children have a queue");
    require(child.job.id.empty() && !child.job.dedup, "and no name");
    jobs += check_job(child.job, generation + 1);
  }
  return jobs;
}

void check_printed(const new_job& job) {
  job_view shown;
  shown.id = job.id;
  shown.name = job.name;
  shown.group = job.group;
  shown.data = job.data;
  shown.result = job.data;
  require(json::accept(print_job(shown, "q")), "a job is printed as JSON");
  leased_job lent;
  lent.name = job.name;
  lent.data = job.data;
  require(json::accept(print_leased({lent})), "also to a worker");
  job_receipt receipt;
  receipt.number = 7;
  require(json::accept(print_receipt(receipt, "q", outlines_of(job))),
          "and a receipt, with all its children");
  std::string stream;
  append_event(stream, {1, "log", job.data});
  require(stream.find("\n\n") == stream.size() - 2, "an event is one block");
}

void check_jobs(const new_jobs_read& read) {
  if (const auto* why = std::get_if<http::wire::door_error>(&read))
    return check_fault(*why);
  const auto& jobs = std::get<new_jobs>(read);
  std::size_t count = 0;
  for (const auto& job : jobs) {
    count += check_job(job);
    check_printed(job);
  }
  require(count > 0 && count <= jobs_max, "some, and not too many");
}

void check_schedule(const schedule_read& read) {
  if (const auto* why = std::get_if<http::wire::door_error>(&read))
    return check_fault(*why);
  const auto& wish = std::get<schedule_order>(read).wish;
  require(is_schedule_time(wish.start_at) && is_schedule_time(wish.end_at),
          "times are times");
  require(wish.job.id.empty() && !wish.job.dedup, "what comes has no name");
  require(check_job(wish.job) <= jobs_max, "nor is it too many");
  require(json::accept(print_schedule({1, wish, {}}, "q")),
          "a schedule is printed as JSON");
}

void check_report(job_verb verb, const report_read& read) {
  if (const auto* why = std::get_if<http::wire::door_error>(&read))
    return check_fault(*why);
  const auto& said = std::get<report>(read);
  require(!said.changes.empty(), "a report is about something");
  for (const auto& c : said.changes) {
    require(c.verb == verb, "of one kind");
    require(verb > job_verb::release || !c.token.empty(), "with a token");
    require(verb == job_verb::fail || c.value.size() == 0
                || json::accept(c.value.view()),
            "values are JSON");
    require(verb != job_verb::append || fault_of_event_name(c.event).empty(),
            "events have a name");
  }
}

void check_body(choices choose, std::size_t kind) {
  std::string body{choose.rest()};
  const auto before = body;
  if (kind == 0) {
    check_jobs(read_job(body, scene()));
  } else if (kind == 1) {
    check_jobs(read_jobs(body, scene()));
  } else if (kind < 2 + static_cast<std::size_t>(job_verb::count_)) {
    const auto verb = static_cast<job_verb>(kind - 2);
    check_report(verb, read_report(verb, body, "7", "t"));
  } else if (kind == 14) {
    check_report(job_verb::complete,
                 read_reports(job_verb::complete, body, "t"));
  } else if (kind == 15) {
    (void)read_wish(body, "t");
  } else if (kind == 16) {
    check_schedule(read_schedule(body, "daily", scene()));
  } else {
    (void)read_order(static_cast<queue_verb>(kind - 17), body, "t");
  }
  require(body == before, "reading changes nothing");
}

void check_query(choices choose) {
  http::request req;
  req.target = "/j?" + std::string{choose.rest()};
  const auto read = read_query(req, "t");
  if (const auto* query = std::get_if<job_query>(&read))
    require(query->limit >= 1 && query->limit <= page_max, "a page is short");
  (void)link_to_next(req, 7);
  (void)read_stream(req, "7", "t");
  (void)read_children(req, "7", "t");
  (void)read_schedules(req, "t");
  (void)id_in_path(choose.rest());
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      R"({"data":{"to":"a","n":[1,2.5e3,null]},"priority":"high","id":"a:1"})",
      R"({"data":"x","delay_ms":5,"attempts":3,"timeout_ms":9,"group":"g"})",
      R"({"backoff":{"kind":"custom","delays_ms":[1,2],"jitter":0.5}})",
      R"({"dedup":{"key":"k","mode":"throttle","ttl_ms":7},"name":"n\u00e9"})",
      R"({"jobs":[{"data":1},{"data":[[]]},{"id":"b","priority":0}]})",
      R"({"children":[{"queue":"other","children":[{"data":1},{}]}],"id":"p"})",
      R"({"children":[{"on_failure":"continue"},{"on_failure":"ignore"}]})",
      R"({"cron":"*/5 * * * *","zone":"UTC","start_at":"2026-11-01T09:00:00Z"})",
      R"({"every_ms":1000,"limit":3,"misfire":"all","job":{"children":[{}]}})",
      R"({"token":"000001-1","result":{"a":[1,2]},"lease":{"max":2}})",
      R"({"token":"t","error":"boom\n","retry":false,"retry_in_ms":10})",
      R"({"token":"t","events":[{"event":"log","data":"x"},{"event":"b"}]})",
      R"({"jobs":[{"id":"1","token":"t","result":null}],"lease":{}})",
      R"({"max":5,"wait_ms":1000,"lease_ms":500,"worker":"w"})",
      R"({"state":"dead","ids":["1"],"error_contains":"x","limit":3})",
      "state=any&limit=10&after=3&order=desc&name=a%20b&data=0",
      "last_event_id=7&wait_ms=5",
      "from=3&limit=7",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  choices choose{bytes, size};
  // The readers of bodies: two of jobs, one a verb, three more (of reports,
  // wishes, schedules), six of orders.
  constexpr std::size_t bodies = 17 + 6;
  const auto kind = choose.below(bodies + 1);
  if (kind == bodies)
    check_query(choose);
  else
    check_body(choose, kind);
  return 0;
}
