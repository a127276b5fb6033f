#include "runtime/store/sqlite.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace troupe::sqlite {

namespace {

/// Whether the system says that there is no room, or no leave to write.
bool refuses_writing(int number) noexcept {
  return number == ENOSPC || number == EDQUOT || number == EROFS
         || number == EACCES || number == EPERM || number == EFBIG;
}

/// Whether SQLite has asked the system, so that its errno belongs to this.
bool blames_the_system(int primary) noexcept {
  return primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN
         || primary == SQLITE_FULL;
}

/// Makes an empty file nobody else may read: jobs hold what clients confide.
/// One that is there stays, also untouched: to close it would end the locks
/// that others in this process have on it.
void make_private(const std::filesystem::path& file) {
  const int made = ::open(file.c_str(), O_CREAT | O_EXCL | O_CLOEXEC | O_RDWR,
                          S_IRUSR | S_IWUSR);
  if (made >= 0)
    ::close(made);
}

constexpr int primary_of(int code) noexcept {
  return code & 0xff;  // Extended codes add bits above.
}

}  // namespace

errc kind_of(int code, int number) noexcept {
  switch (primary_of(code)) {
  case SQLITE_FULL:
    return errc::store_full;
  case SQLITE_READONLY:
    return code == SQLITE_READONLY_DBMOVED ? errc::store_failed
                                           : errc::store_full;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return errc::store_corrupt;
  case SQLITE_CANTOPEN:
  case SQLITE_IOERR:
    // The file is shorter than it says it is.
    if (code == SQLITE_IOERR_SHORT_READ || code == SQLITE_IOERR_CORRUPTFS)
      return errc::store_corrupt;
    return refuses_writing(number) ? errc::store_full : errc::store_failed;
  default:
    return errc::store_failed;
  }
}

// -- statements
// ----------------------------------------------------------------

void statement::bind(int at, std::int64_t number) noexcept {
  sqlite3_bind_int64(handle_.get(), at, number);
}

void statement::bind(int at, std::string_view bytes) noexcept {
  // A null pointer would be NULL, which is not the same as no bytes.
  const char* const begin = bytes.data() != nullptr ? bytes.data() : "";
  sqlite3_bind_blob64(handle_.get(), at, begin, bytes.size(), SQLITE_STATIC);
}

void statement::bind_text(int at, std::string_view text) noexcept {
  sqlite3_bind_text64(handle_.get(), at, text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

int statement::run() noexcept {
  const int code = step();
  reset();
  return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

std::string_view statement::bytes(int column) noexcept {
  // In this order: asking for the size first might convert the value.
  const void* const begin = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (begin == nullptr)
    return {};
  return {static_cast<const char*>(begin), static_cast<std::size_t>(size)};
}

// -- connections
// ---------------------------------------------------------------

caf::expected<connection>
connection::open(const std::filesystem::path& file, access for_what,
                 std::chrono::milliseconds busy_timeout) {
  connection result;
  result.file_ = file;
  if (for_what == access::write)
    make_private(file);
  // No mutex of its own: a connection is used by one thread at a time.
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
      | (for_what == access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                   : SQLITE_OPEN_READWRITE);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  result.handle_.reset(handle);
  if (code != SQLITE_OK)
    return result.fault("cannot open");
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  if (for_what == access::write)
    return result;
  // All checkpoints are the writing connection's: two of them at once are what
  // the WAL-reset bug needs (SQLite before 3.51.3).
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_wal_autocheckpoint(handle, 0);
  if (result.run("PRAGMA query_only = ON") != SQLITE_OK)
    return result.fault("cannot open");
  return result;
}

int connection::run(const std::string& sql) noexcept {
  return sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
}

int connection::prepare(std::string_view sql, statement& result) noexcept {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(
      handle_.get(), sql.data(), static_cast<int>(sql.size()),
      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  result.handle_.reset(handle);
  return code;
}

int connection::ask(std::string_view sql, std::int64_t& answer) noexcept {
  answer = 0;
  statement asked;
  if (const int code = prepare(sql, asked); code != SQLITE_OK)
    return code;
  const int code = asked.step();
  if (code == SQLITE_ROW)
    answer = asked.number(0);
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

caf::error connection::fault(std::string_view doing) const {
  if (!handle_)
    return caf::make_error(errc::store_failed, "no memory");
  const int code = sqlite3_extended_errcode(handle_.get());
  std::string why = file_.string();
  why.append(": ").append(doing).append(": ");
  why += sqlite3_errmsg(handle_.get());
  int number = 0;
  if (blames_the_system(primary_of(code)))
    number = sqlite3_system_errno(handle_.get());
  if (number != 0)
    why += " (" + std::generic_category().message(number) + ')';
  return caf::make_error(kind_of(code, number), std::move(why));
}

}  // namespace troupe::sqlite
