// `troupe check`: what it prints where, and its exit status.

#include "config/check.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace troupe::config {
namespace {

class check_test : public ::testing::Test {
protected:
  check_test() {
    std::string name = (std::filesystem::temp_directory_path() / "XXXXXX");
    directory_ = ::mkdtemp(name.data());
    file_ = directory_ / "troupe.yaml";
  }

  ~check_test() override { std::filesystem::remove_all(directory_); }

  int check_text(const std::string& yaml, const environment& env) {
    std::ofstream{file_} << yaml;
    return check(file_, env, out_, err_);
  }

  std::filesystem::path directory_;
  std::filesystem::path file_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(check_test, sums_up_a_file_without_faults) {
  EXPECT_EQ(check_text("http: {listen: \"[::1]:80\"}\n"
                       "providers: [{name: a, protocol: gemini, keys: [x, y]}]"
                       "\nmodels: [{name: m, targets: [{provider: a, model: "
                       "n}]}]\n",
                       fixed_environment({})),
            0);
  EXPECT_EQ(out_.str(),
            file_.string()
                + ": ok\n"
                  "  listen    http://[::1]:80\n"
                  "  provider  a: gemini at "
                  "https://generativelanguage.googleapis.com, 2 keys\n"
                  "  model     m: a/n\n");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(check_test, says_that_the_simulator_answers_without_providers) {
  EXPECT_EQ(check_text("", fixed_environment({})), 0);
  EXPECT_NE(out_.str().find("none: the built-in simulator answers"),
            std::string::npos);
}

TEST_F(check_test, prints_every_fault_on_its_own_line) {
  EXPECT_EQ(check_text("a: 1\nb: 2\n", fixed_environment({})), 1);
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(err_.str(), file_.string() + ":1: `a` is not a known key\n"
                            + file_.string() + ":2: `b` is not a known key\n");
}

TEST_F(check_test, says_that_a_file_is_not_there) {
  EXPECT_EQ(check(directory_ / "none.yaml", fixed_environment({}), out_, err_),
            1);
  EXPECT_EQ(err_.str(), (directory_ / "none.yaml").string()
                            + ": cannot be read: No such file or directory\n");
}

}  // namespace
}  // namespace troupe::config
