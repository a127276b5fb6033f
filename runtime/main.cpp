// The command line: which command, with which settings.

#include "config/check.hpp"
#include "config/load.hpp"
#include "http/simulator/options.hpp"
#include "runtime/command/copies.hpp"
#include "runtime/command/node.hpp"
#include "runtime/command/simulate.hpp"
#include "runtime/command/threads.hpp"
#include "runtime/log.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <unistd.h>

namespace {

using namespace troupe;

/// Exit status of a command line, configuration or address that cannot be used.
constexpr int cannot_start = 1;

void open_log(const config::log_settings& settings) {
  const bool text = settings.format == config::log_format::text
                    || (settings.format == config::log_format::automatic
                        && ::isatty(STDERR_FILENO) != 0);
  log::open(settings.level, text ? log::format::text : log::format::json);
}

int serve(const std::string& file, const std::string& listen,
          const signals& ending) {
  const auto process = config::process_environment();
  const config::environment env =
      [&](const std::string& name) -> std::optional<std::string> {
    if (name == config::override_name("http.listen") && !listen.empty())
      return listen;
    return process(name);
  };
  const node::reader read = [&] {
    return file.empty() ? config::load("", "", env)
                        : config::load_file(file, env);
  };
  auto loaded = read();
  if (!loaded) {
    for (const auto& fault : loaded.faults)
      std::cerr << fault << '\n';
    return cannot_start;
  }
  open_log(loaded.settings.log);
  raise_file_limit();
  node all{std::move(loaded.settings), read};
  return all.run(ending);
}

/// `troupe backup` and `troupe restore`.
class copy_commands {
public:
  explicit copy_commands(CLI::App& app)
      : backup_(app.add_subcommand(
          "backup", "Copy a node's durable state, also while it runs.")),
        restore_(app.add_subcommand(
            "restore",
            "Put a backup in the place of a stopped node's state.")) {
    for (auto* command : {backup_, restore_}) {
      command->add_option("-c,--config", config_,
                          "The node's configuration file");
      command->add_option("--data-dir", data_dir_,
                          "The directory of its durable state, in place of "
                          "node.data_dir");
    }
    backup_->add_option("to", file_, "The file to make")->required();
    restore_->add_option("from", file_, "The backup")->required();
    restore_->add_flag("--force", moves_aside_,
                       "Move aside what is there already");
  }

  /// Empty: neither of them was asked for.
  std::optional<int> run() const {
    const auto env = config::process_environment();
    const state_place place{.config = config_, .data_dir = data_dir_};
    if (*backup_)
      return back_up(place, file_, env, std::cout, std::cerr);
    if (*restore_)
      return restore(file_, place,
                     moves_aside_ ? old_store::moves_aside : old_store::refuses,
                     env, std::cout, std::cerr);
    return std::nullopt;
  }

private:
  CLI::App* backup_;
  CLI::App* restore_;
  // Strings: CLI11 would end a path at its first blank.
  std::string config_;
  std::string data_dir_;
  std::string file_;
  bool moves_aside_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const signals ending;
  CLI::App app{"troupe carries an application's AI traffic: one door in front "
               "of your LLM providers.",
               "troupe"};
  app.set_version_flag("--version", "troupe " TROUPE_VERSION);
  app.require_subcommand(1);

  std::string file;
  std::string listen;
  auto* serving = app.add_subcommand("serve", "Run the gateway.");
  serving->add_option("-c,--config", file,
                      "Configuration file; without one, defaults and the "
                      "environment (OPENAI_API_KEY, ...)");
  serving->add_option("--listen", listen,
                      "Address and port, in place of http.listen");

  simulator::settings rules;
  auto* simulating = app.add_subcommand(
      "simulate", "Run a simulated provider that speaks all three wires.");
  simulator::add_options(*simulating, rules);

  auto* checking = app.add_subcommand(
      "check", "Say whether a configuration file is well, and why not.");
  checking->add_option("file", file, "Configuration file")->required();

  copy_commands copies{app};

  CLI11_PARSE(app, argc, argv);
  try {
    if (*checking)
      return config::check(file, config::process_environment(), std::cout,
                           std::cerr);
    if (const auto status = copies.run())
      return *status;
    if (*simulating) {
      open_log({});
      return simulate(rules, ending);
    }
    return serve(file, listen, ending);
  } catch (const std::exception& e) {
    log::close();
    std::cerr << "troupe: " << e.what() << '\n';
    return cannot_start;
  }
}
