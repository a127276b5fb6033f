#include "runtime/command/copies.hpp"

#include "config/load.hpp"
#include "runtime/error_words.hpp"
#include "runtime/store/sqlite_copy.hpp"

#include <cstdlib>
#include <optional>
#include <ostream>
#include <system_error>

namespace troupe {

namespace {

/// What a node calls its store.
constexpr auto jobs = "jobs.db";

std::optional<std::filesystem::path> store_of(const state_place& of,
                                              const config::environment& env,
                                              std::ostream& err) {
  if (!of.data_dir.empty())
    return of.data_dir / jobs;
  const auto loaded = of.config.empty() ? config::load("", "", env)
                                        : config::load_file(of.config, env);
  for (const auto& fault : loaded.faults)
    err << fault << '\n';
  if (!loaded)
    return std::nullopt;
  return loaded.settings.node.data_dir / jobs;
}

int fail(const caf::error& why, std::ostream& err) {
  err << "troupe: " << words_of(why) << '\n';
  return EXIT_FAILURE;
}

}  // namespace

int back_up(const state_place& of, const std::filesystem::path& to,
            const config::environment& env, std::ostream& out,
            std::ostream& err) {
  const auto file = store_of(of, env, err);
  if (!file)
    return EXIT_FAILURE;
  if (const auto done = sqlite::copy(*file, to); !done)
    return fail(done.error(), err);
  std::error_code ignored;
  out << to.string() << ": a whole copy of " << file->string() << ", "
      << std::filesystem::file_size(to, ignored) << " bytes\n";
  return EXIT_SUCCESS;
}

int restore(const std::filesystem::path& from, const state_place& into,
            old_store what_becomes, const config::environment& env,
            std::ostream& out, std::ostream& err) {
  const auto file = store_of(into, env, err);
  if (!file)
    return EXIT_FAILURE;
  const auto done = restore_store(from, *file, what_becomes);
  if (!done)
    return fail(done.error(), err);
  out << file->string() << ": restored from " << from.string() << '\n';
  if (!done->moved_to.empty())
    out << done->moved_to.string() << ": what was there before\n";
  return EXIT_SUCCESS;
}

}  // namespace troupe
