// How the targets fare: a breaker and a latency for each.
//
// The same breaker guards keys (api_key/breaker.hpp); here it hears only of
// faults that blame the target (`rule_of`): a spent or refused key says nothing
// about the model behind it, nor does a wrong request.
//
// The one rule: while a target is not closed at most one call is out with it. A
// probe that never reports (its borrower is lost) gives its place back after
// `probe_patience`.
//
// What is known belongs to the target's name, `provider/model`: models that
// share a target share its breaker, another configuration keeps it, and what
// ends under a later configuration than it began counts all the same. Else the
// probe of a call that outlives a reload would never come back.

#pragma once

#include "actors/api_key/breaker.hpp"
#include "actors/contracts.hpp"
#include "actors/router/routing.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace troupe {

class target_board {
public:
  using milliseconds = std::chrono::milliseconds;

  /// Longest a probe is waited for. Above every provider's default total time,
  /// so that a slow probe is not joined by a second one.
  static constexpr milliseconds probe_patience = std::chrono::minutes{11};
  /// A latency older than this says nothing: the target is measured anew.
  static constexpr milliseconds latency_age_max = std::chrono::seconds{60};
  /// Weight of the newest measurement: about the last ten count.
  static constexpr double latency_weight = 0.2;

  /// Another set of targets; those whose name stays keep what is known.
  void adopt(routing_ptr routes);

  bool admits(target_index t, time_point now);

  /// When the target admits the next call; nothing while that depends on a
  /// probe.
  std::optional<time_point> admits_at(target_index t) const;

  /// A call goes out; returns whether it is the probe. @pre `admits`.
  bool lend(target_index t, time_point now);

  /// What a report did to the breaker of a target.
  enum class verdict : std::uint8_t { nothing, opened, closed };
  struct finding {
    verdict what = verdict::nothing;
    target_index target = 0;  ///< In the routing of now; if it is not nothing.
  };

  /// One attempt's end; `random` in [0, 1). A call that never reached its
  /// target ends as `abandoned`.
  finding judge(const target_report& r, time_point now, double random);

  /// Whether success would change anything: the target has failed of late.
  bool is_suspect(target_index t) const { return *at(t).is_suspect; }

  /// The same as it changes, for any thread: calls that are out when the target
  /// fails tell of their success too.
  std::shared_ptr<const std::atomic<bool>> suspicion(target_index t) const {
    return at(t).is_suspect;
  }

  /// To the first byte, smoothed; nothing if it is not known or too old.
  std::optional<milliseconds> latency(target_index t, time_point now) const;

  /// Whether it rests, or only its probe is let through.
  bool is_open(target_index t) const { return at(t).state.is_open(); }

private:
  struct entry {
    breaker state;
    time_point probe_since = time_point::min();
    double latency_ms = 0;
    std::optional<time_point> measured = std::nullopt;
    std::shared_ptr<std::atomic<bool>> is_suspect =
        std::make_shared<std::atomic<bool>>(false);
  };

  entry& at(target_index t) { return entries_[places_[t]]; }
  const entry& at(target_index t) const { return entries_[places_[t]]; }
  std::optional<target_index> current(const target_report& r) const;

  routing_ptr routes_;
  std::vector<std::size_t> places_;  // In `entries_`, by target_index.
  std::vector<entry> entries_;       // One a name.
};

}  // namespace troupe
