#include "http/listener.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <spdlog/spdlog.h>

#include <sys/socket.h>

namespace troupe::http {

namespace {

using namespace std::chrono_literals;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;
using reuse_port =
    asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// Pause after a failed accept: mostly "too many open files", which only time
/// and closing connections mend.
constexpr auto accept_pause = 100ms;

[[noreturn]] void fail(const error_code& ec, const config::endpoint& at) {
  throw boost::system::system_error{ec, "cannot listen on " + at.host + ":"
                                            + std::to_string(at.port)};
}

tcp::endpoint resolve(asio::io_context& context, const config::endpoint& at) {
  error_code ec;
  const auto host = asio::ip::make_address(at.host, ec);
  if (!ec)
    return {host, at.port};
  asio::ip::basic_resolver<tcp, executor> resolver{context.get_executor()};
  const auto found = resolver.resolve(at.host, std::to_string(at.port), ec);
  if (ec)
    fail(ec, at);
  return found.begin()->endpoint();
}

// Sockets that share a port by SO_REUSEPORT would also share it, silently, with
// another process of the same user. A socket that shares nothing tells.
void require_free(asio::io_context& context, const tcp::endpoint& where,
                  const config::endpoint& at) {
  if (where.port() == 0)
    return;
  tcp_acceptor probe{context.get_executor()};
  error_code ec;
  probe.open(where.protocol(), ec);
  if (!ec)
    probe.set_option(asio::socket_base::reuse_address{true}, ec);
  if (!ec)
    probe.bind(where, ec);
  if (!ec)
    probe.listen(1, ec);
  if (ec)
    fail(ec, at);
}

std::unique_ptr<asio::ssl::context>
make_tls(const std::optional<config::tls_settings>& settings) {
  if (!settings)
    return nullptr;
  using context = asio::ssl::context;
  auto made = std::make_unique<context>(context::tls_server);
  made->set_options(context::default_workarounds | context::no_sslv2
                    | context::no_sslv3 | context::no_tlsv1
                    | context::no_tlsv1_1);
  error_code ec;
  made->use_certificate_chain_file(settings->certificate.string(), ec);
  if (ec)
    throw boost::system::system_error{ec, "http.tls.certificate "
                                              + settings->certificate.string()};
  made->use_private_key_file(settings->key.string(), context::pem, ec);
  if (ec)
    throw boost::system::system_error{ec,
                                      "http.tls.key " + settings->key.string()};
  return made;
}

}  // namespace

/// The listener's part on one thread.
class listener::acceptor : public std::enable_shared_from_this<acceptor> {
public:
  acceptor(listener& owner, const seat& at, const tcp::endpoint& where,
           const config::endpoint& configured)
      : owner_(owner), reactor_(*at.reactor), service_(*at.behind),
        socket_(reactor_.context.get_executor()),
        pause_(reactor_.context.get_executor()) {
    error_code ec;
    socket_.open(where.protocol(), ec);
    if (!ec)
      socket_.set_option(asio::socket_base::reuse_address{true}, ec);
    if (!ec)
      socket_.set_option(reuse_port{true}, ec);
    if (!ec)
      socket_.bind(where, ec);
    if (ec)
      fail(ec, configured);
  }

  tcp::endpoint where() const { return socket_.local_endpoint(); }
  asio::io_context& context() { return reactor_.context; }

  void listen() { socket_.listen(asio::socket_base::max_listen_connections); }

  void accept() {
    if (stopping_)
      return;
    socket_.async_accept(reactor_.context, [self = shared_from_this()](
                                               error_code ec, tcp_socket peer) {
      self->on_accept(ec, std::move(peer));
    });
  }

  void stop() {
    stopping_ = true;
    error_code ignored;
    socket_.close(ignored);
    pause_.cancel();
    for_each([](session& s) { s.close_if_idle(); });
  }

  void cut() {
    for_each([](session& s) { s.cut(); });
  }

private:
  // Closing a session may end it later, never while the list is walked.
  template <class F>
  void for_each(F f) {
    for (auto& s : sessions_)
      f(s);
  }

  void on_accept(error_code ec, tcp_socket peer) {
    if (stopping_)
      return;
    if (ec) {
      spdlog::warn("listener fault=accept reason=\"{}\"", ec.message());
      pause_.expires_after(accept_pause);
      pause_.async_wait([self = shared_from_this()](error_code stopped) {
        if (!stopped)
          self->accept();
      });
      return;
    }
    admit(std::move(peer));
    accept();
  }

  void admit(tcp_socket peer) {
    if (owner_.connections_.fetch_add(1) >= owner_.settings_.max_connections) {
      owner_.connections_.fetch_sub(1);
      owner_.refused_.fetch_add(1, std::memory_order_relaxed);
      return;  // Closes `peer`.
    }
    owner_.accepted_.fetch_add(1, std::memory_order_relaxed);
    auto made = std::make_shared<session>(
        std::move(peer), session::deps{reactor_, owner_.settings_, service_,
                                       owner_.tls_.get(), stopping_});
    sessions_.push_back(*made);
    asio::co_spawn(
        reactor_.context.get_executor(), [made] { return made->run(); },
        [made, self = shared_from_this()](const std::exception_ptr&) {
          self->owner_.connections_.fetch_sub(1);
        });
  }

  listener& owner_;
  reactor& reactor_;
  service& service_;
  tcp_acceptor socket_;
  timer pause_;
  session_list sessions_;
  bool stopping_ = false;
};

listener::listener(const std::vector<seat>& seats,
                   const config::http_settings& settings)
    : settings_(settings), tls_(make_tls(settings.tls)) {
  auto& context = seats.front().reactor->context;
  auto where = resolve(context, settings.listen);
  require_free(context, where, settings.listen);
  for (const auto& s : seats) {
    acceptors_.push_back(
        std::make_shared<acceptor>(*this, s, where, settings.listen));
    where = acceptors_.front()->where();  // The rest share the port it got.
  }
  for (auto& a : acceptors_)
    a->listen();
  port_ = where.port();
}

listener::~listener() = default;

void listener::open() {
  for (auto& a : acceptors_)
    asio::dispatch(a->context(), [a] { a->accept(); });
}

void listener::stop() {
  for (auto& a : acceptors_)
    asio::dispatch(a->context(), [a] { a->stop(); });
}

void listener::cut() {
  for (auto& a : acceptors_)
    asio::dispatch(a->context(), [a] { a->cut(); });
}

}  // namespace troupe::http
