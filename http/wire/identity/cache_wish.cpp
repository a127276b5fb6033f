#include "http/wire/identity/cache_wish.hpp"

#include "http/cache/ttl.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace troupe::http::wire {

namespace {

using word = cache_wish::word;

constexpr std::string_view use_header = "x-troupe-cache";
constexpr std::string_view ttl_header = "x-troupe-cache-ttl";
constexpr std::string_view tags_header = "x-troupe-cache-tags";
constexpr std::string_view control_header = "cache-control";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Calls `f(item)` for each item of a comma-separated list that is not blank,
/// until it returns false.
template <class F>
bool each_item(std::string_view list, F&& f) {
  while (!list.empty()) {
    const auto item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    if (const auto text = trimmed(item); !text.empty() && !f(text))
      return false;
  }
  return true;
}

/// Seconds of a directive, with or without quotes. More than fit are as good as
/// for ever.
std::optional<std::chrono::seconds> read_seconds(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  std::uint32_t seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, seconds);
  if (at != end || failed == std::errc::invalid_argument)
    return std::nullopt;
  if (failed == std::errc::result_out_of_range)
    seconds = std::numeric_limits<std::uint32_t>::max();
  return std::chrono::seconds{seconds};
}

bool is_tag(std::string_view text) {
  return text.size() <= tag_size_max
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return c > ' ' && c <= '~'; });
}

/// Reads the headers one after the other; `fault` is the first that is wrong.
class wish_reader {
public:
  void read(std::string_view name, std::string_view value) {
    // Nearly no header is one of these: its length alone tells most apart.
    if (name.size() == use_header.size() && same_token(name, use_header))
      read_use(value);
    else if (name.size() == ttl_header.size() && same_token(name, ttl_header))
      read_time(value);
    else if (name.size() == tags_header.size() && same_token(name, tags_header))
      read_names(value);
    else if (name.size() == control_header.size()
             && same_token(name, control_header))
      each_item(value, [this](auto item) { return directive(item); });
  }

  std::variant<cache_wish, refusal> verdict() && {
    if (said_use_ && (off_ && wish_.asked()))
      refuse(use_header, "'off' does not go with another word");
    if (fault_)
      return std::move(*fault_);
    if (off_)
      wish_.use = word::off;
    if (off_ || stores_nothing_)
      wish_.reads = wish_.keeps = false;
    if (wish_.use == word::refresh)
      wish_.reads = false;
    return std::move(wish_);
  }

private:
  bool refuse(std::string_view header, std::string_view why) {
    if (!fault_)
      fault_ = refusal{"Invalid value for header '" + std::string{header}
                           + "': " + std::string{why} + ".",
                       std::string{header}};
    return false;
  }

  void read_use(std::string_view value) {
    said_use_ = true;
    if (trimmed(value).find_first_not_of(", \t") == std::string_view::npos)
      refuse(use_header, use_expected);
    each_item(value, [this](auto item) { return use_word(item); });
  }

  bool use_word(std::string_view item) {
    if (same_token(item, "off"))
      return off_ = true;
    if (same_token(item, "refresh"))
      wish_.use = word::refresh;
    else if (same_token(item, "semantic"))
      wish_.semantic = true;
    else if (same_token(item, "tools"))
      wish_.tools = true;
    else if (!same_token(item, "on"))
      return refuse(use_header, use_expected);
    if (wish_.use == word::none)
      wish_.use = word::on;
    return true;
  }

  void read_time(std::string_view value) {
    const auto ttl = read_ttl(trimmed(value));
    if (!ttl)
      refuse(ttl_header, std::string{"expected "}.append(ttl_expected));
    else if (wish_.ttl && wish_.ttl != ttl)
      refuse(ttl_header, "it is given twice");
    wish_.ttl = ttl;
  }

  void read_names(std::string_view value) {
    tags_.append(tags_.empty() ? "" : ",").append(value);
    auto tags = wire::read_tags(tags_);
    if (!tags)
      refuse(tags_header, tags_expected());
    else
      wish_.tags = std::move(*tags);
  }

  static std::string tags_expected() {
    return "expected at most " + std::to_string(tags_max)
           + " tags of visible ASCII, of at most "
           + std::to_string(tag_size_max) + " characters each";
  }

  bool directive(std::string_view item) {
    const auto equals = std::min(item.find('='), item.size());
    const auto name = trimmed(item.substr(0, equals));
    if (same_token(name, "no-store"))
      return stores_nothing_ = true;
    if (same_token(name, "no-cache"))
      wish_.reads = false;
    else if (same_token(name, "only-if-cached"))
      wish_.only_if_cached = true;
    else if (same_token(name, "max-age"))
      return max_age(trimmed(item.substr(std::min(equals + 1, item.size()))));
    return true;
  }

  bool max_age(std::string_view text) {
    const auto age = read_seconds(text);
    if (!age)
      return refuse(control_header, "'max-age' is no number of seconds");
    wish_.max_age = std::min(wish_.max_age.value_or(*age), *age);
    // Nothing is younger.
    wish_.reads = wish_.reads && age->count() != 0;
    return true;
  }

  static constexpr std::string_view use_expected =
      "expected one or more of on, off, refresh, semantic, tools";

  cache_wish wish_;
  std::optional<refusal> fault_;
  std::string tags_;
  bool said_use_ = false;
  bool off_ = false;
  bool stores_nothing_ = false;
};

}  // namespace

std::variant<cache_wish, refusal> read_cache_wish(const header_list& headers) {
  wish_reader reader;
  for (const auto [name, value] : headers)
    reader.read(name, value);
  return std::move(reader).verdict();
}

std::optional<std::vector<std::string>> read_tags(std::string_view list) {
  std::vector<std::string> tags;
  const bool sound = each_item(list, [&tags](std::string_view item) {
    if (!is_tag(item))
      return false;
    if (std::find(tags.begin(), tags.end(), item) == tags.end())
      tags.emplace_back(item);
    return tags.size() <= tags_max;
  });
  return sound ? std::optional{std::move(tags)} : std::nullopt;
}

}  // namespace troupe::http::wire
