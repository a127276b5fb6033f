// Fields of a head as they leave, whoever made their values.

#include "http/head_text.hpp"

#include <gtest/gtest.h>

namespace troupe::http {
namespace {

TEST(HeadText, a_value_cannot_begin_a_field_of_its_own) {
  std::string head = "\r\n";
  append_field(head, "Location", "/a\r\nSet-Cookie: b\x7f\tc\x01");
  EXPECT_EQ(head, "\r\nLocation: /a??Set-Cookie: b?\tc?\r\n");
}

TEST(HeadText, letters_beyond_ascii_stay) {
  std::string head;
  append_field(head, "x-name", "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(head, "x-name: gr\xC3\xBC\xC3\x9F\r\n");
}

TEST(HeadText, numbers_have_digits_of_their_base) {
  std::string text;
  append_number(text, 0);
  append_number(text, UINT64_MAX);
  append_number(text, 255, 16);
  EXPECT_EQ(text, "018446744073709551615ff");
}

}  // namespace
}  // namespace troupe::http
