// One request at /api/cache, from the client's bytes to the client's bytes.
//
//   INGRESS --refused--> answered
//      |
//   read (lookup, storing, entry_list, many) --400--> answered
//      |
//   CACHE DESK --> answered
//
// The cache decides who leads and who waits; this carries. One rule: a lease
// that nobody will end is given back. A client that leaves while it waits takes
// its question back, one that leaves before it hears of its lease yields it.
//
// Limits: requests that wait hold their connection, and nothing else.

#pragma once

#include "actors/contracts.hpp"
#include "http/routes/cache/entry_list.hpp"
#include "http/routes/cache/routes.hpp"
#include "http/routes/entrance.hpp"
#include "http/routes/lane.hpp"
#include "http/service.hpp"
#include "http/timing_wheel.hpp"
#include "http/wire/error_body.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::http::app_cache {

class warming;

class visit {
public:
  visit(lane& l, request& req, responder& res, const match& m);
  ~visit();
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;

  /// Answers the request. Throws `boost::system::system_error` only when the
  /// client is gone.
  task<> run();

  unsigned status() const { return status_; }
  std::uint64_t bytes_out() const { return bytes_out_; }
  const std::string& client() const { return guest_.client; }

private:
  struct patience final : deadline {
    explicit patience(visit& v) : owner(v) {}
    void on_due() override { owner.asked_.answer(errc::deadline_exceeded); }
    visit& owner;
  };

  task<> act();
  task<> get();
  task<> put();
  task<> drop();
  task<> purge();
  task<cache_receipt> forget(cache_purge what);
  task<> get_many();
  task<> warm();
  task<> count();

  task<cache_finding> find(cache_question what);
  task<cache_finding> find_patiently(cache_question what);
  task<> show(const cache_finding& found);
  task<> show_absence(const cache_finding& found);
  task<> show_lease(wire::door_error why, const cache_finding& found);
  void give_back(std::uint64_t token);
  task<> show_receipt(const cache_receipt& receipt);
  task<> keep_batch(warming& w);
  entry_defaults defaults_for(bool only_if_absent) const;

  task<> answer(unsigned status, const header_list& head,
                std::string_view body);
  task<> refuse(wire::door_error why, header_list head);
  task<> refuse(wire::door_error why);

  cache_key key_of(std::string name) const;

  lane& lane_;
  request& req_;
  responder& res_;
  match match_;
  guest guest_;
  std::uint64_t lead_ms_ = 0;
  std::string key_;
  find_ticket::observer asked_;
  patience patience_{*this};
  bool gone_ = false;
  unsigned status_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace troupe::http::app_cache
