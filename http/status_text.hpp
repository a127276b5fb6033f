// The words behind the numbers of a status line.

#pragma once

#include <string_view>

namespace troupe::http {

/// The reason phrase of `status`; `Unknown` for numbers without a name.
std::string_view reason_of(unsigned status) noexcept;

}  // namespace troupe::http
