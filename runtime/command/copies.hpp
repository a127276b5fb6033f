// `troupe backup` and `troupe restore`: copies of a node's durable state.
//
// A backup may be made while the node runs; a restore is refused then. Both
// are told where that state is by the node's configuration, or by its
// directory.

#pragma once

#include "config/environment.hpp"
#include "runtime/store/restore.hpp"

#include <filesystem>
#include <iosfwd>

namespace troupe {

/// Whose state it is; with neither of them, a node's without a configuration.
struct state_place {
  std::filesystem::path config;    ///< A file, or empty.
  std::filesystem::path data_dir;  ///< In place of the configuration's.
};

/// Makes `to`, a copy. Returns the exit status; says why not in `err`.
int back_up(const state_place& of, const std::filesystem::path& to,
            const config::environment& env, std::ostream& out,
            std::ostream& err);

/// Puts the backup in the place of the state. Returns as above.
int restore(const std::filesystem::path& from, const state_place& into,
            old_store what_becomes, const config::environment& env,
            std::ostream& out, std::ostream& err);

}  // namespace troupe
