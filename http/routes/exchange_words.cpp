// What an exchange says when there is no answer: the last word.

#include "http/routes/exchange.hpp"
#include "http/status.hpp"

namespace troupe::http {

// A provider's own words are the best account of what went wrong, unless they
// speak of troupe's key, which is none of the client's business.
task<> exchange::show_last(const caf::error& why) {
  const auto& o = last_->ended;
  const auto f = o.result.fault;
  const bool about_key = f == fault::credential || f == fault::quota;
  const auto code = code_of(why);
  if (code == errc::keys_cooling || code == errc::keys_dead
      || code == errc::targets_cooling || code == errc::overloaded) {
    co_await refuse(why);
  } else if (last_->refused) {
    co_await refuse(*last_->refused);
  } else if (last_->answer && rule_of(f).says == troupe::last_word::provider) {
    auto& answer = *last_->answer;
    record_.status = answer.status;
    record_.bytes_out = answer.body.size();
    if (!is_about_request(f))  // Ours are spent; SDKs shall not add theirs.
      answer.headers.add("x-should-retry", "false");
    co_await res_.send(answer.status, answer.headers, answer.body);
  } else {
    wire::door_error e;
    e.status = o.timed_out ? 504 : (about_key ? 503 : 502);
    e.code = o.timed_out ? "provider_timeout" : "provider_failed";
    e.message = about_key ? "The provider refuses the keys it was asked with."
                          : "The provider gave no answer: " + o.what + ".";
    co_await refuse(std::move(e), false);
  }
}

task<> exchange::refuse(const caf::error& why) {
  record_.refused = code_of(why);
  const bool failed =
      record_.ended == fault::transient || record_.ended == fault::malformed;
  const circumstance at{asked_.match.protocol, failed};
  const auto verdict = verdict_of(code_of(why), at);
  // After attempts of ours the SDKs shall not add theirs.
  const bool may_retry = !verdict.forbid_retry && record_.attempts == 0;
  return refuse(door_error_of(why, at), may_retry);
}

task<> exchange::refuse(const wire::refusal& why) {
  wire::door_error e;
  e.status = 400;
  e.code = "invalid_request";
  e.message = why.message;
  e.param = why.param;
  return refuse(std::move(e), false);
}

task<> exchange::refuse(wire::door_error why, bool may_retry) {
  why.request_id = req_.id;
  record_.status = why.status;
  auto headers = json_headers();
  if (why.retry_after)
    headers.add("Retry-After", retry_after_seconds(*why.retry_after));
  if (!may_retry)
    headers.add("x-should-retry", "false");
  const auto body = wire::error_body(asked_.match.protocol, why);
  co_await res_.send(why.status, headers, body);
}

}  // namespace troupe::http
