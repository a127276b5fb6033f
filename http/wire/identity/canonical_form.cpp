#include "http/wire/identity/canonical_form.hpp"

#include "http/wire/identity/rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

namespace troupe::http::wire {

namespace {

using node = sorted_tree::node;

/// 2^53: from here on a double no longer tells whole numbers apart.
constexpr double exact_max = 9007199254740992.0;

/// More than any double or 64-bit number needs in its shortest spelling.
constexpr std::size_t number_size_max = 32;

template <class Number>
void append_shortest(std::string& out, Number number) {
  std::array<char, number_size_max> digits;
  const auto [end, failed] =
      std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

void append_number(std::string& out, std::string_view token) {
  double real = 0;
  const auto* const end = token.data() + token.size();
  const auto [at, failed] = std::from_chars(token.data(), end, real);
  const bool exact =
      failed == std::errc{} && at == end && std::abs(real) < exact_max;
  if (!exact)
    out.append(token);
  else if (real == std::trunc(real))
    append_shortest(out, static_cast<std::int64_t>(real));
  else
    append_shortest(out, real);
}

class form_writer {
public:
  form_writer(std::string& out, const sorted_tree& tree, const node* blank)
      : out_(out), tree_(tree), blank_(blank) {}

  void write(const node& n) {
    if (&n == blank_) {
      out_.push_back('_');
      return;
    }
    switch (n.kind) {
    case '{':
      return write_object(n);
    case '[':
      out_.push_back('[');
      tree_.each(n, [this](const node& item) { write(item); });
      return out_.push_back(']');
    case '"':
      return append_canonical(out_, n.text);
    case '0':
      append_number(out_, n.text);
      // Or the next one would belong to it.
      return out_.push_back(',');
    default:
      out_.push_back(n.kind);
    }
  }

private:
  void write_object(const node& n) {
    const bool at_root = &n == &tree_.root();
    out_.push_back('{');
    if (in_schema_ && n.name == "properties")
      write_as_written(n);
    else
      tree_.each(n, [&](const node& member) {
        if (at_root)
          in_schema_ = holds_answer_schema(member.name);
        write_member(member);
      });
    out_.push_back('}');
  }

  /// In the order of the text: that of the nodes' places.
  void write_as_written(const node& n) {
    std::vector<const node*> members;
    tree_.each(n, [&](const node& member) { members.push_back(&member); });
    std::sort(members.begin(), members.end());
    for (const auto* const member : members)
      write_member(*member);
  }

  void write_member(const node& member) {
    if (member.left_out)
      return;
    append_canonical(out_, member.name);
    write(member);
  }

  std::string& out_;
  const sorted_tree& tree_;
  const node* blank_;
  bool in_schema_ = false;
};

}  // namespace

void append_canonical(std::string& out, std::string_view text) {
  out.push_back('"');
  append_shortest(out, text.size());
  out.push_back(':');
  out.append(text);
}

void append_canonical(std::string& out, const sorted_tree& body,
                      const node* blank) {
  form_writer{out, body, blank}.write(body.root());
}

}  // namespace troupe::http::wire
