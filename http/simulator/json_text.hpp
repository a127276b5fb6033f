// Where JSON text becomes values, and values text.
//
// The library's parser does not recurse, but its printer does: a text nested
// deeper than `nesting_max` is refused before it is parsed. Nothing throws.

#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::simulator {

using json = nlohmann::json;

/// Deeper than any schema or conversation in use; shallow enough for the stack.
inline constexpr std::size_t nesting_max = 100;

/// The value of `text`. Empty if it is no JSON or nested too deep.
std::optional<json> read_json(std::string_view text);

/// Compact text of `value`; bytes that are no UTF-8 become U+FFFD.
std::string write_json(const json& value);

/// `text` as the inside of a JSON string: escaped, without quotes.
std::string escaped(std::string_view text);

/// An event of a stream that repeats but for one text: built once, then
/// printed for each piece without building anything.
class event_form {
public:
  /// Stands in `event` where the piece goes.
  static constexpr std::string_view blank = "\x1e";

  event_form(std::string_view before, const json& event,
             std::string_view after = "\n\n");

  std::string filled(std::string_view piece) const;

private:
  std::string head_;
  std::string tail_;
};

/// `event: NAME` (unless empty) and `data: TEXT` as one record.
std::string sse_record(std::string_view name, std::string_view text);

}  // namespace troupe::simulator
