#include "runtime/errc.hpp"
#include "runtime/error_words.hpp"

#include <caf/make_message.hpp>
#include <gtest/gtest.h>

#include <cstdint>

namespace troupe {
namespace {

TEST(ErrorWords, code_and_context_are_said) {
  EXPECT_EQ(words_of(caf::make_error(errc::store_full, std::string{"no room"})),
            "store_full: no room");
  EXPECT_EQ(words_of(caf::make_error(errc::actor_lost)), "actor_lost");
}

TEST(ErrorWords, a_context_that_is_no_text_is_left_out) {
  const auto why = caf::make_error(errc::queue_full, std::uint64_t{1'000});
  EXPECT_EQ(context_of(why), "");
  EXPECT_EQ(words_of(why), "queue_full");
  EXPECT_EQ(context_of(caf::error{}), "");
}

}  // namespace
}  // namespace troupe
