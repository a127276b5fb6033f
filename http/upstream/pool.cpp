#include "http/upstream/pool.hpp"

#include <algorithm>

namespace troupe::http::upstream {

std::unique_ptr<connection> pool::take() {
  while (!idle_.empty()) {
    auto c = std::move(idle_.back());
    idle_.pop_back();
    c->kept_by_ = nullptr;
    c->timeout_.disarm();
    if (!c->transport_.stale())
      return c;
  }
  return std::make_unique<connection>(reactor_);
}

void pool::give(std::unique_ptr<connection> c) {
  if (!c->reusable())
    return;
  if (idle_.size() >= idle_max) {
    idle_.erase(idle_.begin());
  }
  c->used_ = true;
  c->kept_by_ = this;
  c->parser_.reset();
  c->buffer_.release();
  reactor_.wheel.arm(c->timeout_, idle_for);
  idle_.push_back(std::move(c));
}

void pool::drop(connection& c) {
  std::erase_if(idle_, [&](const auto& kept) { return kept.get() == &c; });
}

}  // namespace troupe::http::upstream
