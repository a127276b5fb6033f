// How faults print, in which order they come, and where the list ends.

#include "config/fault.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace troupe::config {
namespace {

std::string printed(const fault& f) {
  std::ostringstream out;
  out << f;
  return out.str();
}

TEST(fault, prints_file_line_path_and_message) {
  EXPECT_EQ(printed({{"a.yaml", 12}, "http.listen", "must be x"}),
            "a.yaml:12: http.listen: must be x");
  EXPECT_EQ(printed({{"TROUPE_HTTP_LISTEN", 0}, "http.listen", "must be x"}),
            "TROUPE_HTTP_LISTEN: http.listen: must be x");
  EXPECT_EQ(printed({{"a.yaml", 0}, "", "gone"}), "a.yaml: gone");
}

TEST(fault_list, gives_faults_in_the_order_of_lines_and_those_without_last) {
  fault_list list;
  list.add({{"V", 0}, "", "c"});
  list.add({{"f", 9}, "", "b"});
  list.add({{"f", 2}, "", "a"});
  const auto all = list.take();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].message + all[1].message + all[2].message, "abc");
}

TEST(fault_list, counts_what_is_over_its_edge) {
  fault_list list;
  for (std::size_t i = 0; i < fault_list::size_max + 7; ++i)
    list.add({{"f", i + 1}, "", "x"});
  EXPECT_TRUE(list.full());
  const auto all = list.take();
  ASSERT_EQ(all.size(), fault_list::size_max + 1);
  EXPECT_EQ(all.back().message, "7 more faults");
}

}  // namespace
}  // namespace troupe::config
