#include "runtime/store/sqlite_reader.hpp"

#include "runtime/error_words.hpp"
#include "runtime/store/sqlite_schema.hpp"

#include <utility>

namespace troupe::sqlite {

namespace {

/// Of pages in memory: what is read again soon are the upper levels of a few
/// trees, and the newest of their leaves.
constexpr const char* cache_size = "PRAGMA cache_size = -4096";  // KiB.

std::string selection(const std::string& table, const char* order) {
  return "SELECT key, value, seal FROM " + table
         + " WHERE key BETWEEN ?1 AND ?2 ORDER BY key " + order;
}

}  // namespace

caf::expected<std::unique_ptr<reader>>
reader::open(const std::filesystem::path& file,
             std::chrono::milliseconds busy_timeout,
             std::shared_ptr<damage> shared) {
  auto c = connection::open(file, access::read, busy_timeout);
  if (!c)
    return c.error();
  std::unique_ptr<reader> result{new reader{std::move(*c), std::move(shared)}};
  auto& own = result->connection_;
  if (own.run("PRAGMA cell_size_check = ON") != SQLITE_OK
      || own.run("PRAGMA trusted_schema = OFF") != SQLITE_OK
      || own.run(cache_size) != SQLITE_OK
      || own.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?1",
                     result->known_)
             != SQLITE_OK)
    return result->report(own.fault("cannot open"));
  return result;
}

caf::expected<records> reader::read(const record_range& range) {
  space* from = nullptr;
  if (find_space(range.space, from) != SQLITE_OK)
    return report(connection_.fault("cannot read"));
  if (from == nullptr)
    return records{};
  auto& rows = range.backwards ? from->backwards : from->forwards;
  rows.bind(1, range.from);
  rows.bind(2, range.to);
  auto result = collect(rows, range);
  // Ends the moment it saw, for which checkpoints would wait.
  rows.reset();
  return result;
}

caf::expected<records> reader::collect(statement& rows,
                                       const record_range& range) {
  records result;
  std::size_t bytes = 0;
  while (result.size() < range.records_max) {
    const int code = rows.step();
    if (code == SQLITE_DONE)
      break;
    if (code != SQLITE_ROW)
      return report(connection_.fault("cannot read"));
    const auto key = rows.number(0);
    const auto value = rows.bytes(1);
    if (rows.number(2) != seal_of(key, value))
      return report(caf::make_error(
          errc::store_corrupt, connection_.file().string() + ": record "
                                   + std::to_string(key) + " of " + range.space
                                   + " is not what was written"));
    bytes += value.size();
    if (bytes > range.bytes_max && !result.empty())
      break;
    result.push_back({key, std::string{value}});
  }
  return result;
}

// A space nobody has written to has no table, and is not an error.
int reader::find_space(const std::string& name, space*& result) {
  if (const auto found = spaces_.find(name); found != spaces_.end()) {
    result = &found->second;
    return SQLITE_OK;
  }
  if (!is_space_name(name))
    return SQLITE_OK;
  const auto known_as = "space." + name;
  known_.bind_text(1, known_as);
  const int code = known_.step();
  known_.reset();
  if (code != SQLITE_ROW)
    return code == SQLITE_DONE ? SQLITE_OK : code;
  const auto table = table_of(name);
  space made;
  int made_ready = connection_.prepare(selection(table, "ASC"), made.forwards);
  if (made_ready == SQLITE_OK)
    made_ready = connection_.prepare(selection(table, "DESC"), made.backwards);
  if (made_ready != SQLITE_OK)
    return made_ready;
  result = &spaces_.emplace(name, std::move(made)).first->second;
  return SQLITE_OK;
}

caf::error reader::report(caf::error why) {
  if (code_of(why) == errc::store_corrupt)
    damage_->found(context_of(why));
  return why;
}

}  // namespace troupe::sqlite
