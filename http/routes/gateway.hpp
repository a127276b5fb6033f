// The gateway's service: which request goes where.
//
// One instance a thread, on its lane. LLM endpoints are the rows of
// wire/endpoint.hpp and become exchanges; troupe's own endpoints are the rows
// of the table in gateway.cpp, one file an endpoint beside it. Whatever way a
// request takes, it is counted and logged here once it is answered.

#pragma once

#include "http/routes/cache/routes.hpp"
#include "http/routes/exchange.hpp"
#include "http/routes/lane.hpp"
#include "http/routes/monitoring.hpp"
#include "http/routes/queue/routes.hpp"
#include "http/service.hpp"

#include <string_view>

namespace troupe::http {

/// What the log says of a request whose client left before its answer: nginx's
/// number for it.
inline constexpr unsigned status_client_gone = 499;

class gateway final : public service {
public:
  gateway(lane& l, const monitoring& watch) : lane_(l), monitoring_(watch) {}

  task<> serve(request& req, responder& res) override;
  task<> refuse(request& req, responder& res, refusal why) override;

private:
  /// One answered request, as it is counted and logged.
  struct entry {
    std::string_view route = "none";
    exchange_record record;
    bool is_usual = false;  ///< Worth a line only when something is wrong.
  };

  task<> dispatch(request& req, responder& res, entry& done);
  task<> call_model(request& req, responder& res, const wire::match& m,
                    entry& done);
  task<> list_models(request& req, responder& res, const wire::match& m,
                     answer listed, entry& done);
  task<> call_cache(request& req, responder& res, const app_cache::match& m,
                    entry& done);
  task<> call_queue(request& req, responder& res, const app_queue::match& m,
                    entry& done);
  task<> not_found(request& req, responder& res, entry& done);
  void note(const request& req, const entry& done, time_point started);

  lane& lane_;
  const monitoring& monitoring_;
};

}  // namespace troupe::http
