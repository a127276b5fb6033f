#include "http/status_text.hpp"

#include <boost/beast/http/status.hpp>

#include <ostream>

namespace troupe::http {

std::string_view reason_of(unsigned status) noexcept {
  if (status == 529)  // Anthropic's "overloaded", which no registry lists.
    return "Overloaded";
  const auto text = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(status));
  return {text.data(), text.size()};
}

}  // namespace troupe::http
