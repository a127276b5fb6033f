// Addresses to listen on, and who can reach them.

#include "config/endpoint.hpp"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

TEST(endpoint, reads_ipv4_ipv6_and_localhost) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:8080"), (endpoint{"127.0.0.1", 8080}));
  EXPECT_EQ(parse_endpoint("[::1]:80"), (endpoint{"::1", 80}));
  EXPECT_EQ(parse_endpoint("0.0.0.0:0"), (endpoint{"0.0.0.0", 0}));
  EXPECT_EQ(parse_endpoint("localhost:65535"), (endpoint{"127.0.0.1", 65535}));
}

TEST(endpoint, refuses_what_is_not_a_numeric_address_and_a_port) {
  for (const auto* text : {"",
                           ":",
                           ":8080",
                           "8080",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:80x",
                           "127.0.0.1 :80",
                           "127.0.0.1:80 ",
                           "256.0.0.1:80",
                           "127.1:80",
                           "::1:80",
                           "[::1]",
                           "[::1",
                           "[]:80",
                           "[:80",
                           "]:80",
                           "[127.0.0.1]:80",
                           "example.com:80",
                           "[fe80::1%eth0]:80"})
    EXPECT_FALSE(parse_endpoint(text)) << text;
  using namespace std::string_view_literals;
  EXPECT_FALSE(parse_endpoint("127.0.0.1\0x:80"sv));
}

TEST(endpoint, prints_what_it_reads) {
  for (const std::string text : {"127.0.0.1:8080", "[::1]:80", "[fe80::1]:0"})
    EXPECT_EQ(print(*parse_endpoint(text)), text);
}

TEST(endpoint, knows_which_addresses_only_this_machine_can_reach) {
  for (const auto* host : {"127.0.0.1", "127.255.0.9", "::1", "localhost"})
    EXPECT_TRUE(is_loopback({host, 1})) << host;
  for (const auto* host :
       {"0.0.0.0", "::", "128.0.0.1", "10.0.0.1", "::2", "example.com", ""})
    EXPECT_FALSE(is_loopback({host, 1})) << host;
}

}  // namespace
}  // namespace troupe::config
