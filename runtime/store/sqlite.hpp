// SQLite's C interface with owners: a connection and its statements end with
// their objects, and its codes become errors of ours.
//
// Calls return SQLite's own codes, because a step is taken once a record; who
// meets one that is not well asks the connection for the `fault`, at once,
// before the next call hides it.
//
// Limits: a connection and its statements belong to one thread at a time.

#pragma once

#include "runtime/errc.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>

namespace troupe::sqlite {

/// What a connection is for. Only one that writes makes the file.
enum class access : std::uint8_t { read, write };

/// One prepared statement. Parameters and columns count as SQLite's do: the
/// former from 1, the latter from 0.
class statement {
public:
  /// None; only good for being assigned to.
  statement() = default;

  explicit operator bool() const noexcept { return handle_ != nullptr; }

  void bind(int at, std::int64_t number) noexcept;

  /// The bytes stay the caller's, and where they are, until the next reset.
  void bind(int at, std::string_view bytes) noexcept;

  void bind_text(int at, std::string_view text) noexcept;

  /// Goes on to the next row: SQLITE_ROW, SQLITE_DONE or a fault.
  int step() noexcept { return sqlite3_step(handle_.get()); }

  /// Runs a statement without rows, and makes it ready for the next time.
  /// Returns SQLITE_OK or a fault.
  int run() noexcept;

  /// Ready for the next time; frees what a row holds.
  void reset() noexcept { sqlite3_reset(handle_.get()); }

  std::int64_t number(int column) noexcept {
    return sqlite3_column_int64(handle_.get(), column);
  }

  /// Good until the next step or reset.
  std::string_view bytes(int column) noexcept;

private:
  friend class connection;

  struct finalizer {
    void operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }
  };

  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

class connection {
public:
  /// None; only good for being assigned to.
  connection() = default;

  /// Waits no longer than `busy_timeout` for other programs. Errors: of
  /// `fault`.
  static caf::expected<connection> open(const std::filesystem::path& file,
                                        access for_what,
                                        std::chrono::milliseconds busy_timeout);

  /// Runs statements whose rows are of no interest.
  int run(const std::string& sql) noexcept;

  /// Makes a statement that will be used many times.
  int prepare(std::string_view sql, statement& result) noexcept;

  /// The number in the first column of the first row, 0 without one.
  int ask(std::string_view sql, std::int64_t& answer) noexcept;

  /// The last call's failure: what was being done, where, and why not.
  caf::error fault(std::string_view doing) const;

  sqlite3* handle() const noexcept { return handle_.get(); }
  const std::filesystem::path& file() const noexcept { return file_; }

private:
  struct closer {
    void operator()(sqlite3* c) const noexcept { sqlite3_close_v2(c); }
  };

  std::filesystem::path file_;
  std::unique_ptr<sqlite3, closer> handle_;
};

/// Which of the store's errors a failure is. `code` is extended, `number` the
/// system's errno.
errc kind_of(int code, int number) noexcept;

}  // namespace troupe::sqlite
