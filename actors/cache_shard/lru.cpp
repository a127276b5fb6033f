// Retention by one list: what is used comes to its front, what is at its end
// goes.

#include "actors/cache_shard/retention.hpp"
#include "actors/cache_shard/slot_lists.hpp"

#include <cassert>

namespace troupe {

namespace {

class lru final : public retention {
public:
  explicit lru(std::size_t entries_max) { links_.reserve(entries_max); }

  void added(slot s, std::uint64_t) override { links_.push_front(order_, s); }
  void used(slot s) override { links_.move_to_front(order_, s); }
  void missed(std::uint64_t) override {}
  void removed(slot s) override { links_.erase(order_, s); }

  slot victim() override {
    assert(!order_.empty());
    return order_.back;
  }

private:
  slot_list order_;
  slot_lists links_;
};

}  // namespace

std::unique_ptr<retention> make_lru(std::size_t entries_max, std::uint64_t) {
  return std::make_unique<lru>(entries_max);
}

}  // namespace troupe
