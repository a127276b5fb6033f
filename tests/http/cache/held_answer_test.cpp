// An answer that is kept back: only a good one, only up to the edge, and never
// half of one.

#include "http/cache/held_answer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

namespace troupe::http {

namespace {

/// A client that writes down what it hears.
class listener_client final : public responder {
public:
  explicit listener_client(asio::io_context& io) : io_(io) {}

  task<> send(unsigned status, const header_list& headers,
              std::string_view body) override {
    start(status, headers);
    heard.append(body);
    finished = true;
    co_return;
  }
  void start(unsigned status, const header_list& headers) override {
    heard += std::to_string(status) + ' ';
    heard += headers.find("x").value_or("-");
    heard += ' ';
  }
  task<> write(std::string_view bytes) override {
    heard.append(bytes);
    co_return;
  }
  task<> finish() override {
    finished = true;
    co_return;
  }
  void reset() override { cut = true; }
  void watch(std::function<void()> gone) override { watcher = std::move(gone); }
  executor get_executor() override { return io_.get_executor(); }

  std::string heard;
  bool finished = false;
  bool cut = false;
  std::function<void()> watcher;

private:
  asio::io_context& io_;
};

class held_answer_test : public testing::Test {
protected:
  template <class Talk>
  void run(Talk talk) {
    asio::co_spawn(io_, std::move(talk),
                   [](const std::exception_ptr& e) { ASSERT_FALSE(e); });
    io_.run();
    io_.restart();
  }

  /// Begins a good answer of `times` mebibytes.
  void write_large(held_answer& held, std::size_t times) {
    held.start(200, headers_);
    run([&, times]() -> task<> {
      const std::string piece(1u << 20, 'a');
      for (std::size_t i = 0; i < times; ++i)
        co_await held.write(piece);
    });
  }

  asio::io_context io_{1};
  listener_client client_{io_};
  header_list headers_{{"x", "y"}};
  static constexpr std::size_t most = held_answer_max >> 20;
};

TEST_F(held_answer_test, keeps_a_good_answer_back) {
  held_answer held{client_, beyond_edge::pass_on};
  run([&]() -> task<> { co_await held.send(200, headers_, "body"); });
  EXPECT_TRUE(held.holds());
  EXPECT_EQ(held.body(), "body");
  EXPECT_EQ(held.headers().find("x"), "y");
  EXPECT_EQ(client_.heard, "");
}

TEST_F(held_answer_test, keeps_one_back_that_comes_in_pieces) {
  held_answer held{client_, beyond_edge::let_go};
  write_large(held, most);
  EXPECT_FALSE(held.holds());
  run([&]() -> task<> { co_await held.finish(); });
  EXPECT_TRUE(held.holds());
  EXPECT_EQ(held.body().size(), held_answer_max);
  EXPECT_EQ(client_.heard, "");
}

TEST_F(held_answer_test, lets_errors_pass_at_once) {
  held_answer held{client_, beyond_edge::let_go};
  run([&]() -> task<> { co_await held.send(429, headers_, "no"); });
  EXPECT_FALSE(held.holds());
  EXPECT_FALSE(held.let_go());
  EXPECT_EQ(client_.heard, "429 y no");
  EXPECT_TRUE(client_.finished);
}

TEST_F(held_answer_test, passes_on_what_is_too_large_from_its_beginning) {
  held_answer held{client_, beyond_edge::pass_on};
  write_large(held, most + 1);
  run([&]() -> task<> { co_await held.finish(); });
  EXPECT_FALSE(held.holds());
  EXPECT_EQ(client_.heard,
            "200 y " + std::string(held_answer_max + (1u << 20), 'a'));
  EXPECT_TRUE(client_.finished);
}

TEST_F(held_answer_test, lets_a_part_go_that_is_too_large) {
  held_answer held{client_, beyond_edge::let_go};
  write_large(held, most + 2);
  run([&]() -> task<> { co_await held.finish(); });
  EXPECT_TRUE(held.let_go());
  EXPECT_FALSE(held.holds());
  EXPECT_EQ(held.body().capacity() < 1024, true);
  EXPECT_EQ(client_.heard, "");
  EXPECT_FALSE(client_.finished);
}

TEST_F(held_answer_test, cuts_the_client_off_where_the_answer_was_cut) {
  held_answer held{client_, beyond_edge::let_go};
  write_large(held, 1);
  held.reset();
  EXPECT_TRUE(client_.cut);
  EXPECT_FALSE(held.holds());
}

TEST_F(held_answer_test, tells_that_the_client_left) {
  held_answer held{client_, beyond_edge::let_go};
  bool left = false;
  held.watch([&] { left = true; });
  ASSERT_TRUE(client_.watcher);
  client_.watcher();
  EXPECT_TRUE(left);
}

}  // namespace

}  // namespace troupe::http
