// The simulated provider: a request in, a script out.
//
// Everything that takes part is here in order: which endpoint, whose key, what
// is asked, what the desk decides, what the author writes, how the wire says
// it, what fault befalls it. No socket and no clock: the time comes in.
//
// Safe to call from many threads. Reading and writing JSON happens side by
// side; only the desk, a few hundred nanoseconds a request, is behind a lock.

#pragma once

#include "http/message.hpp"
#include "http/simulator/desk.hpp"
#include "http/simulator/route.hpp"
#include "http/simulator/script.hpp"
#include "http/simulator/settings.hpp"

#include <mutex>
#include <optional>
#include <string_view>

namespace troupe::simulator {

class provider {
public:
  explicit provider(settings rules);

  /// What is answered to `req`. Never throws on what a client sends.
  script answer(const http::request& req, instant now);

  /// What is answered to a request that could not even be read.
  script refused(const http::request& req, unsigned status,
                 std::string_view why) const;

  /// A client left before its answer was over.
  void left();

  const settings& rules() const { return rules_; }

private:
  struct call;

  std::optional<refusal> check_entry(const call& one) const;
  std::optional<refusal> check_key(const call& one) const;
  std::optional<refusal> read(call& one) const;
  script refuse(call& one, const refusal& no);
  script own(const call& one);
  script show(call& one);
  script serve(call& one);
  script compose(call& one, const verdict& made);
  void author(call& one) const;
  std::optional<refusal> refusal_for(const call& one,
                                     const verdict& made) const;
  pace pace_of(const call& one, const verdict& made) const;
  void name(call& one);
  void complete(call& one, script& made);

  const settings rules_;
  std::mutex mutex_;  ///< Guards `desk_`.
  desk desk_;
};

}  // namespace troupe::simulator
