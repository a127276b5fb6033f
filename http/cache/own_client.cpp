#include "http/cache/own_client.hpp"

#include <utility>

namespace troupe::http {

task<> own_client::send(unsigned status, const header_list&,
                        std::string_view body) {
  status_ = status;
  hold(body);
  whole_ = true;
  co_return;
}

void own_client::start(unsigned status, const header_list&) {
  status_ = status;
}

task<> own_client::write(std::string_view bytes) {
  hold(bytes);
  co_return;
}

task<> own_client::finish() {
  whole_ = true;
  co_return;
}

void own_client::leave() {
  if (const auto gone = std::exchange(gone_, {}))
    gone();
}

void own_client::hold(std::string_view bytes) {
  if (body_.size() + bytes.size() > size_max_)
    throw boost::system::system_error{asio::error::message_size};
  body_.append(bytes);
}

}  // namespace troupe::http
