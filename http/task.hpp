// The coroutines of this room.
//
// Everything in http/ runs on the scheduler's threads, each with an io_context
// of its own. The executor is named in the types: the type-erased default of
// Boost 1.74 costs an allocation and two virtual calls for each operation.
// Coroutine bodies stay in .cpp files (the linter's clang cannot see Boost
// 1.74's awaitables).

#pragma once

// Before Boost 1.74, which forgets it in its own coroutine support.
// clang-format off
#include <utility>
// clang-format on

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace troupe::http {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               executor>;

/// A coroutine of this room.
template <class T = void>
using task = asio::awaitable<T, executor>;

/// Completion token for `co_await`; failures throw
/// `boost::system::system_error`.
inline constexpr asio::use_awaitable_t<executor> use_task{};

}  // namespace troupe::http
