#include "runtime/store/store_lock.hpp"

#include "runtime/errc.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace troupe {

namespace {

/// What the file says, always of the same size: overwriting it in place needs
/// no room on a full disk. Process 0: nobody, all is well.
constexpr const char* form = "troupe store\nprocess %10ld\ncommits %20llu\n";
constexpr std::size_t text_size = 61;
using text = std::array<char, text_size + 1>;

caf::error trouble(const std::filesystem::path& file, std::string_view doing,
                   int number) {
  const bool unwritable = number == ENOSPC || number == EDQUOT
                          || number == EROFS || number == EACCES
                          || number == EPERM;
  std::string why = file.string();
  why.append(": ").append(doing).append(": ");
  why += std::generic_category().message(number);
  return caf::make_error(unwritable ? errc::store_full : errc::store_failed,
                         std::move(why));
}

/// The number after `name`, 0 if there is none.
std::uint64_t number_after(std::string_view in, std::string_view name) {
  const auto at = in.find(name);
  if (at == std::string_view::npos)
    return 0;
  in.remove_prefix(at + name.size());
  in.remove_prefix(std::min(in.find_first_not_of(' '), in.size()));
  std::uint64_t result = 0;
  std::from_chars(in.data(), in.data() + in.size(), result);
  return result;
}

std::string_view content_of(int descriptor, text& room) {
  const auto size = ::pread(descriptor, room.data(), text_size, 0);
  return {room.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

caf::expected<void> sync(const std::filesystem::path& what, int flags) {
  const int descriptor = ::open(what.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0)
    return trouble(what, "cannot open", errno);
  const int done = ::fsync(descriptor);
  const int number = errno;
  ::close(descriptor);
  if (done != 0)
    return trouble(what, "cannot sync", number);
  return {};
}

}  // namespace

caf::expected<store_lock> store_lock::take(const std::filesystem::path& file) {
  auto path = file;
  path += ".lock";
  store_lock result;
  result.descriptor_ =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (result.descriptor_ < 0)
    return trouble(path, "cannot open", errno);
  if (::flock(result.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return trouble(path, "cannot lock", errno);
    text room{};
    const auto by =
        number_after(content_of(result.descriptor_, room), "process");
    return caf::make_error(errc::store_failed, file.string()
                                                   + ": in use by process "
                                                   + std::to_string(by));
  }
  result.read();
  if (!result.write(owner::here, result.commits_before_))
    return trouble(path, "cannot write", errno);
  return result;
}

store_lock::~store_lock() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

void store_lock::read() noexcept {
  text room{};
  const auto content = content_of(descriptor_, room);
  commits_before_ = number_after(content, "commits");
  was_left_clean_ = number_after(content, "process") == 0;
}

bool store_lock::write(owner who, std::uint64_t commits) noexcept {
  text room{};
  const long process = who == owner::here ? static_cast<long>(::getpid()) : 0;
  const int size = std::snprintf(room.data(), room.size(), form, process,
                                 static_cast<unsigned long long>(commits));
  const auto written =
      ::pwrite(descriptor_, room.data(), static_cast<std::size_t>(size), 0);
  return written == size;
}

// A note that cannot be written leaves the last one: it knows of fewer commits
// than there are, which is allowed.
void store_lock::note(std::uint64_t commits) noexcept {
  write(owner::here, commits);
}

void store_lock::leave_clean(std::uint64_t commits) noexcept {
  write(owner::gone, commits);
}

caf::expected<void> sync_directory(const std::filesystem::path& directory) {
  return sync(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
}

caf::expected<void> sync_file(const std::filesystem::path& file) {
  return sync(file, O_RDONLY);
}

}  // namespace troupe
