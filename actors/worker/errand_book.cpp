#include "actors/worker/errand_book.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

/// Of three heartbeats two may be lost.
constexpr int beats_in_lease = 3;

bool is_over(const change_receipts& receipts) {
  return std::ranges::any_of(receipts, [](const change_receipt& r) {
    return r.refused != job_refusal::none || r.cancelled;
  });
}

milliseconds headroom_rest(std::uint64_t wished_ms) {
  const auto most =
      static_cast<std::uint64_t>(milliseconds{headroom_rest_max}.count());
  return milliseconds{
      static_cast<milliseconds::rep>(std::min(wished_ms, most))};
}

}  // namespace

// -- asking
// --------------------------------------------------------------------

void errand_book::ask(time_point now, outbox& out) {
  if (drains_) {
    stage_ = stage::over;
    out.leave = true;
    return;
  }
  stage_ = stage::asking;
  asked_at_ = now;
  wish_ = next_number();
  out.ask = wish_;
}

void errand_book::rest(milliseconds how_long, time_point now) {
  stage_ = stage::resting;
  rests_until_ = now + how_long;
}

void errand_book::offered(std::uint64_t number, leased_jobs&& jobs,
                          time_point now, outbox& out) {
  if (stage_ != stage::asking || number != wish_)
    return;
  if (!jobs.empty())
    begin_errand(std::move(jobs.front()), now, out);
  else if (drains_ || now - asked_at_ >= work_wait)
    ask(now, out);
  else
    rest(idle_rest, now);
}

// -- carrying
// ------------------------------------------------------------------

void errand_book::begin_errand(leased_job&& job, time_point now, outbox& out) {
  job_ = std::move(job);
  stage_ = stage::carrying;
  errand_ = next_number();
  brought_.clear();
  bringing_ = beating_ = 0;
  if (drains_)
    return settle(change_of(job_verb::release), milliseconds{0}, now, out);
  const milliseconds lease{job_.lease_ms > 0
                               ? static_cast<milliseconds::rep>(job_.lease_ms)
                               : milliseconds{heartbeat_default}.count()};
  beat_every_ = lease / beats_in_lease;
  beats_at_ = now + beat_every_;
  times_out_at_ =
      job_.timeout_ms > 0
          ? now + milliseconds{static_cast<milliseconds::rep>(job_.timeout_ms)}
          : time_point::max();
  out.carry = errand_;
}

void errand_book::output(std::uint64_t errand, job_output&& what, outbox& out) {
  if (stage_ != stage::carrying || errand != errand_)
    return;
  auto change = change_of(what.event == "progress" ? job_verb::progress
                                                   : job_verb::append);
  change.value = std::move(what.data);
  if (change.verb == job_verb::append)
    change.event = std::move(what.event);
  brought_.push_back(std::move(change));
  if (bringing_ == 0)
    flush(out);
}

void errand_book::flush(outbox& out) {
  if (brought_.empty())
    return;
  bringing_ = next_number();
  out.say.push_back({bringing_, std::exchange(brought_, {})});
}

void errand_book::beat(time_point now, outbox& out) {
  beats_at_ = now + beat_every_;
  beating_ = next_number();
  out.say.push_back({beating_, {change_of(job_verb::heartbeat)}});
}

void errand_book::heard(std::uint64_t number, const change_receipts& receipts,
                        time_point now, outbox& out) {
  if (stage_ == stage::settling && number == settling_) {
    settling_ = 0;
    if (!receipts.empty())
      return go_on(now, out);
    says_again_at_ = now + settle_pause;
    return;
  }
  if (stage_ != stage::carrying)
    return;
  const bool of_output = number == bringing_;
  if (!of_output && number != beating_)
    return;
  if (is_over(receipts))
    return abandon(now, out);
  if (of_output) {
    bringing_ = 0;
    flush(out);
  }
}

// Somebody else has the job by now, or nobody wants it.
void errand_book::abandon(time_point now, outbox& out) {
  out.drop = errand_;
  rest_after_ = milliseconds{0};
  go_on(now, out);
}

void errand_book::done(std::uint64_t errand, job_outcome&& how, time_point now,
                       outbox& out) {
  if (stage_ != stage::carrying || errand != errand_)
    return;
  using enum job_outcome::kind;
  auto last =
      change_of(how.how == completed ? job_verb::complete : job_verb::fail);
  last.value = std::move(how.value);
  milliseconds rest_after{0};
  switch (how.how) {
  case completed:
    break;
  case failed:
    if (how.retry_in_ms > 0) {
      last.retry = retry_wish::after;
      last.retry_in_ms = how.retry_in_ms;
    }
    break;
  case refused:
    last.retry = retry_wish::never;
    break;
  case postponed:
    rest_after = headroom_rest(how.retry_in_ms);
    [[fallthrough]];
  case dropped:
    last = change_of(job_verb::release);
    break;
  }
  settle(std::move(last), rest_after, now, out);
}

job_change errand_book::change_of(job_verb verb) const {
  job_change c;
  c.verb = verb;
  c.id = job_.id;
  c.token = job_.token;
  return c;
}

// -- settling
// ------------------------------------------------------------------

void errand_book::settle(job_change last, milliseconds rest_after,
                         time_point now, outbox& out) {
  stage_ = stage::settling;
  rest_after_ = rest_after;
  last_ = std::exchange(brought_, {});
  last_.push_back(std::move(last));
  gives_up_at_ = now + settle_patience;
  say_last(now, out);
  last_.erase(last_.begin(), last_.end() - 1);
}

void errand_book::say_last(time_point, outbox& out) {
  says_again_at_ = time_point::max();
  settling_ = next_number();
  out.say.push_back({settling_, last_});
}

void errand_book::go_on(time_point now, outbox& out) {
  last_.clear();
  brought_.clear();
  job_ = {};
  if (rest_after_.count() > 0 && !drains_)
    rest(rest_after_, now);
  else
    ask(now, out);
}

// -- time, and the end
// -----------------------------------------------------

void errand_book::sweep(time_point now, outbox& out) {
  if (stage_ == stage::resting && now >= rests_until_)
    return ask(now, out);
  if (stage_ == stage::settling) {
    if (now >= gives_up_at_)
      go_on(now, out);
    else if (now >= says_again_at_)
      say_last(now, out);
    return;
  }
  if (stage_ != stage::carrying)
    return;
  if (now >= times_out_at_) {
    out.drop = errand_;
    auto last = change_of(job_verb::fail);
    last.value = shared_bytes{"timed out after "
                              + std::to_string(job_.timeout_ms) + " ms"};
    return settle(std::move(last), milliseconds{0}, now, out);
  }
  if (now >= beats_at_)
    beat(now, out);
}

void errand_book::drain(outbox& out) {
  if (std::exchange(drains_, true))
    return;
  if (stage_ == stage::asking)
    out.withdraw = true;
  else if (stage_ == stage::resting)
    ask(rests_until_, out);
}

void errand_book::hand_back(outbox& out) {
  drains_ = true;
  if (stage_ == stage::asking)
    out.withdraw = true;
  if (stage_ == stage::carrying) {
    out.drop = errand_;
    brought_.push_back(change_of(job_verb::release));
    flush(out);
  }
  stage_ = stage::over;
  out.leave = true;
}

errand_book::time_point errand_book::next_call() const {
  switch (stage_) {
  case stage::resting:
    return rests_until_;
  case stage::carrying:
    return std::min(beats_at_, times_out_at_);
  case stage::settling:
    return std::min(says_again_at_, gives_up_at_);
  case stage::asking:
  case stage::over:
    break;
  }
  return time_point::max();
}

}  // namespace troupe
