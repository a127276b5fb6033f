// Runs a simulation once for each seed, as the command line has it:
//
//   NAME [--seeds N] [--seed N]
//
// A seed that fails is printed with what happened last; `--seed` repeats it.

#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::test {

/// Failures after which nobody reads on.
inline constexpr int failed_seeds_max = 3;

/// Whether `Simulation{seed}.run()` comes to its end without an exception.
template <class Simulation>
bool holds(const char* name, std::uint64_t seed) {
  std::unique_ptr<Simulation> s;
  try {
    s = std::make_unique<Simulation>(seed);
    s->run();
    return true;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%sseed %llu: %s\nrepeat: %s --seed %llu\n",
                 s ? s->log().c_str() : "",
                 static_cast<unsigned long long>(seed), e.what(), name,
                 static_cast<unsigned long long>(seed));
    return false;
  }
}

/// Returns the program's exit status. `count` seeds, if it is told nothing.
template <class Simulation>
int run_seeds(const char* name, std::uint64_t count, int argc, char** argv) {
  std::uint64_t first = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const auto value = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--seed") {
      first = value;
      count = 1;
    } else if (option == "--seeds") {
      count = value;
    }
  }
  int failed = 0;
  for (auto seed = first; seed < first + count && failed < failed_seeds_max;
       ++seed)
    failed += !holds<Simulation>(name, seed);
  if (failed == 0)
    std::printf("%llu schedules hold\n",
                static_cast<unsigned long long>(count));
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace troupe::test
