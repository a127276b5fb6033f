#include "http/jobs/webhook_call.hpp"

#include <algorithm>

namespace troupe::http {

using std::chrono::milliseconds;

task<job_outcome> webhook_call::run(const webhook_place& to,
                                    const webhook_letter& letter,
                                    milliseconds limit) {
  bool again = true;
  while (again && !cut_) {
    fault_.clear();
    answer_ = {};
    again = co_await send_once(to, letter, limit);
  }
  job_outcome o;
  if (fault_.empty() && answer_.status != 0) {
    o = judge(answer_, std::chrono::system_clock::now());
  } else {
    o.how = job_outcome::kind::failed;
    o.value = shared_bytes{fault_.empty() ? std::string{"cut"} : fault_};
  }
  co_return o;
}

// Whether it failed for no reason of the receiver's.
task<bool> webhook_call::send_once(const webhook_place& to,
                                   const webhook_letter& letter,
                                   milliseconds limit) {
  connection_ = pool_.take();
  std::string_view doing = "connecting";
  try {
    if (!connection_->used())
      co_await connection_->connect(
          to.at, tls_, std::min<milliseconds>(limit, webhook_connect_max));
    doing = "sending";
    co_await connection_->send(letter.head, letter.body, limit);
    doing = "waiting for the answer";
    co_await connection_->read_head(limit);
    doing = "reading the answer";
    co_await read(limit);
  } catch (const boost::system::system_error& e) {
    fault_ = connection_->timed_out()
                 ? "timed out " + std::string{doing}
                 : "failed " + std::string{doing} + ": " + e.code().message();
  }
  const auto c = std::move(connection_);
  const bool again =
      !fault_.empty() && c->used() && !c->heard() && !c->timed_out() && !cut_;
  co_return again;
}

task<> webhook_call::read(milliseconds limit) {
  const auto& head = connection_->answer();
  answer_.status = head.status_code();
  answer_.headers = head.headers();
  bool more = true;
  while (more) {
    for (const auto p : connection_->pieces())
      answer_.body.append(p);
    answer_.cut = answer_.body.size() > webhook_answer_max;
    if (answer_.cut)
      break;
    more = co_await connection_->read_more(limit);
  }
  if (answer_.cut)
    answer_.body.resize(webhook_answer_max);
  else
    pool_.give(std::move(connection_));
}

void webhook_call::cut() {
  cut_ = true;
  if (connection_ != nullptr)
    connection_->interrupt();
}

}  // namespace troupe::http
