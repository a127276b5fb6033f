// SHA-256 gives the digests of the standard, one after the other.

#include "http/wire/sha256.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

TEST(sha256, gives_the_standards_digests) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(
        sha256_hex("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(
        sha256_hex(""),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }
}

}  // namespace

}  // namespace troupe::http::wire
