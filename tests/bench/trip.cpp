// What a decision by actors costs a socket: our scheduler beside CAF's own.
//
// One trip is what a request does in a gateway, without the work:
//
//   socket handler -> actor A -> actor B -> socket handler
//
// A handler that has read one byte from a local socket sends a message to A,
// A one to B, and B writes one byte into the other end, which makes the handler
// run again: the next trip. Everything is real: an epoll wait, a read and a
// write are in every trip. The row "no actors" is the same without A and B, the
// floor under all others.
//
// CAF's schedulers cannot run socket handlers, so the sockets get a thread of
// their own beside them, as in every program that joins the two. "apart" puts B
// on the other thread, "together" gives each thread its own sockets, A and B.
//
// Columns: time of a trip (p50, p99), CPU of the process for a trip (user and
// system, all threads), trips a second; all with 1 and with 64 trips in flight.
// The ratios compare with our scheduler on one thread. Runs about 6 s.

#include "runtime/scheduler/asio_scheduler.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
namespace asio = boost::asio;

/// How long one row is measured, after its warm-up.
constexpr auto measured = 300ms;
constexpr auto warm_up = 50ms;

double cpu_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto us = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  return us(used.ru_utime) + us(used.ru_stime);
}

void write_byte(int fd) {
  const char byte = 'x';
  if (::write(fd, &byte, 1) != 1)
    std::abort();  // A local socket with one byte in it is never full.
}

/// Trips in flight on the sockets of one thread.
class trips {
public:
  trips(asio::io_context& context, std::size_t in_flight, caf::actor first)
      : context_(context), first_(std::move(first)) {
    for (std::size_t i = 0; i < in_flight; ++i) {
      lines_.push_back(std::make_unique<line>(context));
      asio::local::connect_pair(lines_.back()->near, lines_.back()->far);
    }
    took_.reserve(1 << 20);
  }

  std::future<void> start() {
    asio::post(context_, [this] {
      begin_ = clock_type::now() + warm_up;
      end_ = begin_ + measured;
      left_ = lines_.size();
      for (auto& each : lines_) {
        listen(*each);
        write_byte(each->far.native_handle());
      }
    });
    return done_.get_future();
  }

  const std::vector<float>& took() const { return took_; }

private:
  struct line {
    explicit line(asio::io_context& context) : near(context), far(context) {}
    asio::local::stream_protocol::socket near;
    asio::local::stream_protocol::socket far;
    char byte = 0;
    clock_type::time_point start{};
  };

  void listen(line& on) {
    on.near.async_read_some(asio::buffer(&on.byte, 1),
                            [this, &on](auto, std::size_t) { arrive(on); });
  }

  void arrive(line& on) {
    const auto now = clock_type::now();
    if (on.start > begin_)
      took_.push_back(
          std::chrono::duration<float, std::micro>(now - on.start).count());
    if (now >= end_) {
      if (--left_ == 0)
        done_.set_value();
      return;
    }
    listen(on);
    on.start = now;
    const std::int32_t fd = on.far.native_handle();
    if (first_)
      caf::anon_send(first_, fd);
    else
      write_byte(fd);
  }

  asio::io_context& context_;
  caf::actor first_;
  std::vector<std::unique_ptr<line>> lines_;
  std::vector<float> took_;
  clock_type::time_point begin_;
  clock_type::time_point end_;
  std::size_t left_ = 0;
  std::promise<void> done_;
};

caf::behavior second(caf::event_based_actor*) {
  return {[](std::int32_t fd) {
    write_byte(fd);
  }};
}

caf::behavior first(caf::event_based_actor* self, caf::actor next) {
  return {[self, next](std::int32_t fd) {
    self->send(next, fd);
  }};
}

struct row {
  double p50 = 0;
  double p99 = 0;
  double cpu = 0;
  double rate = 0;
};

row measure(std::vector<std::unique_ptr<trips>>& groups) {
  const auto cpu = cpu_us();
  const auto start = clock_type::now();
  std::vector<std::future<void>> done;
  for (auto& each : groups)
    done.push_back(each->start());
  for (auto& each : done)
    each.wait();
  const std::chrono::duration<double> wall = clock_type::now() - start;
  const auto spent = cpu_us() - cpu;
  std::vector<float> took;
  for (auto& each : groups)
    took.insert(took.end(), each->took().begin(), each->took().end());
  std::sort(took.begin(), took.end());
  auto quantile = [&](double q) {
    return static_cast<double>(took[static_cast<std::size_t>(
        q * static_cast<double>(took.size() - 1))]);
  };
  // The warm-up is in the CPU too, so take the whole for both.
  const auto whole = static_cast<double>(took.size())
                     * (wall / std::chrono::duration<double>(measured));
  return {quantile(.5), quantile(.99), spent / whole, whole / wall.count()};
}

enum class placement { together, apart };

row ours(std::size_t threads, placement where, std::size_t in_flight) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", threads);
  config.load<troupe::asio_scheduler>();
  caf::actor_system system{config};
  auto& scheduler = troupe::asio_scheduler::of(system);
  std::vector<std::unique_ptr<trips>> groups;
  const auto used = where == placement::together && in_flight > 1 ? threads : 1;
  for (std::size_t i = 0; i < used; ++i) {
    const auto other = where == placement::together ? i : threads - 1;
    const auto b = scheduler.spawn_on(other, second);
    const auto a = scheduler.spawn_on(i, first, b);
    groups.push_back(
        std::make_unique<trips>(scheduler.context(i), in_flight / used, a));
  }
  return measure(groups);
}

/// `policy` "none" leaves the actors out.
row stock(const std::string& policy, std::size_t threads,
          std::size_t in_flight) {
  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
  caf::actor a;
  if (policy != "none") {
    config.set("scheduler.policy", caf::atom_from_string(policy));
    if (threads != 0)
      config.set("scheduler.max-threads", threads);
    system.emplace(config);
    a = system->spawn(first, system->spawn(second));
  }
  asio::io_context context{1};
  auto guard = asio::make_work_guard(context);
  std::thread thread{[&] {
    context.run();
  }};
  std::vector<std::unique_ptr<trips>> groups;
  groups.push_back(std::make_unique<trips>(context, in_flight, a));
  const auto result = measure(groups);
  guard.reset();
  thread.join();
  return result;
}

void print(const char* name, const row& x, const row& base) {
  std::printf("  %-32s %9.2f %9.2f %9.2f %10.0f %8.2f %8.2f\n", name, x.p50,
              x.p99, x.cpu, x.rate, x.p50 / base.p50, x.cpu / base.cpu);
}

void table(std::size_t in_flight) {
  std::printf("%zu in flight\n  %-32s %9s %9s %9s %10s %8s %8s\n", in_flight,
              "", "p50 us", "p99 us", "CPU us", "trips/s", "p50 x", "CPU x");
  const auto base = ours(1, placement::together, in_flight);
  print("no actors", stock("none", 0, in_flight), base);
  print("ours, 1 thread", base, base);
  print("ours, 2 threads, together", ours(2, placement::together, in_flight),
        base);
  print("ours, 2 threads, apart", ours(2, placement::apart, in_flight), base);
  print("CAF stealing, default threads", stock("stealing", 0, in_flight), base);
  print("CAF stealing, 2 threads", stock("stealing", 2, in_flight), base);
  print("CAF sharing, 1 thread", stock("sharing", 1, in_flight), base);
  print("CAF sharing, 2 threads", stock("sharing", 2, in_flight), base);
}

}  // namespace

int main() {
  for (const std::size_t in_flight : {1, 64})
    table(in_flight);
}
