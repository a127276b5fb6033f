#include "http/wire/translate/tree.hpp"

#include "http/wire/json.hpp"

#include <algorithm>
#include <vector>

namespace troupe::http::wire {

namespace {

using members = std::vector<std::pair<const std::string, tree>>;

members& object_of(tree& value) {
  return value.get_ref<tree::object_t&>();
}

/// A vector of pairs with const keys grows by copying, whole subtrees with
/// it; here only the names are copied.
void grow(members& full) {
  constexpr std::size_t first_capacity = 8;
  members larger;
  larger.reserve(std::max(first_capacity, 2 * full.size()));
  for (auto& one : full)
    larger.emplace_back(one.first, std::move(one.second));
  full.swap(larger);
}

/// Builds the tree from the parser's events. Objects are vectors of pairs, so
/// members are appended without looking for others of the name; whether one
/// came twice is asked once, at the object's end.
class builder : public nlohmann::json_sax<tree> {
public:
  bool null() override { return add(nullptr); }
  bool boolean(bool v) override { return add(v); }
  bool number_integer(number_integer_t v) override { return add(v); }
  bool number_unsigned(number_unsigned_t v) override { return add(v); }
  bool number_float(number_float_t v, const string_t&) override {
    return add(v);
  }
  bool string(string_t& v) override { return add(std::move(v)); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(tree::object()); }
  bool start_array(std::size_t) override { return open(tree::array()); }
  bool key(string_t& name) override {
    // With a place holder that the next value overwrites.
    append_member(*open_.back(), std::move(name), nullptr);
    return true;
  }
  bool end_object() override {
    const auto twice = repeated(object_of(*open_.back()));
    if (!twice.empty())
      fault_ = "The member '" + twice + "' is given twice.";
    open_.pop_back();
    return twice.empty();
  }
  bool end_array() override {
    open_.pop_back();
    return true;
  }
  bool parse_error(std::size_t at, const std::string&,
                   const nlohmann::detail::exception&) override {
    fault_ = "It is not valid JSON, at byte " + std::to_string(at) + ".";
    return false;
  }

  tree take() { return std::move(root_); }
  const std::string& fault() const { return fault_; }

private:
  static std::string repeated(const members& all) {
    std::vector<std::string_view> names;
    names.reserve(all.size());
    for (const auto& one : all)
      names.emplace_back(one.first);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    return twice == names.end() ? std::string{} : std::string{*twice};
  }

  tree* add(tree value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    auto& holder = *open_.back();
    if (holder.is_array()) {
      holder.push_back(std::move(value));
      return &holder.back();
    }
    auto& slot = object_of(holder).back().second;
    slot = std::move(value);
    return &slot;
  }

  template <class T>
  bool add(T value) {
    return add(tree(std::move(value))) != nullptr;
  }

  bool open(tree value) {
    if (open_.size() >= json::depth_max) {
      fault_ = "It is nested deeper than " + std::to_string(json::depth_max)
               + " levels.";
      return false;
    }
    open_.push_back(add(std::move(value)));
    return true;
  }

  tree root_;
  std::vector<tree*> open_;  // Stay in place: only the last one grows.
  std::string fault_;
};

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/// The unit of a `\uXXXX` at `at`, or -1 if there is none.
int unit_at(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "\\u" || text.size() - at < 6)
    return -1;
  int unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0)
      return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool is_high(int unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool is_low(int unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// The text with lone surrogates replaced; nothing if it has none.
std::optional<std::string> mended(std::string_view text) {
  std::optional<std::string> out;
  for (auto at = text.find('\\'); at != std::string_view::npos;) {
    const int unit = unit_at(text, at);
    std::size_t size = unit < 0 ? 2 : 6;
    if (is_high(unit) && is_low(unit_at(text, at + 6))) {
      size = 12;
    } else if (is_high(unit) || is_low(unit)) {
      if (!out)
        out.emplace(text);
      out->replace(at, 6, "\\uFFFD");
    }
    at = at + size < text.size() ? text.find('\\', at + size)
                                 : std::string_view::npos;
  }
  return out;
}

}  // namespace

std::optional<tree> read_tree(std::string_view text, std::string* fault) {
  const auto better = mended(text);
  if (better)
    text = *better;
  builder make;
  if (tree::sax_parse(text, &make))
    return make.take();
  if (fault != nullptr)
    *fault = make.fault();
  return std::nullopt;
}

std::string print_tree(const tree& value) {
  return value.dump(-1, ' ', false, tree::error_handler_t::replace);
}

const tree* member_of(const tree& holder, std::string_view name) {
  if (!holder.is_object())
    return nullptr;
  for (const auto& [key, value] : holder.get_ref<const tree::object_t&>())
    if (key == name)
      return value.is_null() ? nullptr : &value;
  return nullptr;
}

void append_member(tree& object, std::string name, tree value) {
  auto& all = object_of(object);
  if (all.size() == all.capacity())
    grow(all);
  all.emplace_back(std::move(name), std::move(value));
}

std::string_view text_in(const tree& value) {
  return value.is_string()
             ? std::string_view{value.get_ref<const std::string&>()}
             : std::string_view{};
}

}  // namespace troupe::http::wire
