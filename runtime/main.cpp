#include "actors/contracts.hpp"
#include "http/service.hpp"

#include <cstdio>

int main() {
  std::puts("troupe " TROUPE_VERSION);
  return 0;
}
