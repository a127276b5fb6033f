// Two bits a child: which ones have ended, and which of these failed.

#include "actors/queue/kept_family.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

TEST(KeptFamily, each_child_ends_for_itself_and_the_last_word_counts) {
  job_family family{1'000};
  for (const auto index : {0u, 63u, 64u, 999u})
    family.end(index, index != 64);
  family.end(64, false);
  EXPECT_EQ(family.counts(),
            (child_counts{.total = 1'000, .pending = 996, .failed = 1}));
  for (const auto index : {1u, 62u, 65u, 998u})
    EXPECT_FALSE(family.has_ended(index));
  family.end(64, true);
  family.end(0, false);
  family.end(63, false);
  EXPECT_EQ(family.counts(),
            (child_counts{.total = 1'000, .pending = 996, .failed = 2}));
}

TEST(KeptFamily, what_cannot_be_is_not_read) {
  EXPECT_EQ(job_family::read(65, {3, 1}, {2, 0})->counts(),
            (child_counts{.total = 65, .pending = 62, .failed = 1}));
  EXPECT_EQ(job_family::read(64, {~0ull}, {})->counts().pending, 0u);
  EXPECT_EQ(job_family::read(2, {}, {})->counts().pending, 2u);
  EXPECT_FALSE(job_family::read(0, {}, {}));
  EXPECT_FALSE(job_family::read(65, {3}, {}));
  EXPECT_FALSE(job_family::read(65, {3, 1, 0}, {}));
  EXPECT_FALSE(job_family::read(65, {3, 1}, {2}));
  EXPECT_FALSE(job_family::read(65, {3, 2}, {}));
  EXPECT_FALSE(job_family::read(65, {3, 1}, {4, 0}));
  EXPECT_FALSE(job_family::read((1u << 20) + 1, {}, {}));
}

}  // namespace
}  // namespace troupe
