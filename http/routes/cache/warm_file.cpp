#include "http/routes/cache/warm_file.hpp"

#include "http/ask.hpp"
#include "http/routes/cache/warming.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace troupe::http::app_cache {

namespace {

/// Lines at fault that the log tells one by one.
constexpr std::size_t lines_told_max = 10;

/// While the node starts, its actors are not all there yet: a batch that is
/// lost is tried again, for 2 s in all.
constexpr int tries_max = 20;
constexpr std::chrono::milliseconds try_pause{100};

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed || size > warm_file_size_max)
    return std::nullopt;
  std::ifstream in{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in)
    return std::nullopt;
  return text;
}

bool is_lost(const cache_receipts& receipts) {
  return std::ranges::any_of(receipts, [](const cache_receipt& r) {
    return r.outcome == cache_outcome::lost;
  });
}

/// The warming of a node. Touches no lane: those may end before it does.
class file_warming {
public:
  file_warming(const lane& l, std::string text, std::string name)
      : where_(l.reactor.context.get_executor()), desk_(l.cache),
        stage_(l.deps.stage), text_(std::move(text)), name_(std::move(name)),
        warming_(lines_of(text_), defaults(l), place_kind::line) {}

  executor where() const { return where_; }

  task<> run() {
    while (stage_.now() != phase::stopping && warming_.fill())
      co_await keep_batch();
    tell();
  }

private:
  static entry_defaults defaults(const lane& l) {
    entry_defaults by;
    by.ttl = l.settings().cache.ttl;
    by.any_tenant = true;
    return by;
  }

  task<> keep_batch() {
    auto receipts = co_await keep_once();
    for (int tries = 1; is_lost(receipts) && tries < tries_max
                        && stage_.now() != phase::stopping;
         ++tries) {
      timer pause{where_};
      pause.expires_after(try_pause);
      co_await pause.async_wait(use_task);
      receipts = co_await keep_once();
    }
    warming_.take(receipts);
  }

  task<cache_receipts> keep_once() {
    auto got = co_await ask<cache_receipts>(
        where_, warming_.batch(), [this](keep_ticket t) {
          caf::anon_send(desk_.current(), atom::keep_v, std::move(t));
        });
    cache_receipts receipts;
    if (got)
      receipts = std::move(*got);
    receipts.resize(warming_.batch().size());
    co_return receipts;
  }

  void tell() const {
    const auto& refusals = warming_.refusals();
    for (std::size_t i = 0; i < std::min(refusals.size(), lines_told_max); ++i)
      spdlog::warn("cache-warm line={} key=\"{}\" refused=\"{}\"",
                   refusals[i].place, refusals[i].key, refusals[i].why);
    spdlog::info("cache-warm file=\"{}\" kept={} refused={}", name_,
                 warming_.kept(), warming_.refused());
  }

  executor where_;
  address<cache_desk_actor> desk_;
  const lifecycle& stage_;
  std::string text_;
  std::string name_;
  warming warming_;
};

task<> run(std::shared_ptr<file_warming> one) {
  co_await one->run();
}

}  // namespace

void warm_from_file(lane& l, const std::filesystem::path& path) {
  auto text = read_file(path);
  if (!text) {
    spdlog::error("cache-warm file=\"{}\" error=\"cannot be read, or is larger "
                  "than {} bytes\"",
                  path.string(), warm_file_size_max);
    return;
  }
  auto one = std::make_shared<file_warming>(l, std::move(*text), path.string());
  const auto where = one->where();
  asio::co_spawn(where, run(std::move(one)), asio::detached);
}

}  // namespace troupe::http::app_cache
