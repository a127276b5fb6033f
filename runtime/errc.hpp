// Every way troupe itself can say no.
//
// One enum for the whole process: an error raised in an actor travels through
// any number of mailboxes (and nodes) as `caf::error` and is translated exactly
// once, at the door, by http/. Append only; the numbers go over the wire.

#pragma once

#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/make_message.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace troupe {

/// Error codes. Each line says who can act on it: the caller, the operator, or
/// only a developer.
enum class errc : std::uint8_t {
  /// Not an error. Never delivered.
  none = 0,
  /// Operator: a setting violates its documented bounds. Context: what and why.
  invalid_setting,
  /// Caller: no client key, or one nobody knows.
  unauthorized,
  /// Caller: no provider serves this model. Context: the model's name.
  unknown_model,
  /// Operator: no provider is configured for this protocol.
  no_provider,
  /// Caller: every key of the provider rests or has spent its limit; try again
  /// later. Context: milliseconds until the soonest real recovery.
  keys_cooling,
  /// Operator: the provider accepts none of the keys any more.
  keys_dead,
  /// Caller: the request's time was over before an answer came.
  deadline_exceeded,
  /// Caller: a queue is full. Context: milliseconds worth waiting.
  overloaded,
  /// Caller: the node is stopping; another one will answer.
  shutting_down,
  /// Developer: the actor that held the question died with it.
  actor_lost,
  /// Developer: no child with this name runs under the supervisor.
  unknown_child,
  /// Operator: a child failed more often than its restart budget allows.
  restart_budget_spent,
  /// Caller: the retries allowed for this request are spent.
  retries_spent,
  /// Caller: everything that serves this model failed of late and is left alone
  /// for a while. Context: milliseconds until the next attempt at one of them.
  targets_cooling,
  /// Developer: a child of this name is there already. Context: the name.
  child_exists,
  /// Operator: no provider has this name. Context: the name.
  unknown_provider,
  /// Operator: no key has this public id. Context: the id.
  unknown_key,
  /// Caller: there is no queue of this name. Context: the name.
  unknown_queue,
  /// Caller: the queue has no such job. Context: the id.
  unknown_job,
  /// Caller: as many jobs wait as may. Context: milliseconds worth waiting.
  queue_full,
  /// Operator: the disk is full, or may not be written to. Context: why.
  store_full,
  /// Operator: the durable state is damaged. Context: why.
  store_corrupt,
  /// Operator: the durable state cannot be used. Context: why.
  store_failed,
  /// Number of codes; keep last.
  count_,
};

/// Returns the snake_case spelling used in logs, metrics and response bodies.
std::string_view name_of(errc code) noexcept;

/// Satisfies CAF's printing of error enums.
std::string to_string(errc code);

/// Satisfies test failures and streams.
std::ostream& operator<<(std::ostream& out, errc code);

/// Returns the code carried by `err`, or `errc::none` if it is not ours.
errc code_of(const caf::error& err) noexcept;

/// Returns the code of a failed result, or `errc::none` on success. Prefer this
/// over `result.error()`, which is undefined on success.
template <class T>
errc code_of(const caf::expected<T>& result) noexcept {
  return result ? errc::none : code_of(result.error());
}

}  // namespace troupe

CAF_ERROR_CODE_ENUM(troupe::errc, "troupe")
