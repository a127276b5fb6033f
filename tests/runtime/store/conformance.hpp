// What every store must do, whatever it is made of.
//
// A kind of store is a class with a static `open(directory)`, which opens the
// one store of a directory, and `file`, the name under which a backup is that
// one store of another directory. A store is closed by being destroyed.
// Instantiate the suite with
// `INSTANTIATE_TYPED_TEST_SUITE_P(name, store_conformance, kind)`.
//
// The last test drives the store and a model of it, maps in memory, through the
// same random steps; on failure it prints the seed, and STORE_SEED repeats it.

#pragma once

#include "runtime/store/store.hpp"
#include "tests/runtime/store/store_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::testing {

template <class Kind>
class store_conformance : public ::testing::Test {
protected:
  store_conformance() { open(); }

  void open() {
    auto opened = Kind::open(scratch_.path());
    ASSERT_TRUE(opened) << words_of(opened.error());
    store_ = std::move(*opened);
    auto reader = store_->open_reader();
    ASSERT_TRUE(reader) << words_of(reader.error());
    reader_ = std::move(*reader);
  }

  void close() {
    reader_.reset();
    store_.reset();
  }

  void reopen() {
    close();
    open();
  }

  void commit(const store_batch& batch) {
    const auto done = store_->commit(batch);
    ASSERT_TRUE(done) << words_of(done.error());
  }

  records read(const record_range& range) {
    auto page = reader_->read(range);
    EXPECT_TRUE(page) << words_of(page.error());
    return page ? std::move(*page) : records{};
  }

  scratch scratch_;
  std::unique_ptr<store> store_;
  std::unique_ptr<store_reader> reader_;
};

TYPED_TEST_SUITE_P(store_conformance);

TYPED_TEST_P(store_conformance, keeps_records_in_the_order_of_their_keys) {
  this->commit({{"a", {put(3, "c"), put(1, "a"), put(2, "b")}}});
  EXPECT_EQ(this->read(all_of("a")), (records{{1, "a"}, {2, "b"}, {3, "c"}}));
}

TYPED_TEST_P(store_conformance, reads_backwards) {
  this->commit({{"a", {put(1, "a"), put(2, "b"), put(3, "c")}}});
  EXPECT_EQ(this->read({.space = "a", .from = 1, .to = 2, .backwards = true}),
            (records{{2, "b"}, {1, "a"}}));
}

TYPED_TEST_P(store_conformance, a_range_includes_both_its_ends) {
  this->commit({{"a", {put(1, "a"), put(2, "b"), put(3, "c"), put(4, "d")}}});
  EXPECT_EQ(this->read({.space = "a", .from = 2, .to = 3}),
            (records{{2, "b"}, {3, "c"}}));
  EXPECT_EQ(this->read({.space = "a", .from = 5, .to = 9}), records{});
}

TYPED_TEST_P(store_conformance, reads_no_more_records_than_asked_for) {
  this->commit({{"a", {put(1, "a"), put(2, "b"), put(3, "c")}}});
  auto range = all_of("a");
  range.records_max = 2;
  EXPECT_EQ(this->read(range), (records{{1, "a"}, {2, "b"}}));
  range.backwards = true;
  EXPECT_EQ(this->read(range), (records{{3, "c"}, {2, "b"}}));
  range.records_max = 0;
  EXPECT_EQ(this->read(range), records{});
}

TYPED_TEST_P(store_conformance, reads_no_more_bytes_than_asked_for_but_one) {
  const std::string large(100, 'x');
  this->commit({{"a", {put(1, large), put(2, large), put(3, "c")}}});
  auto range = all_of("a");
  range.bytes_max = 200;
  EXPECT_EQ(this->read(range), (records{{1, large}, {2, large}}));
  range.bytes_max = 199;
  EXPECT_EQ(this->read(range), (records{{1, large}}));
  range.bytes_max = 0;
  EXPECT_EQ(this->read(range), (records{{1, large}}));
}

TYPED_TEST_P(store_conformance, a_space_nobody_wrote_to_is_empty) {
  EXPECT_EQ(this->read(all_of("never.heard-of_it")), records{});
  // And is not remembered as such by who has looked.
  this->commit({{"never.heard-of_it", {put(1, "a")}}});
  EXPECT_EQ(this->read(all_of("never.heard-of_it")), (records{{1, "a"}}));
}

TYPED_TEST_P(store_conformance, an_empty_value_is_a_value) {
  this->commit({{"a", {put(1, ""), put(2, std::string("\0x\0", 3))}}});
  EXPECT_EQ(this->read(all_of("a")),
            (records{{1, ""}, {2, std::string("\0x\0", 3)}}));
}

TYPED_TEST_P(store_conformance, keeps_large_values_whole) {
  std::string large(3u << 20, 'x');
  for (std::size_t i = 0; i < large.size(); i += 7)
    large[i] = static_cast<char>(i);
  this->commit({{"a", {put(1, large)}}});
  this->reopen();
  EXPECT_EQ(this->read(all_of("a")), (records{{1, large}}));
}

TYPED_TEST_P(store_conformance, keys_are_all_numbers_of_64_bits) {
  this->commit({{"a",
                 {put(key_max, "last"), put(key_min, "first"), put(0, "zero"),
                  put(-1, "below")}}});
  EXPECT_EQ(
      this->read(all_of("a")),
      (records{
          {key_min, "first"}, {-1, "below"}, {0, "zero"}, {key_max, "last"}}));
  this->commit({{"a", {erase(key_max, key_max), erase(key_min, key_min)}}});
  EXPECT_EQ(this->read(all_of("a")), (records{{-1, "below"}, {0, "zero"}}));
}

TYPED_TEST_P(store_conformance, erases_from_one_key_to_another) {
  this->commit({{"a", {put(1, "a"), put(2, "b"), put(3, "c"), put(4, "d")}}});
  this->commit({{"a", {erase(2, 3)}}});
  EXPECT_EQ(this->read(all_of("a")), (records{{1, "a"}, {4, "d"}}));
  this->commit({{"a", {erase(key_min, key_max)}}});
  EXPECT_EQ(this->read(all_of("a")), records{});
  this->commit({{"a", {erase(1, 1)}}});  // What is not there.
}

TYPED_TEST_P(store_conformance, changes_take_effect_in_their_order) {
  this->commit({{"a", {put(1, "a"), put(1, "b"), erase(1, 1), put(1, "c")}},
                {"a", {put(2, "x")}},
                {"b", {put(1, "y")}},
                {"a", {erase(2, 2)}}});
  EXPECT_EQ(this->read(all_of("a")), (records{{1, "c"}}));
  EXPECT_EQ(this->read(all_of("b")), (records{{1, "y"}}));
}

TYPED_TEST_P(store_conformance, spaces_do_not_mix) {
  const std::array<std::string, 5> names{"a", "a.b", "a-b", "a_b",
                                         std::string(128, '9')};
  store_batch batch;
  for (const auto& name : names)
    batch.push_back({name, {put(1, name)}});
  this->commit(batch);
  for (const auto& name : names)
    EXPECT_EQ(this->read(all_of(name)), (records{{1, name}}));
}

TYPED_TEST_P(store_conformance, a_batch_that_cannot_be_kept_changes_nothing) {
  this->commit({{"a", {put(1, "a")}}});
  const auto refused = this->store_->commit(
      {{"a", {put(1, "b"), put(2, "b")}}, {"No Name!", {put(1, "b")}}});
  EXPECT_EQ(code_of(refused), errc::store_failed);
  EXPECT_EQ(this->read(all_of("a")), (records{{1, "a"}}));
  this->commit({{"a", {put(2, "c")}}});
  EXPECT_EQ(this->read(all_of("a")), (records{{1, "a"}, {2, "c"}}));
}

TYPED_TEST_P(store_conformance, an_empty_batch_is_kept_at_once) {
  this->commit({});
  this->commit({{"a", {}}});
  EXPECT_EQ(this->read(all_of("a")), records{});
}

TYPED_TEST_P(store_conformance, what_was_committed_is_there_when_reopened) {
  this->commit({{"a", {put(1, "a")}}, {"b", {put(2, "b")}}});
  this->reopen();
  EXPECT_EQ(this->read(all_of("a")), (records{{1, "a"}}));
  EXPECT_EQ(this->read(all_of("b")), (records{{2, "b"}}));
}

TYPED_TEST_P(store_conformance, one_process_at_a_time_has_the_store) {
  EXPECT_EQ(code_of(TypeParam::open(this->scratch_.path())),
            errc::store_failed);
  this->close();
  EXPECT_TRUE(TypeParam::open(this->scratch_.path()));
}

TYPED_TEST_P(store_conformance, a_tidied_store_holds_the_same) {
  for (std::int64_t n = 0; n < 200; ++n) {
    this->commit({{"a", {put(n, std::string(10'000, 'x'))}}});
    ASSERT_TRUE(this->store_->tidy());
  }
  EXPECT_EQ(this->read(all_of("a")).size(), 200u);
  EXPECT_TRUE(this->store_->check());
}

TYPED_TEST_P(store_conformance, a_backup_is_a_store_of_that_moment) {
  this->commit({{"a", {put(1, "a"), put(2, "b")}}});
  const scratch elsewhere;
  const auto to = elsewhere.path() / TypeParam::file;
  ASSERT_TRUE(this->store_->back_up(to));
  this->commit({{"a", {put(3, "c")}}});
  auto copy = TypeParam::open(elsewhere.path());
  ASSERT_TRUE(copy) << words_of(copy.error());
  auto reader = (*copy)->open_reader();
  ASSERT_TRUE(reader);
  EXPECT_EQ(*(*reader)->read(all_of("a")), (records{{1, "a"}, {2, "b"}}));
  EXPECT_TRUE((*copy)->commit({{"a", {put(9, "i")}}}));
  EXPECT_EQ(code_of(this->store_->back_up(to)), errc::store_failed)
      << "must not write over what is there";
}

// Each commit writes the same value to two spaces and both ends of one; whoever
// reads sees all of it or nothing, and never goes back.
TYPED_TEST_P(store_conformance, readers_see_whole_commits_beside_the_writer) {
  constexpr int commits = 300;
  std::atomic<int> torn{0};
  std::atomic<int> looks{0};
  auto own = this->store_->open_reader();
  ASSERT_TRUE(own);
  std::jthread looking{[&](const std::stop_token& until) {
    std::string last;
    while (!until.stop_requested()) {
      const auto page = (*own)->read(all_of("a"));
      if (!page || (page->size() == 2 && (*page)[0].value != (*page)[1].value)
          || page->size() == 1
          || (page->size() == 2 && (*page)[0].value < last))
        ++torn;
      else if (page->size() == 2)
        last = (*page)[0].value;
      ++looks;
    }
  }};
  for (int i = 0; i < commits; ++i) {
    const auto value = std::to_string(1'000 + i);
    this->commit({{"a", {put(1, value), put(1'000'000, value)}},
                  {"b", {put(i, std::string(3'000, 'x'))}}});
    ASSERT_TRUE(this->store_->tidy());
    EXPECT_EQ(this->read(all_of("a")).at(0).value, value)
        << "a reader must see the last commit";
  }
  looking.request_stop();
  looking.join();
  EXPECT_EQ(torn, 0);
  EXPECT_GT(looks, 0);
}

// -- beside a model
// ------------------------------------------------------------

using store_model = std::map<std::string, std::map<std::int64_t, std::string>>;

class store_steps {
public:
  explicit store_steps(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  store_batch batch() {
    store_batch result(1 + below(3));
    for (auto& changes : result) {
      changes.space = space();
      for (auto n = below(20); n > 0; --n)
        changes.changes.push_back(change());
    }
    return result;
  }

  record_range range() {
    const auto [from, to] = std::minmax({key(), key()});
    return {.space = space(),
            .from = from,
            .to = to,
            .backwards = below(2) == 0,
            .records_max = below(30),
            .bytes_max = below(4'000)};
  }

private:
  std::string space() { return "space-" + std::to_string(below(4)); }

  std::int64_t key() {
    switch (below(20)) {
    case 0:
      return key_min;
    case 1:
      return key_max;
    default:
      return static_cast<std::int64_t>(below(60)) - 30;
    }
  }

  record_change change() {
    if (below(4) != 0)
      return put(key(), std::string(below(400), static_cast<char>(below(256))));
    const auto [from, to] = std::minmax({key(), key()});
    return below(8) == 0 ? erase(from, to) : erase(from, from);
  }

  std::mt19937_64 random_;
};

inline void apply(const store_batch& batch, store_model& model) {
  for (const auto& changes : batch) {
    auto& space = model[changes.space];
    for (const auto& c : changes.changes) {
      if (c.value)
        space[c.key] = *c.value;
      else
        space.erase(space.lower_bound(c.key), space.upper_bound(c.until));
    }
  }
}

inline records expected(const store_model& model, const record_range& range) {
  records within;
  if (const auto space = model.find(range.space); space != model.end())
    for (const auto& [key, value] : space->second)
      if (key >= range.from && key <= range.to)
        within.push_back({key, value});
  if (range.backwards)
    std::reverse(within.begin(), within.end());
  records result;
  std::size_t bytes = 0;
  for (auto& r : within) {
    bytes += r.value.size();
    if (result.size() == range.records_max
        || (bytes > range.bytes_max && !result.empty()))
      break;
    result.push_back(std::move(r));
  }
  return result;
}

TYPED_TEST_P(store_conformance, holds_what_a_map_would_hold) {
  constexpr int steps = 400;
  const auto seed = store_seed();
  SCOPED_TRACE("STORE_SEED=" + std::to_string(seed));
  store_steps random{seed};
  store_model model;
  for (int i = 0; i < steps; ++i) {
    const auto batch = random.batch();
    this->commit(batch);
    apply(batch, model);
    if (random.below(10) == 0) {
      ASSERT_TRUE(this->store_->tidy());
    }
    if (random.below(50) == 0)
      this->reopen();
    const auto range = random.range();
    ASSERT_EQ(this->read(range), expected(model, range)) << "step " << i;
  }
  EXPECT_TRUE(this->store_->check());
}

REGISTER_TYPED_TEST_SUITE_P(
    store_conformance, keeps_records_in_the_order_of_their_keys,
    reads_backwards, a_range_includes_both_its_ends,
    reads_no_more_records_than_asked_for,
    reads_no_more_bytes_than_asked_for_but_one,
    a_space_nobody_wrote_to_is_empty, an_empty_value_is_a_value,
    keeps_large_values_whole, keys_are_all_numbers_of_64_bits,
    erases_from_one_key_to_another, changes_take_effect_in_their_order,
    spaces_do_not_mix, a_batch_that_cannot_be_kept_changes_nothing,
    an_empty_batch_is_kept_at_once, what_was_committed_is_there_when_reopened,
    one_process_at_a_time_has_the_store, a_tidied_store_holds_the_same,
    a_backup_is_a_store_of_that_moment,
    readers_see_whole_commits_beside_the_writer, holds_what_a_map_would_hold);

}  // namespace troupe::testing
