// Prints what people read about the knobs:
//   troupe_knobs example > config/troupe.example.yaml
//   troupe_knobs table                        (for the README)

#include "config/reference.hpp"

#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
  const std::string_view what = argc == 2 ? argv[1] : "";
  if (what == "example") {
    std::cout << troupe::config::example_file();
  } else if (what == "table") {
    std::cout << troupe::config::knobs_table();
  } else {
    std::cerr << "usage: troupe_knobs example|table\n";
    return 2;
  }
  return 0;
}
