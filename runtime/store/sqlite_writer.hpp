// The one connection of a store that writes: commits, and checkpoints.
//
// A commit is one transaction in the write-ahead log, forced to the disk
// (synchronous FULL), with the number it has among all commits. A checkpoint
// moves what the log holds into the file proper. Nobody else checkpoints, not
// even another process of ours: SQLite before 3.51.3 may lose commits when two
// connections do at once (its "WAL-reset bug"), and Debian 12 has 3.40.
//
// Statements are prepared once a space. A space's table is made by the first
// commit that writes to it, and with it.

#pragma once

#include "runtime/store/sqlite.hpp"
#include "runtime/store/store.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace troupe::sqlite {

/// How the connection that writes is set up.
struct writer_options {
  /// Pages in the log from which it is worth a checkpoint.
  int checkpoint_pages = 0;
  int page_size = 0;  ///< Bytes; of a file yet to be made.
  int cache_kib = 0;
};

class writer {
public:
  /// Sets the connection up, brings the file to the present schema, and counts
  /// its commits. Errors: those of bring_forward.
  static caf::expected<writer> start(connection c,
                                     const writer_options& options);

  /// As of store::commit. After a failure everything is as it was before.
  caf::expected<void> commit(const store_batch& batch);

  /// How many commits there have been, over all times.
  std::uint64_t commits() const noexcept { return commits_; }

  /// Moves the log into the file if it has grown long enough. Readers may stand
  /// in the way of a part of it, which then waits for the next time.
  caf::expected<void> tidy();

  /// Whether nobody has had the time for that for so long that commits must
  /// take it.
  bool is_untidy() const noexcept;

private:
  struct space {
    statement put;
    statement erase;
  };

  writer() = default;

  int set_up(const writer_options& options);
  int prepare();
  int write(const store_batch& batch);
  int write(const space_changes& changes);
  int find_space(const std::string& name, space*& result);

  connection connection_;
  statement begin_;
  statement count_;
  statement commit_;
  statement roll_back_;
  std::unordered_map<std::string, space> spaces_;
  std::uint64_t commits_ = 0;
  int checkpoint_pages_ = 0;
  // Where SQLite says how long the log is; it must not move with the writer.
  std::unique_ptr<int> log_pages_ = std::make_unique<int>(0);
};

}  // namespace troupe::sqlite
