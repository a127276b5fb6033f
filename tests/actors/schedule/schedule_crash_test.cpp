// What refusals, crashes and bad records leave of a book of schedules.

#include "actors/schedule/schedule_codec.hpp"
#include "tests/actors/schedule/book_and_disk.hpp"

#include <random>

namespace troupe {
namespace {

TEST_F(schedule_book_test, what_was_refused_is_due_again_a_second_later) {
  upsert(hourly("a"));
  store();
  const auto due = book.due(today + hour, 9);
  EXPECT_EQ(book.next_call(), std::nullopt) << "it is on its way";
  lose();
  book.settle(due.turns, due_outcome::refused, today + hour);
  EXPECT_EQ(book.find("", "a")->progress.made, 0u);
  EXPECT_EQ(book.next_call(), today + hour + second);
  store();
  crash();
  EXPECT_EQ(take(today + hour + second), ids_of(due)) << "the same ids";
}

TEST_F(schedule_book_test, changes_are_given_once_and_in_their_order) {
  upsert(hourly("a"));
  upsert(hourly("b"));
  store();
  auto w = hourly("a");
  w.limit = 6;
  upsert(w);
  book.remove("", "b");
  lose();
  EXPECT_EQ(waits.size(), 2u);
  EXPECT_TRUE(book.take_changes().empty());
  w.limit = 7;
  upsert(w);
  store();
  crash();
  EXPECT_EQ(book.find("", "a")->wish.limit, 7u);
  EXPECT_FALSE(book.find("", "b"));
}

TEST_F(schedule_book_test, a_late_word_about_an_earlier_turn_is_not_heeded) {
  upsert(hourly("a"));
  const auto early = book.due(today + hour, 9);
  auto w = hourly("a");
  w.cron = "30 * * * *";
  upsert(w, today + hour);
  const auto later = book.due(today + hour + 30 * minute, 9);
  ASSERT_EQ(later.jobs.size(), 1u);
  book.settle(early.turns, due_outcome::refused, today + hour + 30 * minute);
  EXPECT_EQ(book.find("", "a")->progress.made, 1u);
  book.remove("", "a");
  book.settle(later.turns, due_outcome::refused, today + hour + 30 * minute);
  EXPECT_EQ(book.size(), 0u);
}

TEST_F(schedule_book_test, a_crash_before_the_disk_gives_the_same_ids_again) {
  upsert(hourly("a"));
  store();
  const auto lost = ids_of(book.due(today + hour, 9));
  crash();
  EXPECT_EQ(take(today + hour + 7), lost);
  crash();
  EXPECT_EQ(take(today + hour + 8), strings{});
}

TEST_F(schedule_book_test, is_read_back_as_it_was_written) {
  auto w = hourly("a");
  w.zone = "Europe/Berlin";
  w.start_at = today + 1;
  w.end_at = today + 100 * hour;
  w.limit = 50;
  w.misfire = misfire_policy::all;
  w.catch_up_max = 4;
  upsert(w);
  auto interval = hourly("b");
  interval.cron.clear();
  interval.every_ms = 90 * minute;
  upsert(interval);
  take(today + 3 * hour);
  const auto written = disk;
  crash();
  for (const auto& v : book.list("", 0, 9))
    EXPECT_EQ(record_of(v.wish, v.progress), written.at(v.number));
  const auto read = book.find("", "a")->wish;
  EXPECT_EQ(read.zone, "Europe/Berlin");
  EXPECT_EQ(read.start_at, today + 1);
  EXPECT_EQ(read.end_at, today + 100 * hour);
  EXPECT_EQ(read.limit, 50u);
  EXPECT_EQ(read.catch_up_max, 4u);
  EXPECT_EQ(book.find("", "b")->progress.next_at, today + 270 * minute);
  EXPECT_EQ(upsert(hourly("c")).number, 3) << "numbers go on";
}

TEST_F(schedule_book_test, a_bad_record_keeps_its_place) {
  EXPECT_FALSE(book.load({7, "{"}));
  EXPECT_EQ(upsert(hourly("a")).number, 8);
}

// What could not be read may be made anew meanwhile.
TEST_F(schedule_book_test, of_two_of_a_name_the_later_one_counts) {
  for (const bool is_first : {true, false}) {
    SCOPED_TRACE(is_first);
    book = {};
    disk = {{1, R"({"id":"a","every":1000,"next":5})"},
            {2, R"({"id":"a","every":1000,"next":7})"}};
    for (const auto key : is_first ? std::vector{1, 2} : std::vector{2, 1})
      EXPECT_TRUE(book.load({key, disk[key]}));
    EXPECT_EQ(book.size(), 1u);
    EXPECT_EQ(book.next_call(), 7);
    store();
    EXPECT_EQ(disk.size(), 1u);
    EXPECT_TRUE(disk.contains(2));
    EXPECT_EQ(upsert(hourly("a")).number, 2);
  }
}

TEST_F(schedule_book_test, says_which_record_is_bad_and_takes_no_harm) {
  for (const auto* bad :
       {"", "[]", "{", "{}", R"({"id":7})", R"({"id":"a"})",
        R"({"id":"a","cron":"x"})", R"({"id":"a","every":-1})",
        R"({"id":"a","every":1000,"misfire":"never"})",
        R"({"id":"a","every":1000,"catch_up":99999999999})",
        R"({"id":"a","every":1000,"job":{"backoff":{"delays":[-1]}}})",
        R"({"id":"a","every":1000,"catch_up":101})",
        R"({"id":"a","every":1000,"next":-1})",
        R"({"id":"a","every":1000,"next":9223372036854775807})",
        R"({"id":"a","every":1000,"anchor":-9223372036854775808})",
        R"({"id":"a","every":1000,"last":9223372036854775807})",
        R"({"id":"a","cron":"@daily","zone":"Mars/Olympus"})"})
    EXPECT_EQ(code_of(book.load({1, bad})), errc::store_corrupt) << bad;
  EXPECT_EQ(book.size(), 0u);
  const std::string good =
      R"({"id":"a","every":1000,"next":5,"later":{"x":1},"job":{"y":2}})";
  EXPECT_TRUE(book.load({1, good}));
  EXPECT_EQ(book.next_call(), 5);
}

// Whatever fails and crashes: with policy all, each occurrence is one job, and
// none is missing while the book is asked often enough.
TEST_F(schedule_book_test, gives_every_occurrence_once_whatever_happens) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    book = {};
    waits.clear();
    disk.clear();
    std::mt19937 random{seed};
    const auto below = [&](int n) {
      return std::uniform_int_distribution{0, n - 1}(random);
    };
    auto w = hourly("a");
    w.cron = "*/10 * * * *";
    w.misfire = misfire_policy::all;
    w.catch_up_max = 100;
    upsert(w);
    store();
    std::map<std::string, int> added;  // On the disk, by id.
    auto now = today;
    for (int step = 0; step < 60; ++step) {
      now += below(40) * minute;
      const auto due = book.due(now, 1'000);
      switch (below(4)) {
      case 0:  // The batch fails.
        lose();
        book.settle(due.turns, due_outcome::refused, now);
        break;
      case 1:  // It never comes.
        crash();
        break;
      default:
        store();
        for (const auto& j : due.jobs)
          ++added[j.id];
        if (below(4) == 0)
          crash();  // It was on the disk.
        else
          book.settle(due.turns, due_outcome::stored, now);
      }
    }
    now += hour;
    const auto rest = book.due(now, 1'000);
    for (const auto& j : rest.jobs)
      ++added[j.id];
    std::map<std::string, int> expected;
    for (auto t = today + 10 * minute; t <= now; t += 10 * minute)
      expected[id_at("a", t)] = 1;
    ASSERT_EQ(added, expected);
  }
}

}  // namespace
}  // namespace troupe
