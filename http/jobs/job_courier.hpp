// Carries jobs out where that takes a socket: the carrier of a lane's workers.
//
//   completion   a request to a model, made by troupe for whoever added the
//                job: through router, keys, limits, retries and caches as any
//                other (cache/answer_model), its words brought as they come
//   webhook      a signed POST to the queue's URL
//
// One for each lane, on its thread. Every errand ends with exactly one `done`:
// by its answer, by a fault, or at once when it is dropped, in which case what
// is still on its way is read on for nobody, for as long as the provider's
// `disconnect` settings say.
//
// Limits: as many errands as workers of its thread have in hand, and those
// that were dropped a moment ago.

#pragma once

#include "actors/job_carrier.hpp"
#include "http/routes/lane.hpp"
#include "http/task.hpp"
#include "http/upstream/pool.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace troupe::http {

class job_courier final : public job_carrier {
public:
  /// Shows itself in `slot` until it is destroyed, on the lane's thread.
  job_courier(lane& l, job_carrier_slot& slot);
  ~job_courier() override;
  job_courier(const job_courier&) = delete;
  job_courier& operator=(const job_courier&) = delete;

  void carry(job_errand errand, worker_actor whom) override;
  void drop(const worker_actor& whom, std::uint64_t number) override;

  /// Errands that have not ended, dropped ones counted in. From any thread.
  std::size_t under_way() const { return under_way_.load(); }

private:
  /// One errand, while it is under way.
  struct trip;
  using trip_ptr = std::shared_ptr<trip>;

  task<> run(trip_ptr t);
  task<job_outcome> carry_out(trip_ptr t);
  task<job_outcome> complete(trip_ptr t);
  task<job_outcome> post(trip_ptr t);
  void end(const trip_ptr& t, job_outcome how);
  upstream::pool& pool_of(const config::base_url& place);

  lane& lane_;
  job_carrier_slot& slot_;
  /// By worker and its number.
  std::map<std::pair<caf::actor_id, std::uint64_t>, trip_ptr> trips_;
  /// By place: a URL's scheme, host and port.
  std::map<std::string, std::unique_ptr<upstream::pool>> pools_;
  std::atomic<std::size_t> under_way_{0};
};

}  // namespace troupe::http
