// What the store's two actors add to it: that many share one commit, that all
// of them hear how it ended, and that it is counted.
//
// The store here is a double that notes what is asked of it and fails on
// demand; the last test has the real one.

#include "runtime/store/sqlite_store.hpp"
#include "runtime/store/store_reader.hpp"
#include "runtime/store/store_writer.hpp"
#include "tests/runtime/store/store_words.hpp"
#include "tests/support/actor_test.hpp"

#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <string>
#include <utility>
#include <vector>

namespace troupe::testing {

namespace {

/// Notes the spaces of each commit.
class noting_store final : public store {
public:
  caf::expected<void> commit(const store_batch& batch) override {
    if (fails_with != errc::none)
      return caf::make_error(fails_with, std::string{"on demand"});
    std::string spaces;
    for (const auto& changes : batch)
      spaces += changes.space;
    log.push_back(spaces);
    return {};
  }

  caf::expected<void> tidy() override {
    log.push_back("tidy");
    return {};
  }

  caf::expected<std::unique_ptr<store_reader>> open_reader() override {
    return caf::make_error(errc::store_failed, std::string{"on demand"});
  }

  caf::expected<void> check() override { return {}; }

  caf::expected<void> back_up(const std::filesystem::path& to) override {
    log.push_back("copy to " + to.string());
    return {};
  }

  std::vector<std::string> log;
  errc fails_with = errc::none;
};

class store_actors_test : public actor_test {
protected:
  store_writer_deps deps(std::shared_ptr<store> where,
                         commit_bounds bounds = {}) {
    std::vector<prometheus::Counter*> failures(
        static_cast<std::size_t>(errc::count_));
    for (const auto code : {errc::overloaded, errc::store_full,
                            errc::store_corrupt, errc::store_failed})
      failures[static_cast<std::size_t>(code)] =
          &failures_.Add({{"kind", std::string{name_of(code)}}});
    return {.where = std::move(where),
            .metrics = {.commit_seconds = seconds_,
                        .changes = changes_,
                        .failures = counters_by_name{std::move(failures)}},
            .bounds = bounds};
  }

  /// Sends a batch of one change, and notes how it ends.
  template <class Writer>
  void commit(const Writer& writer, const std::string& space,
              std::size_t value_size = 1) {
    const auto at = ends_.size();
    ends_.emplace_back();
    store_batch batch{{space, {put(1, std::string(value_size, 'x'))}}};
    caf::anon_send(
        writer, atom::commit_v,
        commit_ticket{std::move(batch), [this, at](commit_ticket::result&& r) {
                        ends_[at] = r ? "well" : words_of(r.error());
                      }});
  }

  double failures(errc code) {
    return failures_.Add({{"kind", std::string{name_of(code)}}}).Value();
  }

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& failures_ =
      prometheus::BuildCounter().Name("failures").Register(registry_);
  prometheus::Counter changes_;
  prometheus::Histogram seconds_{prometheus::Histogram::BucketBoundaries{1.0}};
  std::shared_ptr<noting_store> where_ = std::make_shared<noting_store>();
  std::vector<std::string> ends_;
};

using lines = std::vector<std::string>;

TEST_F(store_actors_test, all_that_came_in_meanwhile_share_one_commit) {
  const auto writer = spawn(store_writer, deps(where_));
  for (const char* space : {"a", "b", "c"})
    commit(writer, space);
  settle();
  EXPECT_EQ(where_->log, (lines{"abc", "tidy"}));
  EXPECT_EQ(ends_, (lines{"well", "well", "well"}));
  commit(writer, "d");
  settle();
  EXPECT_EQ(where_->log, (lines{"abc", "tidy", "d", "tidy"}));
}

TEST_F(store_actors_test, nobody_is_answered_before_it_is_on_disk) {
  const auto writer = spawn(store_writer, deps(where_));
  commit(writer, "a");
  EXPECT_EQ(ends_, lines{""});
  settle();
  EXPECT_EQ(ends_, lines{"well"});
}

TEST_F(store_actors_test, a_failed_commit_is_told_to_all_who_rode_on_it) {
  const auto writer = spawn(store_writer, deps(where_));
  where_->fails_with = errc::store_full;
  commit(writer, "a");
  commit(writer, "b");
  settle();
  EXPECT_EQ(ends_, (lines{"store_full: on demand", "store_full: on demand"}));
  EXPECT_EQ(failures(errc::store_full), 1.0);
  where_->fails_with = errc::none;
  commit(writer, "c");
  settle();
  EXPECT_EQ(ends_.back(), "well");
}

TEST_F(store_actors_test, more_than_one_group_waits_its_turn) {
  const auto writer = spawn(store_writer, deps(where_, {.group_changes = 2}));
  for (const char* space : {"a", "b", "c"})
    commit(writer, space);
  settle();
  EXPECT_EQ(where_->log, (lines{"ab", "tidy", "c", "tidy"}));
  EXPECT_EQ(ends_, (lines{"well", "well", "well"}));
}

TEST_F(store_actors_test, what_waits_beyond_the_bound_is_refused) {
  const auto writer =
      spawn(store_writer, deps(where_, {.waiting_bytes = 2'000}));
  commit(writer, "a", 1'500);
  commit(writer, "b", 1'500);
  settle();
  EXPECT_EQ(ends_, (lines{"well", "overloaded"}));
  EXPECT_EQ(failures(errc::overloaded), 1.0);
}

TEST_F(store_actors_test, what_reached_the_disk_is_counted) {
  const auto writer = spawn(store_writer, deps(where_));
  commit(writer, "a");
  commit(writer, "b");
  settle();
  EXPECT_EQ(changes_.Value(), 2.0);
  EXPECT_EQ(seconds_.Collect().histogram.sample_count, 1u);
}

TEST_F(store_actors_test, a_dead_writers_tickets_answer_themselves) {
  const auto writer = spawn(store_writer, deps(where_));
  caf::anon_send_exit(writer, caf::exit_reason::kill);
  commit(writer, "a");
  settle();
  EXPECT_EQ(ends_, lines{"actor_lost"});
}

TEST_F(store_actors_test, makes_one_copy_at_a_time) {
  const auto writer = spawn(store_writer, deps(where_));
  lines ends;
  const auto copy = [&](const char* to) {
    caf::anon_send(writer, atom::backup_v,
                   backup_ticket{to, [&ends](backup_ticket::result&& r) {
                                   ends.push_back(r ? "well"
                                                    : words_of(r.error()));
                                 }});
  };
  copy("x");
  copy("y");
  settle();
  EXPECT_EQ(where_->log, lines{"copy to x"});
  EXPECT_EQ(ends, (lines{"store_failed: another copy is being made", "well"}));
  copy("z");
  settle();
  EXPECT_EQ(ends.back(), "well");
}

TEST_F(store_actors_test, what_the_writer_kept_the_reader_reads) {
  const scratch directory;
  auto opened = open_sqlite_store(directory.path() / "jobs.db");
  ASSERT_TRUE(opened);
  const std::shared_ptr<store> where = std::move(*opened);
  const auto writer = spawn(store_writer, deps(where));
  const auto reader = spawn(store_reading, store_reader_deps{where});
  commit(writer, "a");
  commit(writer, "b");
  settle();
  record_pages found;
  caf::anon_send(reader, atom::read_v,
                 read_ticket{{all_of("b"), all_of("c"), all_of("a")},
                             [&found](read_ticket::result&& r) {
                               found = std::move(*r);
                             }});
  settle();
  EXPECT_EQ(found, (record_pages{{{1, "x"}}, records{}, records{{1, "x"}}}));
}

TEST_F(store_actors_test, a_reader_that_cannot_read_says_why) {
  const auto reader = spawn(store_reading, store_reader_deps{where_});
  std::string why;
  caf::anon_send(reader, atom::read_v,
                 read_ticket{{all_of("a")}, [&why](read_ticket::result&& r) {
                               why = words_of(r.error());
                             }});
  settle();
  EXPECT_EQ(why, "store_failed: on demand");
}

}  // namespace

}  // namespace troupe::testing
