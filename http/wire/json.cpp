#include "http/wire/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

namespace troupe::http::wire::json {

namespace {

/// First size of a thread's reader, in bytes: most requests fit.
constexpr std::size_t first_capacity = 4096;

struct desk {
  simdjson::ondemand::parser parser;
  std::string copy;  // padded text, where the caller's is not
};

desk& my_desk() {
  thread_local desk d;
  return d;
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool is_number_part(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e'
         || c == 'E';
}

bool scalar_sound(std::string_view token) {
  if (token.empty())
    return false;
  if (token == "null" || token == "true" || token == "false")
    return true;
  const bool begins =
      token.front() == '-' || (token.front() >= '0' && token.front() <= '9');
  return begins && std::all_of(token.begin(), token.end(), is_number_part);
}

/// Remembers only where a text went wrong.
struct fault_finder : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t at, const std::string&,
                   const nlohmann::detail::exception&) override {
    position = at;
    return false;
  }

  std::size_t position = 0;
};

}  // namespace

document::document(padded in) : text_(in.text) {
  auto& parser = my_desk().parser;
  if (parser.capacity() < text_.size()
      && parser.allocate(std::max(first_capacity, std::bit_ceil(text_.size()))))
    return;
  open_ = !parser
               .iterate(text_.data(), text_.size(),
                        text_.size() + simdjson::SIMDJSON_PADDING)
               .get(doc_);
}

document::document(std::string_view text)
    : document(padded{[text] {
        auto& copy = my_desk().copy;
        copy.reserve(text.size() + simdjson::SIMDJSON_PADDING);
        copy.assign(text);
        return std::string_view{copy};
      }()}) {}

document::~document() {
  if (text_.size() <= kept_size_max)
    return;
  my_desk().parser = simdjson::ondemand::parser{};
  if (text_.data() == my_desk().copy.data())
    my_desk().copy = std::string{};
}

std::optional<object> document::root() {
  object root;
  if (!open_ || doc_.get_object().get(root))
    return std::nullopt;
  return root;
}

bool document::at_end() {
  return doc_.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

char kind_of(value& v) {
  const auto token = v.raw_json_token();
  return token.empty() ? '\0' : token.front();
}

std::string_view token_of(value& v) {
  auto token = v.raw_json_token();
  while (!token.empty() && is_space(token.back()))
    token.remove_suffix(1);
  return token;
}

std::string_view raw_string_of(value& v) {
  const auto token = token_of(v);
  return token.size() < 2 || token.front() != '"'
             ? std::string_view{}
             : token.substr(1, token.size() - 2);
}

std::optional<std::string> unescaped(std::string_view raw) {
  if (raw.find('\\') == std::string_view::npos)
    return std::string{raw};
  std::string quoted{'"'};
  quoted.append(raw).push_back('"');
  const auto parsed = nlohmann::json::parse(quoted, nullptr, false);
  if (!parsed.is_string())
    return std::nullopt;
  return parsed.get<std::string>();
}

std::optional<std::uint64_t> count_of(value& v) {
  const auto token = token_of(v);
  const auto* const end = token.data() + token.size();
  std::uint64_t whole = 0;
  if (const auto [at, failed] = std::from_chars(token.data(), end, whole);
      failed == std::errc{} && at == end)
    return whole;
  double real = 0;
  const auto [at, failed] = std::from_chars(token.data(), end, real);
  // 2^53: above it a double no longer tells whole numbers apart.
  if (failed != std::errc{} || at != end || !(real >= 0)
      || real > 9007199254740992.0 || real != std::floor(real))
    return std::nullopt;
  return static_cast<std::uint64_t>(real);
}

bool sound(value& v, std::size_t depth) {
  const auto kind = kind_of(v);
  if (kind == '"')  // Its end was found when the text was opened.
    return true;
  if (kind != '{' && kind != '[')
    return scalar_sound(token_of(v));
  if (depth >= depth_max)
    return false;
  if (kind == '[')
    return each_element(
        v, depth, [depth](value& item) { return sound(item, depth + 1); });
  return each_member(v, depth, [depth](std::string_view, value& item) {
    return sound(item, depth + 1);
  });
}

std::optional<std::string_view> key_of(simdjson::ondemand::field& f) {
  const char* const begin = f.key().raw();
  const char* end = begin;
  // Stage one found the closing quote, so one of the two is there.
  while (*end != '"' && *end != '\\')
    ++end;
  if (*end == '"')
    return std::string_view{begin, static_cast<std::size_t>(end - begin)};
  std::string_view key;
  if (f.unescaped_key().get(key))
    return std::nullopt;
  return key;
}

void append_quoted(std::string& out, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (plain)
    out.append(1, '"').append(text).push_back('"');
  else
    out += nlohmann::json(text).dump(-1, ' ', false,
                                     nlohmann::json::error_handler_t::replace);
}

std::size_t fault_position(std::string_view text) {
  fault_finder finder;
  return nlohmann::json::sax_parse(text, &finder) ? 0 : finder.position;
}

}  // namespace troupe::http::wire::json
