// A store in an SQLite file: write-ahead log, every commit forced to the disk.
//
//   NAME         the file proper
//   NAME-wal     its log, part of it; NAME-shm: how its users agree
//   NAME.lock    who has it, and how many commits it must hold
//
// What it notices: a file that is not a store, or a newer troupe's; a second
// process; fewer commits than were acknowledged; trees that do not hang
// together and values that are not what was written, when they are read, and
// all of them, on a thread of its own, after its last owner died with it.
// Damaged, it refuses commits until it is restored; reads go on as far as they
// can.
//
// Limits: when a commit fails because the disk could not be written, and the
// process dies before the next one, that failed commit may turn out to be kept.
// Local file systems only: its users agree by shared memory.

#pragma once

#include "runtime/store/store.hpp"

#include <chrono>
#include <filesystem>
#include <memory>

namespace troupe {

struct sqlite_store_options {
  /// For other programs that look into the file; none of ours locks it.
  std::chrono::milliseconds busy_timeout{1'000};

  /// How much log, in pages, is worth moving into the file: 8 MiB, which takes
  /// about 10 ms of a fast disk's time. Twice as much saved no work.
  int checkpoint_pages = 1'024;

  /// Bytes of a page of a new file: a dozen jobs, or one prompt, in a page.
  /// Measured 4 to 16 KiB, which differ little; larger ones scan faster.
  int page_size = 8'192;

  /// Of pages in the writer's memory, while it needs them. The largest group
  /// of commits fits; else it would be written twice.
  int cache_kib = 32 * 1'024;
};

/// Opens the store in `file`, or makes one there; its directory must exist.
/// Errors: store_full: no room, or no leave to write; store_corrupt: this is no
/// SQLite file; store_failed: anything else. Context: why, for people.
caf::expected<std::unique_ptr<store>>
open_sqlite_store(const std::filesystem::path& file,
                  const sqlite_store_options& options = {});

}  // namespace troupe
