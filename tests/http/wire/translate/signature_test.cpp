// A signature comes back to its maker as it left, and to nobody else.

#include "http/wire/translate/signature.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

using config::protocol;

constexpr protocol wires[]{protocol::openai, protocol::anthropic,
                           protocol::gemini};

TEST(signature, is_shown_with_its_makers_name_on_other_wires) {
  const signature own{protocol::gemini, "AbC="};
  EXPECT_EQ(shown_signature(own, protocol::gemini), "AbC=");
  EXPECT_EQ(shown_signature(own, protocol::anthropic), "gemini:AbC=");
  EXPECT_EQ(shown_signature(own, protocol::openai), "gemini:AbC=");
}

TEST(signature, round_trips_exactly_whatever_it_says) {
  for (const auto maker : wires)
    for (const auto client : wires)
      for (const auto* text : {"AbC=", "", ":", "x:y", "redacted:z"}) {
        const signature own{maker, text};
        EXPECT_EQ(read_signature(shown_signature(own, client), client), own);
      }
}

TEST(signature, round_trips_over_two_gateways) {
  // The provider is such a gateway itself, in front of a Gemini.
  const signature own{protocol::anthropic, "gemini:AbC="};
  const auto shown = shown_signature(own, protocol::openai);
  EXPECT_EQ(shown, "anthropic:gemini:AbC=");
  EXPECT_EQ(read_signature(shown, protocol::openai), own);
}

TEST(signature, without_a_name_is_the_wires_own) {
  EXPECT_EQ(read_signature("AbC=", protocol::anthropic),
            (signature{protocol::anthropic, "AbC="}));
  EXPECT_EQ(read_signature("anthropic:x", protocol::anthropic),
            (signature{protocol::anthropic, "anthropic:x"}));
}

}  // namespace

}  // namespace troupe::http::wire
