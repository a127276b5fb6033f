// Who rides on which batch, and that everybody hears how it ended, once.

#include "actors/queue/riders.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace troupe {
namespace {

using heard = std::shared_ptr<std::optional<order_ticket::result>>;

order_ticket ticket_for(const heard& to) {
  return {queue_order{}, [to](order_ticket::result&& r) {
            ASSERT_FALSE(*to) << "answered twice";
            *to = std::move(r);
          }};
}

heard nobody() {
  return std::make_shared<std::optional<order_ticket::result>>();
}

const auto nothing_to_read = [](const auto&, auto&&) {
  FAIL() << "nobody looks at a page";
};

TEST(riders, are_answered_when_their_batch_arrives) {
  riders all;
  const auto a = nobody();
  all.board(1, ticket_for(a), queue_receipt{7});
  EXPECT_FALSE(*a);
  all.arrive(1, {}, nothing_to_read);
  ASSERT_TRUE(*a);
  EXPECT_EQ((**a)->jobs, 7u);
  EXPECT_TRUE(all.empty());
}

TEST(riders, each_waits_for_the_batch_that_carries_what_it_saw) {
  riders all;
  const auto a = nobody();
  const auto b = nobody();
  const auto c = nobody();
  all.board(3, ticket_for(c), queue_receipt{3});
  all.board(1, ticket_for(a), queue_receipt{1});
  all.board(2, ticket_for(b), queue_receipt{2});
  all.arrive(1, {}, nothing_to_read);
  EXPECT_TRUE(*a);
  EXPECT_FALSE(*b);
  all.arrive(3, {}, nothing_to_read);
  EXPECT_TRUE(*b) << "what is later carries what was before";
  ASSERT_TRUE(*c);
  EXPECT_EQ((**c)->jobs, 3u);
}

TEST(riders, all_hear_why_a_batch_did_not_arrive) {
  riders all;
  const auto a = nobody();
  const auto b = nobody();
  all.board(1, ticket_for(a), queue_receipt{1});
  all.board(2, ticket_for(b), queue_receipt{2});
  all.arrive(1, caf::make_error(errc::store_full, "no room"), nothing_to_read);
  ASSERT_TRUE(*a);
  EXPECT_EQ(code_of(**a), errc::store_full);
  ASSERT_TRUE(*b) << "it waited for the next";
  EXPECT_EQ(code_of(**b), errc::store_full);
}

TEST(riders, a_page_is_handed_on_when_all_of_it_is_on_disk) {
  riders all;
  int answered = 0;
  const view_ticket jobs{job_query{}, [&](view_ticket::result&&) {
                           ++answered;
                         }};
  const children_ticket children{children_query{},
                                 [&](children_ticket::result&&) {
                                   ++answered;
                                 }};
  page_plan plan;
  plan.page.next = 17;
  all.board(1, jobs, plan);
  all.board(1, children, children_plan{.parent = 18, .counts = {}});
  std::vector<job_number> read;
  struct reader {
    std::vector<job_number>& read;
    void operator()(const view_ticket&, page_plan&& p) const {
      read.push_back(p.page.next);
    }
    void operator()(const children_ticket&, children_plan&& p) const {
      read.push_back(p.parent);
    }
  };
  all.arrive(1, {}, reader{read});
  EXPECT_EQ(read, (std::vector<job_number>{17, 18}));
  EXPECT_EQ(answered, 0);
}

}  // namespace
}  // namespace troupe
