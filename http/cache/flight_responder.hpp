// The client of a flight's call: takes what an exchange answers, for everybody
// who follows.
//
// Beside that it reads along what comes as a stream, so that at the end there
// is one whole answer to keep (wire/replay/collect.hpp).

#pragma once

#include "http/cache/flight.hpp"
#include "http/service.hpp"
#include "http/wire/replay/collect.hpp"

#include <optional>
#include <string>

namespace troupe::http {

struct exchange_record;

class flight_responder final : public responder {
public:
  /// `call` is what the exchange tells of itself. `deserted` is called when
  /// nobody follows any more, before the exchange hears of it.
  flight_responder(flight_ptr to, bell_ptr b, wire::endpoint e,
                   std::function<void()> deserted);
  ~flight_responder() override { flight_->watch({}); }
  flight_responder(const flight_responder&) = delete;
  flight_responder& operator=(const flight_responder&) = delete;

  /// Where the cost of the call is read when it ends. Outlives the answering.
  void account(const exchange_record& record) { record_ = &record; }

  task<> send(unsigned status, const header_list& headers,
              std::string_view body) override;
  void start(unsigned status, const header_list& headers) override;
  task<> write(std::string_view bytes) override;
  task<> finish() override;
  void reset() override;
  void watch(std::function<void()> gone) override;
  executor get_executor() override { return bell_->where(); }

  /// The whole answer of a flight that has finished, if there is one to be
  /// had: that was no stream, or one that could be put together.
  std::optional<std::string> whole();

private:
  void take_whole(unsigned status, const header_list& headers,
                  std::string_view body);
  void end(flight::stage how);

  flight_ptr flight_;
  bell_ptr bell_;
  wire::endpoint endpoint_;
  std::function<void()> deserted_;
  const exchange_record* record_ = nullptr;
  std::optional<wire::stream_collector> collector_;
  std::optional<std::string> body_;
};

}  // namespace troupe::http
