// The client of a job's call: takes what the exchange answers, and brings its
// words into the job's stream while they come.
//
// Beside that it only waits to be told to leave, as a client at a socket may.

#pragma once

#include "http/jobs/completion_answer.hpp"
#include "http/jobs/token_flow.hpp"
#include "http/reactor.hpp"
#include "http/service.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace troupe::http {

class completion_responder final : public responder {
public:
  /// `bring` is given events for the job's stream, until this is destroyed.
  completion_responder(http::reactor& r, wire::endpoint e,
                       std::function<void(job_output)> bring);
  completion_responder(const completion_responder&) = delete;
  completion_responder& operator=(const completion_responder&) = delete;

  task<> send(unsigned status, const header_list& headers,
              std::string_view body) override;
  void start(unsigned status, const header_list& headers) override;
  task<> write(std::string_view bytes) override;
  task<> finish() override;
  void reset() override {}
  void watch(std::function<void()> gone) override;
  executor get_executor() override { return reactor_.context.get_executor(); }

  /// Wants the answer no more.
  void leave();

  /// Brings what is left and says what becomes of the job. Once, at the end.
  job_outcome outcome(const exchange_record& record);

private:
  struct pause final : deadline {
    explicit pause(completion_responder& r) : owner(r) {}
    void on_due() override { owner.bring_due(); }
    completion_responder& owner;
  };

  /// Tells whoever watches only after it had left.
  struct farewell final : deadline {
    explicit farewell(completion_responder& r) : owner(r) {}
    void on_due() override { owner.leave(); }
    completion_responder& owner;
  };

  void bring_due();
  void bring_words(std::string_view words);

  http::reactor& reactor_;
  completion_answer answer_;
  token_flow flow_;
  std::function<void(job_output)> bring_;
  std::function<void()> gone_;
  bool left_ = false;
  pause pause_{*this};
  farewell farewell_{*this};
};

}  // namespace troupe::http
