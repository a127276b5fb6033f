#include "http/cache/cached_call.hpp"

#include "http/cache/asking.hpp"
#include "http/cache/kept_answer.hpp"
#include "http/cache/passenger.hpp"
#include "http/cache/pilot.hpp"
#include "http/cache/semantic_lookup.hpp"
#include "http/routes/recorded.hpp"

#include <algorithm>
#include <utility>

namespace troupe::http {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

}  // namespace

cached_call::cached_call(lane& l, request& req, responder& res,
                         const wire::match& m, wire::cache_wish wish,
                         const own_call* whose)
    : lane_(l), req_(req), res_(res), match_(m),
      visit_(l, req, res, m, cache_use::bypass, origin_of(whose)) {
  if (whose != nullptr)
    visit_.speak_for(whose->tenant);
  terms_.from = origin_of(whose);
  terms_.policy = l.settings().cache.completions;
  terms_.wish = std::move(wish);
}

task<> cached_call::run() {
  const bool let_in = co_await visit_.enter();
  if (let_in)
    co_await ask();
  else
    note_refusal();
}

task<> cached_call::ask() {
  const auto use = read();
  auto next = step::alone;
  if (use == cache_use::miss) {
    next = step::again;
    for (std::uint32_t tries = 0; next == step::again; ++tries)
      next =
          co_await ask_once(tries < rejoins_max ? fare::follows : fare::last);
  } else if (terms_.wish.only_if_cached) {
    co_await refuse_not_cached();
    next = step::done;
  }
  if (next == step::alone)
    co_await go_alone(use);
}

// Whether the cache is to be asked: `miss` until it has answered.
cache_use cached_call::read() {
  const auto read = wire::read_request(match_, req_.body);
  if (read.refused)
    return cache_use::bypass;  // The exchange says why.
  wire::identity_scope scope;
  terms_.tenant = visit_.caller().tenant;
  scope.tenant = terms_.tenant;
  scope.version = lane_.settings().cache.version;
  scope.models = lane_.settings().models;
  scope.takes_tool_calls = terms_.wish.tools;
  scope.with_topic = wants_topic(read.facts.model);
  terms_.id = wire::identify(match_, req_, read.facts, scope);
  terms_.shape = shape_of(match_, read.facts, req_.query());
  terms_.resembles =
      scope.with_topic
      && wire::may_resemble(lane_.settings().semantic_cache.completions,
                            config::toggle::on, terms_.wish, terms_.id);
  const bool concerned =
      terms_.resembles || wire::may_read(terms_.policy, terms_.wish, terms_.id)
      || wire::may_keep(terms_.policy, terms_.wish, terms_.id);
  return concerned ? cache_use::miss : cache_use::bypass;
}

// Whether the semantic cache may have a say, as far as that is known before the
// request is identified; a topic costs a second digest.
bool cached_call::wants_topic(const std::string& model) const {
  const auto& s = lane_.settings();
  switch (s.semantic_cache.completions) {
  case config::semantic_policy::never:
    return false;
  case config::semantic_policy::always:
    return true;
  case config::semantic_policy::opt_in:
    break;
  }
  const auto listed =
      std::ranges::find(s.models, model, &config::model_settings::name);
  return terms_.wish.semantic
         || (listed != s.models.end()
             && listed->semantic_cache == config::toggle::on);
}

cache_question cached_call::question() const {
  cache_question q;
  q.key.space = cache_space::completion;
  q.key.tenant = visit_.caller().tenant;
  q.key.name = terms_.id.digest;
  q.refresh = !wire::may_read(terms_.policy, terms_.wish, terms_.id);
  if (terms_.wish.max_age)
    q.max_age_ms =
        static_cast<std::uint64_t>(milliseconds{*terms_.wish.max_age}.count());
  if (!terms_.wish.only_if_cached)
    q.lead_ms = static_cast<std::uint64_t>(
        milliseconds{lane_.total_max() + lead_margin}.count());
  return q;
}

task<cached_call::step> cached_call::ask_once(fare how) {
  const auto found = co_await find_one(lane_, res_.get_executor(), question());
  auto next = step::alone;
  if (found.state == cache_state::fresh) {
    next = co_await give_kept(found, cache_use::hit);
  } else if (terms_.wish.only_if_cached) {
    const bool given = co_await give_alike();
    if (!given)
      co_await refuse_not_cached();
    next = step::done;
  } else if (found.state == cache_state::lead) {
    next = co_await take_off(found.token);
  } else if (found.state == cache_state::busy) {
    next = co_await join(found.token, how);
  }
  co_return next;
}

task<cached_call::step> cached_call::give_kept(const cache_finding& found,
                                               cache_use how) {
  auto next = step::alone;
  if (auto answer = answer_from(found, match_.endpoint, terms_.shape, how)) {
    if (!score_.empty())
      answer->headers.add("x-troupe-cache-score", score_);
    begin_record(how);
    record_.status = 200;
    record_.model = found.entry.model;
    record_.provider = found.entry.provider;
    record_.streamed = answer->streams;
    record_.bytes_out = answer->body.size();
    lane_.count_saved(cache_space::completion, found.entry.tokens_in,
                      found.entry.tokens_out);
    co_await give(res_, *answer);
    next = step::done;
  }
  co_return next;
}

// It was missed exactly. One that means the same is looked for with the lead in
// hand, which is given back if there is one.
task<cached_call::step> cached_call::take_off(std::uint64_t token) {
  lead right{lane_, question().key, token};
  auto next = step::done;
  const bool given = co_await give_alike();
  if (!given)
    next = co_await fly(std::move(right));
  co_return next;
}

// Whether the answer to a question that means the same was given.
task<bool> cached_call::give_alike() {
  bool given = false;
  if (terms_.resembles && terms_.wish.reads) {
    semantic_question asked;
    asked.topic = terms_.id.topic;
    asked.text = terms_.id.question;
    auto like =
        co_await find_alike(lane_, res_.get_executor(), std::move(asked));
    terms_.meaning = like.meaning;
    score_ = printed_score(like.finding.score);
    const bool young =
        !terms_.wish.max_age
        || milliseconds{like.finding.age_ms} <= *terms_.wish.max_age;
    if (like.finding.hit && young) {
      cache_finding found;
      found.state = cache_state::fresh;
      found.age_ms = like.finding.age_ms;
      found.entry = std::move(like.finding.entry);
      const auto next = co_await give_kept(found, cache_use::semantic);
      given = next == step::done;
    }
  }
  co_return given;
}

task<cached_call::step> cached_call::fly(lead right) {
  const auto crew =
      std::make_shared<pilot>(lane_, std::move(right), req_, terms_);
  begin_record(cache_use::miss);
  passenger first{lane_.reactor.wheel, res_, crew->flight()};
  if (!score_.empty())
    first.add_field("x-troupe-cache-score", score_);
  crew->take_off();
  const auto end =
      co_await first.ride(fare::starter, due_of_starter(), record_);
  auto next = end == arrival::again ? step::again : step::done;
  if (end == arrival::too_late)
    co_await refuse_late();
  else if (const auto* told = crew->take_record()) {
    const auto given = std::exchange(record_, *told);
    record_.status = given.status;
    record_.bytes_out = given.bytes_out;
  }
  co_return next;
}

// The call's own time ends a moment after that of whoever asked for it, and the
// call knows more about it.
time_point cached_call::due_of_starter() const {
  constexpr std::chrono::seconds moment{1};
  const auto of_call = steady_clock::now() + lane_.total_max();
  const auto own = visit_.caller().deadline;
  return own + moment < of_call ? own : of_call + moment;
}

task<cached_call::step> cached_call::join(std::uint64_t token, fare how) {
  const auto f = co_await look_for(token);
  auto next = step::alone;
  if (f != nullptr && f->shape() == terms_.shape) {
    passenger me{lane_.reactor.wheel, res_, f};
    if (me) {
      begin_record(cache_use::coalesced);
      const auto end = co_await me.ride(how, visit_.caller().deadline, record_);
      next = end == arrival::again ? step::again : step::done;
      if (end == arrival::too_late)
        co_await refuse_late();
      const auto saved = f->cost();
      if (end == arrival::answered && saved.reported)
        lane_.count_saved(cache_space::completion, saved.input(),
                          saved.output());
    }
  }
  co_return next;
}

task<flight_ptr> cached_call::look_for(std::uint64_t token) {
  const auto b = std::make_shared<bell>(res_.get_executor());
  auto& board = lane_.deps.flights;
  auto found = board.find(token, b);
  if (found == nullptr) {
    bool over = false;
    deadline_for end{[&over, &b] {
      over = true;
      b->ring();
    }};
    lane_.reactor.wheel.arm(end, announcement_max);
    co_await b->heard();
    if (!over)
      found = board.find(token, b);
    board.forget(token, b);
  }
  co_return found;
}

// -- without the cache
// -----------------------------------------------------------

task<> cached_call::refuse_late() {
  co_await visit_.refuse(caf::make_error(errc::deadline_exceeded));
  note_refusal();
}

task<> cached_call::refuse_not_cached() {
  wire::door_error why;
  why.status = 504;
  why.code = "not_cached";
  why.message = "There is no kept answer, and the request is only-if-cached.";
  co_await visit_.refuse(std::move(why), false);
  note_refusal();
}

void cached_call::note_refusal() {
  const auto use = record_.cache;
  record_ = visit_.record();
  record_.cache = use;
}

void cached_call::begin_record(cache_use use) {
  record_ = {};
  record_.cache = use;
  record_.wire = config::name_of(match_.protocol);
  record_.client = visit_.caller().client;
}

task<> cached_call::go_alone(cache_use use) {
  exchange one{lane_, req_, res_, match_, use, terms_.from};
  one.speak_for(visit_.caller().tenant);
  const recorded keep{one, record_};
  co_await one.run();
}

}  // namespace troupe::http
