#include "runtime/store/sqlite_store.hpp"

#include "runtime/error_words.hpp"
#include "runtime/store/damage.hpp"
#include "runtime/store/sqlite_copy.hpp"
#include "runtime/store/sqlite_reader.hpp"
#include "runtime/store/sqlite_writer.hpp"
#include "runtime/store/store_lock.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace troupe {

namespace {

class sqlite_store final : public store {
public:
  sqlite_store(std::filesystem::path file, sqlite_store_options options,
               store_lock lock, sqlite::writer writer)
      : file_(std::move(file)), options_(options), lock_(std::move(lock)),
        writer_(std::move(writer)) {
    compare_commits();
    if (!lock_.was_left_clean())
      examine_apart();
  }

  ~sqlite_store() override {
    examiner_.request_stop();
    if (examiner_.joinable())
      examiner_.join();
    const auto commits = writer_->commits();
    writer_.reset();  // Moves the log into the file, and ends it.
    if (examined_ && !damage_->known())
      lock_.leave_clean(commits);
  }

  sqlite_store(const sqlite_store&) = delete;
  sqlite_store& operator=(const sqlite_store&) = delete;

  caf::expected<void> commit(const store_batch& batch) override {
    if (damage_->known())
      return caf::make_error(errc::store_corrupt, damage_->what());
    if (auto done = watched(writer_->commit(batch)); !done)
      return done;
    lock_.note(writer_->commits());
    if (writer_->is_untidy())
      static_cast<void>(tidy());  // The commit itself is well.
    return {};
  }

  caf::expected<void> tidy() override {
    if (damage_->known())
      return {};
    return watched(writer_->tidy());
  }

  caf::expected<std::unique_ptr<store_reader>> open_reader() override {
    auto made = sqlite::reader::open(file_, options_.busy_timeout, damage_);
    if (!made)
      return made.error();
    return std::unique_ptr<store_reader>{std::move(*made)};
  }

  caf::expected<void> check() override {
    return watched(sqlite::examine(file_));
  }

  caf::expected<void> back_up(const std::filesystem::path& to) override {
    return sqlite::copy(file_, to);
  }

private:
  caf::expected<void> watched(caf::expected<void> done) {
    if (code_of(done) == errc::store_corrupt)
      damage_->found(context_of(done.error()));
    return done;
  }

  void compare_commits() {
    const auto has = writer_->commits();
    const auto must_have = lock_.commits_before();
    if (has >= must_have)
      return;
    damage_->found(file_.string() + ": the last "
                   + std::to_string(must_have - has)
                   + " commits are missing; restore a backup, or remove "
                   + file_.string() + ".lock to go on without them");
  }

  // Beside the start: a large store takes seconds to read.
  void examine_apart() {
    examined_ = false;
    examiner_ = std::jthread{[this](const std::stop_token& until) {
      if (const auto done = watched(sqlite::examine(file_, until)))
        examined_ = true;
    }};
  }

  std::filesystem::path file_;
  sqlite_store_options options_;
  store_lock lock_;
  std::shared_ptr<damage> damage_ = std::make_shared<damage>();
  std::optional<sqlite::writer> writer_;  // Ends before its lock does.
  std::atomic<bool> examined_{true};      // Or need not be.
  std::jthread examiner_;
};

}  // namespace

caf::expected<std::unique_ptr<store>>
open_sqlite_store(const std::filesystem::path& file,
                  const sqlite_store_options& options) {
  auto lock = store_lock::take(file);
  if (!lock)
    return lock.error();
  auto connection = sqlite::connection::open(file, sqlite::access::write,
                                             options.busy_timeout);
  if (!connection)
    return connection.error();
  auto writer = sqlite::writer::start(
      std::move(*connection), {.checkpoint_pages = options.checkpoint_pages,
                               .page_size = options.page_size,
                               .cache_kib = options.cache_kib});
  if (!writer)
    return writer.error();
  // Names are not on the disk before their directory is.
  if (auto done = sync_directory(file.parent_path()); !done)
    return done.error();
  return std::unique_ptr<store>{std::make_unique<sqlite_store>(
      file, options, std::move(*lock), std::move(*writer))};
}

}  // namespace troupe
