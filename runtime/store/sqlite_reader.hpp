// A way into a store for one more thread: reads, and hinders nobody.
//
// Each question sees one moment of the store, the last commit before it. What
// is read is held against its seal; a value that is not what was written is
// damage, and told to all who use the store.

#pragma once

#include "runtime/store/damage.hpp"
#include "runtime/store/sqlite.hpp"
#include "runtime/store/store.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

namespace troupe::sqlite {

class reader final : public store_reader {
public:
  /// Errors: store_full, store_corrupt, store_failed.
  static caf::expected<std::unique_ptr<reader>>
  open(const std::filesystem::path& file,
       std::chrono::milliseconds busy_timeout, std::shared_ptr<damage> shared);

  caf::expected<records> read(const record_range& range) override;

private:
  struct space {
    statement forwards;
    statement backwards;
  };

  reader(connection c, std::shared_ptr<damage> shared)
      : connection_(std::move(c)), damage_(std::move(shared)) {}

  int find_space(const std::string& name, space*& result);
  caf::expected<records> collect(statement& rows, const record_range& range);
  caf::error report(caf::error why);

  connection connection_;
  std::shared_ptr<damage> damage_;
  std::unordered_map<std::string, space> spaces_;
  statement known_;
};

}  // namespace troupe::sqlite
