// The OpenAPI document against the tables of routes, both ways: neither may say
// what the other does not.

#include "http/routes/openapi.hpp"
#include "http/routes/route_list.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

namespace troupe::http {
namespace {

using nlohmann::json;

const json& document() {
  static const auto parsed = json::parse(openapi_document(), nullptr, false);
  return parsed;
}

std::set<std::string> routes_told() {
  std::set<std::string> told;
  for (const auto& [path, methods] : document()["paths"].items())
    for (const auto& [name, operation] : methods.items()) {
      auto method = name;
      std::ranges::transform(method, method.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
      });
      told.insert(method + " " + path);
    }
  return told;
}

std::set<std::string> routes_there() {
  std::set<std::string> there;
  for (const auto& r : all_routes())
    there.insert(std::string{r.method} + " " + r.path);
  return there;
}

TEST(openapi, tells_every_route_and_no_other) {
  const auto told = routes_told();
  const auto there = routes_there();
  for (const auto& each : there)
    EXPECT_TRUE(told.contains(each)) << "not in openapi.json: " << each;
  for (const auto& each : told)
    EXPECT_TRUE(there.contains(each)) << "no such route: " << each;
}

TEST(openapi, is_of_this_version) {
  EXPECT_EQ(document()["openapi"], "3.1.0");
  EXPECT_EQ(document()["info"]["version"], TROUPE_VERSION);
}

TEST(openapi, every_parameter_in_a_path_is_described) {
  for (const auto& [path, methods] : document()["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      const auto count = std::ranges::count(path, '{');
      long described = 0;
      for (auto p : operation.value("parameters", json::array())) {
        if (p.contains("$ref"))
          p = document().at(
              json::json_pointer{p["$ref"].get<std::string>().substr(1)});
        if (p["in"] == "path") {
          ++described;
          const auto name = "{" + p["name"].get<std::string>() + "}";
          EXPECT_NE(path.find(name), path.npos) << path << name;
        }
      }
      EXPECT_EQ(described, count) << method << path;
    }
}

}  // namespace
}  // namespace troupe::http
