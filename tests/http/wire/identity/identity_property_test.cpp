// Random requests, spelled in random ways: however a request is spelled it has
// one digest, and any change of what it says gives another.
//
// Each trial has a seed of its own, which a failure prints.

#include "tests/http/wire/identity/asked.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>

namespace troupe::http::wire {

namespace {

using nlohmann::json;

constexpr unsigned trials = 500;

class author {
public:
  explicit author(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  /// A request with anything in it.
  json request() {
    json body{{"model", "m"}, {"messages", json::array()}};
    for (auto i = below(3); i > 0; --i)
      body["messages"].push_back({{"role", "user"}, {"content", text()}});
    for (auto i = below(6); i > 0; --i)
      body["x" + text()] = value(4);
    return body;
  }

  /// The same in other letters.
  std::string spelled(const json& v) {
    const auto blank = [this] {
      return std::string(below(3), " \n\t"[below(3)]);
    };
    std::string out = blank();
    if (v.is_object() || v.is_array()) {
      std::vector<std::string> parts;
      for (const auto& [name, inner] : v.items())
        parts.push_back(v.is_array() ? spelled(inner)
                                     : blank() + quoted(name) + blank() + ':'
                                           + spelled(inner));
      if (v.is_object())
        std::shuffle(parts.begin(), parts.end(), random_);
      out += v.is_object() ? '{' : '[';
      for (std::size_t i = 0; i < parts.size(); ++i)
        out += (i == 0 ? "" : ",") + parts[i];
      out += (parts.empty() ? blank() : "") + (v.is_object() ? '}' : ']');
    } else if (v.is_string()) {
      out += quoted(v.get<std::string>());
    } else if (v.is_number()) {
      out += number(v);
    } else {
      out += v.dump();
    }
    return out + blank();
  }

  /// Makes `v` say something else, somewhere.
  void change(json& v) {
    if (v.is_structured() && !v.empty() && below(4) != 0) {
      auto at = v.begin();
      std::advance(at, below(v.size()));
      return change(*at);
    }
    const auto before = v;
    if (v.is_object())
      v["new" + std::to_string(below(1000))] = value(1);
    else if (v.is_array())
      v.push_back(value(1));
    while (v == before)
      v = scalar();
  }

private:
  json value(std::size_t depth) {
    const auto kind = below(depth == 0 ? 1 : 3);
    if (kind == 0)
      return scalar();
    auto made = kind == 1 ? json::array() : json::object();
    for (auto i = below(5); i > 0; --i)
      kind == 1 ? made.push_back(value(depth - 1))
                : void(made[text()] = value(depth - 1));
    return made;
  }

  json scalar() {
    switch (below(7)) {
    case 0:
      return nullptr;
    case 1:
      return below(2) == 0;
    case 2:
      return static_cast<int>(below(20)) - 10;
    case 3:
      return random_() * 1000;
    case 4:
      return (static_cast<double>(below(4000)) - 2000) / 64;
    default:
      return text();
    }
  }

  std::string text() {
    constexpr std::array<std::string_view, 12> letters{
        "a", "B", "1", " ", "\"", "\\", "/", "\n", "\x01", "é", "€", "😀"};
    std::string out;
    for (auto i = below(6); i > 0; --i)
      out += letters[below(letters.size())];
    return out;
  }

  std::string quoted(const std::string& plain) {
    // nlohmann escapes either all that is not ASCII, or only what must be.
    auto out = json(plain).dump(-1, ' ', below(2) == 0);
    std::string more;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i] == '\\')
        more += out.substr(i, 2), ++i;
      else if (out[i] == '/' && below(2) == 0)
        more += "\\/";
      else if (out[i] == 'a' && more.find("\\u") == std::string::npos
               && below(2) == 0)
        more += "\\u0061";
      else
        more += out[i];
    }
    return more;
  }

  std::string number(const json& v) {
    const auto plain = v.dump();
    const double real = v.get<double>();
    // Beyond 2^53 a number is what is written.
    if (std::abs(real) >= 9007199254740992.0 || below(2) == 0)
      return plain;
    if (real == 0)
      return below(2) == 0 ? "-0.0" : "0e5";
    if (plain.find_first_of(".e") != std::string::npos)
      return plain + (plain.find('e') == std::string::npos ? "00" : "");
    return plain + (below(2) == 0 ? ".0" : "00e-2");
  }

  std::mt19937 random_;
};

std::string digest(const std::string& body) {
  return asked{endpoint::chat_completions, body}.identity().digest;
}

TEST(identity_property, is_one_however_a_request_is_spelled) {
  for (unsigned seed = 0; seed < trials; ++seed) {
    author writes{seed};
    const auto body = writes.request();
    const auto one = digest(body.dump());
    ASSERT_EQ(one.size(), 64u) << "seed " << seed << ": " << body.dump();
    const auto other = writes.spelled(body);
    ASSERT_EQ(json::parse(other), body) << "seed " << seed << ": " << other;
    ASSERT_EQ(digest(other), one) << "seed " << seed << ": " << other;
  }
}

TEST(identity_property, is_another_once_anything_is_changed) {
  for (unsigned seed = 0; seed < trials; ++seed) {
    author writes{seed};
    const auto body = writes.request();
    auto other = body;
    writes.change(other);
    if (!other.is_object())
      continue;  // The whole became a scalar.
    ASSERT_NE(digest(writes.spelled(other)), digest(writes.spelled(body)))
        << "seed " << seed << ": " << body.dump() << " and " << other.dump();
  }
}

}  // namespace

}  // namespace troupe::http::wire
