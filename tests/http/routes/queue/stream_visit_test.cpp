// A job's stream: replayed from where the client was, followed to its end, and
// never ended with an end that was not the job's.

#include "tests/http/routes/queue/queue_room.hpp"

namespace troupe::http {
namespace {

using nlohmann::json;

class queue_stream : public queue_room {
protected:
  static job_event event(std::uint64_t number, std::string name,
                         std::string data) {
    return {number, std::move(name), shared_bytes{std::move(data)}};
  }

  static constexpr auto path = "/api/queues/email/jobs/7/events";
};

TEST_F(queue_stream, replays_what_was_and_follows_to_the_end) {
  streams.push_back({{event(1, "progress", "10")}, false});
  streams.push_back({{}, false});
  streams.push_back({{event(3, "completed", R"({"a":1})")}, true});
  const auto& client = ask("GET", path);
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(client.header("content-type"), "text/event-stream");
  EXPECT_EQ(client.body(), "retry: 1000\n\n"
                           "id: 1\nevent: progress\ndata: 10\n\n"
                           ":\n\n"
                           "id: 3\nevent: completed\ndata: {\"a\":1}\n\n");
  EXPECT_TRUE(client.finished);
  ASSERT_EQ(follows.size(), 3u);
  EXPECT_EQ(follows[0].wait_ms, 0u);
  EXPECT_EQ(follows[1].after, 1u);
  EXPECT_EQ(follows[1].wait_ms, 15'000u);
  EXPECT_EQ(follows[2].after, 1u);
}

TEST_F(queue_stream, goes_on_from_the_last_event_the_client_has_seen) {
  streams.push_back({{event(9, "failed", "{}")}, true});
  streams.push_back({{event(9, "failed", "{}")}, true});
  ask("GET", path, {}, {{"Last-Event-ID", "8"}});
  ask("GET", std::string{path} + "?last_event_id=7");
  ASSERT_EQ(follows.size(), 2u);
  EXPECT_EQ(follows[0].after, 8u);
  EXPECT_EQ(follows[1].after, 7u);
}

TEST_F(queue_stream, sends_nobody_back_who_has_seen_the_end) {
  streams.push_back({{}, true});
  const auto& client = ask("GET", path, {}, {{"Last-Event-ID", "9"}});
  EXPECT_EQ(client.status_sent, 204u);
}

TEST_F(queue_stream, a_job_that_is_not_there_has_no_stream) {
  refusal = caf::make_error(errc::unknown_job);
  const auto& client = ask("GET", path);
  EXPECT_EQ(client.status_sent, 404u);
  EXPECT_EQ(code_in(client), "unknown_job");
}

TEST_F(queue_stream, data_with_line_ends_becomes_several_lines) {
  streams.push_back({{event(2, "dead", "{\n\"a\":\r1}")}, true});
  const auto& client = ask("GET", path);
  EXPECT_NE(client.body().find("data: {\ndata: \"a\":\ndata: 1}\n\n"),
            std::string::npos);
}

TEST_F(queue_stream, ends_without_an_end_when_the_node_stops) {
  streams.push_back({{event(1, "progress", "1")}, false});
  const auto& client = ask("GET", path);
  ASSERT_EQ(follows_held.size(), 1u);
  follows_held[0].answer(errc::shutting_down);
  turn();
  EXPECT_TRUE(client.finished);
  EXPECT_EQ(client.body().find("completed"), std::string::npos);
}

TEST_F(queue_stream, who_leaves_while_nothing_happens_takes_its_question_back) {
  streams.push_back({{event(1, "progress", "1")}, false});
  const auto& client = ask("GET", path);
  ASSERT_EQ(follows_held.size(), 1u);
  ASSERT_TRUE(client.watched);
  client.watched();
  turn();
  EXPECT_FALSE(follows_held[0].awaited());
  EXPECT_TRUE(thrown);
}

TEST_F(queue_stream, gives_a_page_to_who_prefers_to_ask) {
  streams.push_back({{event(4, "log", "\"x\"")}, false});
  const auto& client = ask("GET", std::string{path} + "?wait_ms=100", {},
                           {{"Accept", "application/json"}});
  EXPECT_EQ(json_of(client)["events"][0],
            json({{"id", 4}, {"event", "log"}, {"data", "x"}}));
  EXPECT_EQ(json_of(client)["last"], 4);
  EXPECT_EQ(json_of(client)["ended"], false);
  EXPECT_EQ(follows[0].wait_ms, 100u);
}

TEST_F(queue_stream, an_empty_page_leads_on_from_where_the_asker_was) {
  streams.push_back({});
  const auto& client = ask("GET", std::string{path} + "?last_event_id=6", {},
                           {{"Accept", "application/json"}});
  EXPECT_EQ(json_of(client)["last"], 6);
  EXPECT_EQ(json_of(client)["events"].size(), 0u);
}

}  // namespace
}  // namespace troupe::http
