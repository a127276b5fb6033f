// The two readers of streams: where events begin and end, in any pieces.

#include "http/wire/json_array.hpp"
#include "http/wire/sse.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace troupe::http::wire {

namespace {

struct seen {
  std::string type, data;
  bool operator==(const seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const seen& s) {
  return out << '[' << s.type << '|' << s.data << ']';
}

struct outcome {
  std::vector<seen> events;
  std::string raw;
};

outcome read(std::string_view text, std::size_t piece) {
  sse_reader reader;
  outcome got;
  const auto note = [&got](const sse_block& block) {
    got.raw.append(block.raw);
    if (block.has_data)
      got.events.push_back({std::string{block.type}, std::string{block.data}});
  };
  while (!text.empty()) {
    const std::string part{text.substr(0, piece)};
    text.remove_prefix(part.size());
    reader.feed(part);
    while (const auto block = reader.next())
      note(*block);
  }
  if (const auto block = reader.last())
    note(*block);
  return got;
}

TEST(sse, reads_events_by_the_rules_in_any_pieces) {
  const std::pair<std::string, std::vector<seen>> cases[]{
      {"data: a\n\ndata:b\n\n", {{"", "a"}, {"", "b"}}},
      {"data: a\r\n\r\ndata: b\r\n\r\n", {{"", "a"}, {"", "b"}}},
      {"data: a\r\rdata: b\r\r", {{"", "a"}, {"", "b"}}},
      {"data: a\r\n\ndata: b\n\r\n", {{"", "a"}, {"", "b"}}},
      {"data: a\ndata:  b\ndata\n\n", {{"", "a\n b\n"}}},
      {"event: x\ndata: a\n\ndata: b\n\n", {{"x", "a"}, {"", "b"}}},
      {": note\n\n\n\ndata: a\n\n:\n\n", {{"", "a"}}},
      {"\xEF\xBB\xBF"
       "data: a\n\n",
       {{"", "a"}}},
      {"\xEF\xBB\xBF\ndata: a\n\n", {{"", "a"}}},
      {"id: 7\nretry: 10\nunknown: 3\ndata: a\n\n", {{"", "a"}}},
      {"dat: a\n\ndatax: b\n\nevent: cut", {}},
  };
  for (const auto& [text, events] : cases)
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      const auto got = read(text, piece);
      EXPECT_EQ(got.events, events) << text << " in pieces of " << piece;
      EXPECT_EQ(got.raw, text);
    }
}

TEST(sse, copies_nothing_where_an_event_lies_in_one_piece) {
  const std::string text{"data: abc\n\n"};
  sse_reader reader;
  reader.feed(text);
  const auto block = reader.next();
  ASSERT_TRUE(block);
  EXPECT_EQ(block->raw.data(), text.data());
  EXPECT_EQ(block->data.data(), text.data() + 6);
}

TEST(sse, reads_id_and_retry_unless_they_are_no_good) {
  using namespace std::string_view_literals;
  const std::string text{"id: 7\nretry: 10\n\nid: a\0b\nretry: x\n\n"sv};
  sse_reader reader;
  reader.feed(text);
  const auto good = reader.next();
  EXPECT_EQ(good->id, "7");
  EXPECT_EQ(good->retry, "10");
  const auto bad = reader.next();
  EXPECT_FALSE(bad->id);
  EXPECT_FALSE(bad->retry);
}

TEST(sse, fails_at_an_event_beyond_its_limit) {
  for (const std::size_t piece : {3u, 1000u}) {
    sse_reader reader{16};
    const std::string fits{"data: 12345678\n\n"};
    const std::string large{"data: 123456789\n\n"};
    reader.feed(fits);
    EXPECT_TRUE(reader.next());
    EXPECT_FALSE(reader.next());
    for (std::size_t i = 0; i < large.size(); i += piece) {
      const auto part = large.substr(i, piece);
      reader.feed(part);
      EXPECT_FALSE(reader.next());
    }
    EXPECT_TRUE(reader.failed());
  }
}

TEST(sse, takes_linear_time_for_lines_that_end_in_a_carriage_return) {
  std::string text;
  for (int i = 0; i < 500'000; ++i)
    text += "data\r";
  sse_reader reader;
  reader.feed(text);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.failed());
}

std::vector<std::string> elements(std::string_view text, std::size_t piece,
                                  bool& closed, bool& failed) {
  array_reader reader;
  std::vector<std::string> got;
  while (!text.empty()) {
    const std::string part{text.substr(0, piece)};
    text.remove_prefix(part.size());
    reader.feed(part);
    while (const auto block = reader.next())
      if (!block->element.empty())
        got.emplace_back(block->element);
  }
  closed = reader.closed();
  failed = reader.failed();
  return got;
}

TEST(json_array, cuts_elements_in_any_pieces) {
  const std::string text{" [{\"a\":\"}]\\\"{\"}\r\n,\r\n{\"b\":[{},{}]}\n]\n"};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    bool closed = false;
    bool failed = false;
    const auto got = elements(text, piece, closed, failed);
    ASSERT_EQ(got.size(), 2u) << piece;
    EXPECT_EQ(got[0], "{\"a\":\"}]\\\"{\"}");
    EXPECT_EQ(got[1], "{\"b\":[{},{}]}");
    EXPECT_TRUE(closed);
    EXPECT_FALSE(failed);
  }
}

TEST(json_array, fails_at_what_is_no_array_of_objects) {
  for (const auto* text : {"{}", "[1]", "[{} {}]", "[{},]", "[,{}]", "x",
                           "[{}]x", "[\"a\"]", "[[]]"}) {
    bool closed = false;
    bool failed = false;
    elements(text, 1, closed, failed);
    EXPECT_TRUE(failed) << text;
  }
}

TEST(json_array, is_not_closed_before_its_bracket) {
  bool closed = true;
  bool failed = true;
  EXPECT_EQ(elements("[{}", 2, closed, failed).size(), 1u);
  EXPECT_FALSE(closed || failed);
  EXPECT_TRUE(elements("[]", 2, closed, failed).empty());
  EXPECT_TRUE(closed);
}

}  // namespace

}  // namespace troupe::http::wire
