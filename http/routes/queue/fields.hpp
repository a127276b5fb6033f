// The body of a request to a queue, field by field.
//
// JSON is checked to its last byte before anything is read (simdjson's strict
// reader: numbers and escapes too), because what a client sends as `data` is
// kept, and given to others, as it came. A second, lazy reader then picks the
// fields. Every field is known, or the request is refused by its name: a
// misspelt `dealy_ms` that is overlooked runs a job at once.
//
// Readers of fields say what is wrong with a value as the end of a sentence
// ("must be ..."); where it stands is added on the way out: `jobs[3].priority`.
//
// Limits: one body at a time on each thread; 500 levels of nesting; a number
// beyond what a double can hold is no JSON here.

#pragma once

#include "actors/cached.hpp"
#include "http/wire/error_body.hpp"
#include "http/wire/json.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::app_queue {

using wire::json::object;
using wire::json::value;

/// What is wrong with a field. Empty `why`: nothing.
struct complaint {
  std::string why;    ///< "must be ...".
  std::string field;  ///< Inside of the value it is about; may be empty.

  explicit operator bool() const { return !why.empty(); }
};

/// `c`, about something inside of `name` or `name[index]`.
complaint within(std::string_view name, complaint c);
complaint within(std::string_view name, std::size_t index, complaint c);

complaint unknown_field();

/// The 400 for it.
wire::door_error refusal_of(const complaint& c);

/// The 400 for a text that is no JSON object, with the place of its fault.
wire::door_error not_json(std::string_view text);

/// A name from a body, and who reads its value into a `Into`.
template <class Into>
struct field_reader {
  std::string_view name;
  complaint (*read)(value&, Into&);
};

/// Reads every member of `from`.
template <class Into>
complaint read_fields(object& from, std::span<const field_reader<Into>> readers,
                      Into& into) {
  complaint wrong;
  const bool sound =
      wire::json::each_member(from, [&](std::string_view name, value v) {
        const field_reader<Into>* found = nullptr;
        for (const auto& r : readers)
          if (r.name == name)
            found = &r;
        wrong = found != nullptr ? found->read(v, into) : unknown_field();
        if (wrong)
          wrong = within(name, std::move(wrong));
        return !wrong;
      });
  if (!sound && !wrong)
    wrong.why = "must be JSON";
  return wrong;
}

/// The same for `from` where it must be an object.
template <class Into>
complaint read_fields(value& from, std::span<const field_reader<Into>> readers,
                      Into& into) {
  object inner;
  if (wire::json::kind_of(from) != '{' || from.get_object().get(inner))
    return {"must be an object", {}};
  return read_fields(inner, readers, into);
}

/// Calls `complaint read(element, index)` for up to `max` elements of `from`,
/// which must be a list. @pre the document was checked.
template <class Read>
complaint read_list(value& from, std::size_t max, Read&& read) {
  if (wire::json::kind_of(from) != '[')
    return {"must be a list", {}};
  complaint wrong;
  std::size_t index = 0;
  wire::json::each_element(from, 0, [&](value item) {
    wrong = index < max
                ? within({}, index, read(item, index))
                : complaint{"may have " + std::to_string(max) + " at most", {}};
    ++index;
    return !wrong;
  });
  return wrong;
}

/// Whether `text` is JSON, strictly. Grows its capacity, for readers.
bool is_json(std::string& text);

/// Reads the object in `text` (an empty one counts as `{}`) into `into`.
template <class Into>
std::optional<wire::door_error>
read_body(std::string& text, std::span<const field_reader<Into>> readers,
          Into& into) {
  if (text.empty())
    return std::nullopt;
  if (!is_json(text))
    return not_json(text);
  wire::json::document doc{wire::json::document::padded{text}};
  auto root = doc.root();
  if (!root)
    return not_json(text);
  if (const auto wrong = read_fields(*root, readers, into))
    return refusal_of(wrong);
  return std::nullopt;
}

// -- single values
// -------------------------------------------------------------

/// Lengths in bytes, and bounds that are in.
struct bounds {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
};

complaint take_count(value& v, bounds in, std::uint64_t& into);
complaint take_count(value& v, bounds in, std::uint32_t& into);
complaint take_flag(value& v, bool& into);

/// Any text without a NUL.
complaint take_text(value& v, bounds in, std::string& into);

/// Printable UTF-8.
complaint take_name(value& v, bounds in, std::string& into);

/// A string of it, without escapes; empty if it is none.
std::string_view word_in(value& v);

/// The one of an enumeration whose name is in `v`; false if it is of none.
template <class Kind>
bool take_kind(value& v, Kind& into) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Kind::count_); ++i)
    if (name_of(static_cast<Kind>(i)) == word_in(v)) {
      into = static_cast<Kind>(i);
      return true;
    }
  return false;
}

/// A value as it was written.
shared_bytes raw_of(value& v);

/// 0 to 10, or critical, high, normal, low.
complaint take_priority(value& v, std::uint8_t& into);

}  // namespace troupe::http::app_queue
