// Where durable state is kept: ordered records in named spaces.
//
// A record is a number and bytes; a space is an ordered map of them, made when
// first written to. That is all a second store has to be able to do. Whoever
// owns a space decides what its numbers and bytes mean.
//
// Guarantees, held by every store (tests/runtime/store/conformance.hpp):
//   A batch is kept whole or not at all, also when the process or the machine
//   dies meanwhile. When `commit` has returned well it is on disk.
//   Batches take effect in the order of their commits.
//   A failed commit has changed nothing; what was there is still read.
//
// Limits: one thread at a time uses a store, or a reader; but `check` and
// `back_up` may run on any thread meanwhile. Readers see the last commit before
// each of their questions, and hinder nobody.

#pragma once

#include "runtime/errc.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

struct record {
  std::int64_t key = 0;
  std::string value;

  friend bool operator==(const record&, const record&) = default;
};

using records = std::vector<record>;

/// Puts a value at `key`; without one, erases what is from `key` to `until`.
struct record_change {
  std::int64_t key = 0;
  std::optional<std::string> value;
  std::int64_t until = 0;  ///< Erasing: the last key that goes, >= key.
};

/// Changes of one space, made in this order.
struct space_changes {
  std::string space;  ///< [a-z0-9_.-]{1,128}
  std::vector<record_change> changes;
};

using store_batch = std::vector<space_changes>;

/// A part of a space, in the order of its keys, or against it.
struct record_range {
  std::string space;
  std::int64_t from = 0;
  std::int64_t to = 0;  ///< The last one, >= from.
  bool backwards = false;
  std::size_t records_max = 1'000;
  /// Bytes of values; at least one record is found all the same.
  std::size_t bytes_max = 4u << 20;
};

/// For each range asked for, in their order.
using record_pages = std::vector<records>;

class store_reader {
public:
  virtual ~store_reader() = default;

  /// An unknown space is empty. Errors: store_failed, store_corrupt (why).
  virtual caf::expected<records> read(const record_range& range) = 0;
};

class store {
public:
  virtual ~store() = default;

  /// Errors: store_full: no room on the disk, or it may not be written to;
  /// store_corrupt: what is on disk is not what was written; store_failed:
  /// anything else. Context: why, for people.
  virtual caf::expected<void> commit(const store_batch& batch) = 0;

  /// Does what need not be done before the answer to a commit: to be called
  /// when that is out. A store that is never given the time takes it at times.
  /// Errors: as of `commit`, which has not failed for that.
  virtual caf::expected<void> tidy() = 0;

  /// Another way in, for another thread; it goes before the store does. Errors:
  /// as of `read`.
  virtual caf::expected<std::unique_ptr<store_reader>> open_reader() = 0;

  /// Reads all there is and compares it with itself: seconds for a large one.
  /// Once it has found damage, commits are refused.
  /// Errors: store_corrupt (what), store_failed.
  virtual caf::expected<void> check() = 0;

  /// Copies everything as of now into a new file while others go on. Errors:
  /// store_failed, store_full (why).
  virtual caf::expected<void> back_up(const std::filesystem::path& to) = 0;
};

}  // namespace troupe
