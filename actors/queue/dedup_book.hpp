// Which job bears which deduplication key.
//
// A job with a key claims it when it is added. A later one with that key finds
// the claim, and its own mode says what becomes of it:
//
//               other delayed  other waiting  other active  other ended
//   simple      drop           drop           drop          add
//   throttle    drop, for `ttl` after the other was added
//   debounce    replace        add            add           add
//   keep_last   drop           drop           hold          add
//
// A claim ends with its job, or after its `ttl` if that is earlier. That of a
// throttled job ends when its job has ended and its `ttl` is over too. Who is
// held bears the key when the other one ends; who comes meanwhile to be held
// replaces it.
//
// Keys are a tenant's own. Nothing here is stored: after a restart the book is
// told each job that has a key, in the order of adding, as if it were added
// (`claim` or `hold`) and ended. Claims of throttled jobs that have ended are
// at most `past_max`; more of them, and those that end soonest are forgotten.

#pragma once

#include "actors/job.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace troupe {

/// What becomes of a job with a key.
struct dedup_verdict {
  enum class kind : std::uint8_t {
    add,      ///< Then `claim` for it.
    drop,     ///< `other` stands for it.
    replace,  ///< `other`, delayed or held, becomes it.
    hold,     ///< Added, but waits for the end of `other`; then `hold` it.
  };
  kind what = kind::add;
  job_number other = 0;

  friend bool operator==(const dedup_verdict&, const dedup_verdict&) = default;
};

class dedup_book {
public:
  /// 100 bytes each: 10 MB.
  static constexpr std::size_t past_max = 100'000;

  /// Whose key it is.
  struct owner {
    std::string_view tenant;
    const job_dedup& dedup;
  };

  /// Tells the state of a job that has not ended.
  using state_of = std::function<job_state(job_number)>;

  /// What becomes of one that is being added. Changes nothing but that claims
  /// whose time is over are forgotten.
  dedup_verdict decide(const owner& whose, job_time now, const state_of& state);

  /// This job bears the key from `added_at` on, in the place of who did.
  void claim(const owner& whose, job_number number, job_time added_at);

  /// This job is next when the bearer ends. False if nobody bears the key: it
  /// need not wait, and `claim`s.
  bool hold(const owner& whose, job_number number);

  /// A job with a key has ended, or was forgotten. Returns who was held for it,
  /// and bears the key from now on.
  std::optional<job_number> ended(const owner& whose, job_number number,
                                  job_time now);

  /// Keys that are borne.
  std::size_t size() const noexcept { return claims_.size(); }

private:
  struct claim_of {
    job_number bearer = 0;
    job_number held = 0;  // 0 = none.
    std::uint64_t held_ttl_ms = 0;
    job_time since = 0;
    job_time until = 0;      // 0 = no end of its own.
    bool outlives = false;   // Throttled: goes on when its job has ended.
    bool has_ended = false;  // The job has; in `past_`.
  };
  using claims = std::unordered_map<std::string, claim_of>;

  void forget_past(job_time now);
  void forget(claims::iterator at);
  claims::iterator find(const owner& whose, job_time now);

  claims claims_;
  std::set<std::pair<job_time, std::string>> past_;  // By their end.
};

}  // namespace troupe
