// Whose a store is, and how much it must hold: the file beside it, NAME.lock.
//
// One process at a time has a store. Whoever has it also writes here, after
// every commit, how many there have been. That is not forced to the disk, so
// after a power cut it may say less than is true; but never more. A store that
// then holds fewer commits than its lock knows of has lost acknowledged ones (a
// log that was cut short, a disk that lies, an old copy put in its place),
// which SQLite by itself would not notice.
//
// The lock is flock's: it ends with the process, however that ends. The file
// stays. Limits: a file system without flock is refused.

#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <utility>

namespace troupe {

class store_lock {
public:
  /// Takes the lock of the store in `file`. Errors: store_failed: another
  /// process has it (which one); store_full: it may not be written here.
  static caf::expected<store_lock> take(const std::filesystem::path& file);

  store_lock(store_lock&& other) noexcept { swap(other); }
  store_lock& operator=(store_lock&& other) noexcept {
    swap(other);
    return *this;
  }

  /// Gives the store up without a word: as if the process had died.
  ~store_lock();

  /// How many commits the last owner knew of; 0 if there was none.
  std::uint64_t commits_before() const noexcept { return commits_before_; }

  /// Whether the last owner, if there was one, left in peace.
  bool was_left_clean() const noexcept { return was_left_clean_; }

  /// The store holds that many commits by now.
  void note(std::uint64_t commits) noexcept;

  /// The owner leaves in peace. @pre nothing is committed after this.
  void leave_clean(std::uint64_t commits) noexcept;

private:
  store_lock() = default;

  enum class owner : std::uint8_t { here, gone };

  void swap(store_lock& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(commits_before_, other.commits_before_);
    std::swap(was_left_clean_, other.was_left_clean_);
  }

  bool write(owner who, std::uint64_t commits) noexcept;
  void read() noexcept;

  int descriptor_ = -1;
  std::uint64_t commits_before_ = 0;
  bool was_left_clean_ = true;
};

/// Makes names in this directory durable: files made, renamed or removed.
/// Errors: store_full, store_failed.
caf::expected<void> sync_directory(const std::filesystem::path& directory);

/// Makes what is in a file durable. Errors: as above.
caf::expected<void> sync_file(const std::filesystem::path& file);

}  // namespace troupe
