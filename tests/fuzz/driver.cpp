// Runs a fuzz target in a seeded loop: mutations of its seeds, always the same
// for the same number.
//
//   fuzz_x [iterations [first seed]]
//
// Each iteration has a seed of its own. When one aborts, the last line says
// which, and `fuzz_x 1 <seed>` repeats it.

#include "tests/fuzz/target.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <unistd.h>

namespace {

/// Short enough for every test run; a few seconds under sanitizers.
constexpr std::uint64_t iterations_default = 20'000;

/// Mutations applied to one seed at most.
constexpr std::size_t mutations_max = 6;

volatile std::uint64_t current = 0;

/// Only what a signal handler may do: digits and write().
extern "C" void tell_seed(int) {
  char text[64] = "\nrepeat with: 1 ";
  auto at = std::strlen(text);
  char digits[24];
  std::size_t count = 0;
  std::uint64_t n = current;
  do {
    digits[count++] = static_cast<char>('0' + n % 10);
    n /= 10;
  } while (n != 0);
  while (count != 0)
    text[at++] = digits[--count];
  text[at++] = '\n';
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text, at);
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

class mutator {
public:
  explicit mutator(std::uint64_t seed) : random_(seed) {}

  std::string make(const std::vector<std::string_view>& seeds) {
    // Two bytes in front for a target's own decisions.
    std::string text;
    text.push_back(static_cast<char>(below(256)));
    text.push_back(static_cast<char>(below(256)));
    text.append(seeds[below(seeds.size())]);
    for (auto n = below(mutations_max + 1); n != 0; --n)
      mutate(text, seeds);
    return text;
  }

private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_);
  }

  void mutate(std::string& text, const std::vector<std::string_view>& seeds) {
    using namespace std::string_view_literals;
    static constexpr auto spice = "\"\\{}[]:,\r\n\0 \xff\xc3truenull0-%/."sv;
    const auto at = below(text.size() + 1);
    const auto size = below(16) + 1;
    switch (below(6)) {
    case 0:
      text.insert(at, 1, static_cast<char>(below(256)));
      break;
    case 1:
      text.insert(at, 1, spice[below(spice.size())]);
      break;
    case 2:
      text.erase(at, size);
      break;
    case 3:
      text.insert(at, text.substr(below(text.size() + 1), size));
      break;
    case 4:
      if (at < text.size())
        text[at] = static_cast<char>(below(256));
      break;
    default: {
      const auto other = seeds[below(seeds.size())];
      text.append(other.substr(below(other.size() + 1)));
      break;
    }
    }
  }

  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto count =
      argc > 1 ? std::strtoull(argv[1], nullptr, 10) : iterations_default;
  const auto first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const auto seeds = troupe::fuzz::seeds();
  // Sanitizers end a process their own way, unless told to abort.
  std::signal(SIGABRT, tell_seed);
  std::signal(SIGSEGV, tell_seed);
  for (std::uint64_t i = 0; i < count; ++i) {
    current = first + i;
    const auto input = mutator{first + i}.make(seeds);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()),
                           input.size());
  }
  std::printf("%llu inputs\n", static_cast<unsigned long long>(count));
  return 0;
}
