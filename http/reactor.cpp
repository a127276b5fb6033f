#include "http/reactor.hpp"

#include <array>

namespace troupe::http {

std::string_view reactor::date() {
  if (const auto now = std::time(nullptr); now != date_of_) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    // RFC 9110, 5.6.7: always GMT, always English.
    std::array<char, 32> text{};
    const auto n = std::strftime(text.data(), text.size(),
                                 "%a, %d %b %Y %H:%M:%S GMT", &utc);
    date_.assign(text.data(), n);
    date_of_ = now;
  }
  return date_;
}

}  // namespace troupe::http
