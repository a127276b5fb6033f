// A ticket is answered exactly once: by whoever is first, or by its own loss.

#include "runtime/ticket.hpp"
#include "tests/support/actor_test.hpp"

#include <atomic>
#include <barrier>
#include <string>
#include <thread>
#include <vector>

namespace troupe {
namespace {

using slip = ticket<std::string, int>;

}  // namespace
}  // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::slip)

namespace troupe {
namespace {

/// What an asker got. Outlives its ticket.
struct asker {
  std::vector<caf::expected<int>> answers;

  slip ask(std::string question = "how many?") {
    return slip{std::move(question), [this](slip::result&& answer) {
                  answers.push_back(std::move(answer));
                }};
  }
};

TEST(ticket, carries_its_matter_and_delivers_the_answer) {
  asker who;
  const auto question = who.ask("six times seven?");
  EXPECT_EQ(question.matter(), "six times seven?");
  EXPECT_TRUE(question.awaited());
  EXPECT_TRUE(question.answer(slip::result{42}));
  ASSERT_EQ(who.answers.size(), 1u);
  EXPECT_EQ(who.answers[0], 42);
}

TEST(ticket, delivers_an_error_as_well) {
  asker who;
  EXPECT_TRUE(who.ask().answer(errc::overloaded));
  ASSERT_EQ(who.answers.size(), 1u);
  EXPECT_EQ(code_of(who.answers[0]), errc::overloaded);
}

TEST(ticket, only_the_first_answer_counts) {
  asker who;
  const auto question = who.ask();
  const auto copy = question;
  EXPECT_TRUE(question.answer(slip::result{1}));
  EXPECT_FALSE(copy.awaited());
  EXPECT_FALSE(copy.answer(slip::result{2}));
  EXPECT_FALSE(copy.answer(errc::overloaded));
  EXPECT_EQ(who.answers.size(), 1u);
}

TEST(ticket, a_refused_answer_is_still_the_callers) {
  ticket<int, std::string> question{1, [](auto&&) {
                                    }};
  question.answer(errc::deadline_exceeded);
  ticket<int, std::string>::result late{std::string{"precious"}};
  EXPECT_FALSE(question.answer(std::move(late)));
  EXPECT_EQ(late, "precious");
}

TEST(ticket, answers_itself_when_the_last_copy_is_lost) {
  asker who;
  {
    auto question = who.ask();
    const auto copy = question;
    question = slip{};
    EXPECT_TRUE(who.answers.empty());
  }
  ASSERT_EQ(who.answers.size(), 1u);
  EXPECT_EQ(code_of(who.answers[0]), errc::actor_lost);
}

TEST(ticket, an_answered_ticket_is_lost_in_silence) {
  asker who;
  who.ask().answer(slip::result{1});
  EXPECT_EQ(who.answers.size(), 1u);
}

TEST(ticket, of_two_threads_that_answer_at_once_one_is_heard) {
  constexpr auto rounds = 2000;
  std::atomic<int> delivered{0};
  std::atomic<int> accepted{0};
  std::vector<slip> questions;
  for (auto i = 0; i < rounds; ++i)
    questions.emplace_back("", [&](slip::result&&) { ++delivered; });
  std::barrier together{2};
  {
    std::vector<std::jthread> threads;
    for (auto t = 0; t < 2; ++t)
      threads.emplace_back([&] {
        for (auto& question : questions) {
          together.arrive_and_wait();
          accepted += question.answer(slip::result{1}) ? 1 : 0;
        }
      });
  }
  questions.clear();
  EXPECT_EQ(delivered, rounds);
  EXPECT_EQ(accepted, rounds);
}

// -- in the mail
// ---------------------------------------------------------------

class ticket_test : public testing::actor_test {
protected:
  asker who_;
};

caf::behavior answering(caf::event_based_actor*) {
  return {[](const slip& question) {
    question.answer(slip::result{static_cast<int>(question.matter().size())});
  }};
}

caf::behavior keeping(caf::event_based_actor*,
                      std::shared_ptr<std::vector<slip>> kept) {
  return {[kept](const slip& question) {
    kept->push_back(question);
  }};
}

TEST_F(ticket_test, is_answered_by_the_actor_it_reaches) {
  caf::anon_send(spawn(answering), who_.ask("123"));
  settle();
  ASSERT_EQ(who_.answers.size(), 1u);
  EXPECT_EQ(who_.answers[0], 3);
}

TEST_F(ticket_test, is_lost_with_the_mailbox_it_waits_in) {
  const auto hdl = spawn(answering);
  caf::anon_send_exit(hdl, caf::exit_reason::kill);
  caf::anon_send(hdl, who_.ask());
  EXPECT_TRUE(who_.answers.empty());
  settle();
  ASSERT_EQ(who_.answers.size(), 1u);
  EXPECT_EQ(code_of(who_.answers[0]), errc::actor_lost);
}

TEST_F(ticket_test, is_lost_when_the_actor_is_dead_already) {
  const auto hdl = spawn(answering);
  caf::anon_send_exit(hdl, caf::exit_reason::kill);
  settle();
  caf::anon_send(hdl, who_.ask());
  ASSERT_EQ(who_.answers.size(), 1u);
  EXPECT_EQ(code_of(who_.answers[0]), errc::actor_lost);
}

TEST_F(ticket_test, is_lost_with_the_state_that_keeps_it) {
  auto hdl = spawn(keeping, std::make_shared<std::vector<slip>>());
  caf::anon_send(hdl, who_.ask());
  settle();
  EXPECT_TRUE(who_.answers.empty());
  caf::anon_send_exit(hdl, caf::exit_reason::user_shutdown);
  settle();
  ASSERT_EQ(who_.answers.size(), 1u);
  EXPECT_EQ(code_of(who_.answers[0]), errc::actor_lost);
}

TEST_F(ticket_test, is_lost_when_the_actor_does_not_understand_it) {
  const auto hdl = spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::drop);
    return {[](caf::ok_atom) {
    }};
  });
  caf::anon_send(hdl, who_.ask());
  settle();
  ASSERT_EQ(who_.answers.size(), 1u);
  EXPECT_EQ(code_of(who_.answers[0]), errc::actor_lost);
}

}  // namespace
}  // namespace troupe
