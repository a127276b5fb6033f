#include "http/cache/embeddings_courier.hpp"

#include "config/embedder_provider.hpp"
#include "http/cache/own_client.hpp"
#include "http/routes/exchange.hpp"
#include "http/wire/numeric_vectors.hpp"

#include <boost/asio/co_spawn.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace troupe::http {

namespace {

request request_for(const embed_batch& batch) {
  request made;
  made.method = "POST";
  made.target = "/v1/embeddings";
  made.headers = json_headers();
  made.body = wire::embeddings_request(config::embedder_model, batch.texts);
  made.id = "embedder-" + std::to_string(batch.number);
  return made;
}

wire::match match_of(const request& r) {
  return wire::find_endpoint(r.method, r.path(), r.headers)
      .value_or(wire::match{});
}

void fill(embed_batch& batch, const own_client& answer) {
  if (!answer.is_whole() || answer.status() != 200)
    return;
  for (auto& v : wire::read_vectors(answer.body(), batch.texts.size()))
    batch.vectors.push_back(
        std::make_shared<const std::vector<float>>(std::move(v)));
}

}  // namespace

embeddings_courier::embeddings_courier(lane& l, carrier_slot& slot)
    : lane_(l), slot_(slot) {
  slot_ = this;
}

embeddings_courier::~embeddings_courier() {
  slot_ = nullptr;
}

void embeddings_courier::carry(embed_batch batch, embedder_actor whom) {
  ++under_way_;
  asio::co_spawn(lane_.reactor.context.get_executor(),
                 run(std::move(batch), std::move(whom)),
                 [this](const std::exception_ptr&) { --under_way_; });
}

task<> embeddings_courier::run(embed_batch batch, embedder_actor whom) {
  try {
    co_await fetch(batch);
  } catch (const std::exception& e) {
    spdlog::error("embedder batch={} fault=\"{}\"", batch.number, e.what());
  }
  caf::anon_send(whom, atom::found_v, std::move(batch));
}

task<> embeddings_courier::fetch(embed_batch& batch) {
  auto ask = request_for(batch);
  own_client answer{lane_.reactor.context.get_executor(), vectors_answer_max};
  deadline_for over{[&answer] {
    answer.leave();
  }};
  lane_.reactor.wheel.arm(over, embed_patience);
  exchange one{lane_,           ask,           answer, match_of(ask),
               cache_use::none, origin::troupe};
  try {
    co_await one.run();
  } catch (const boost::system::system_error&) {
    // Cut, because it took too long or is too large.
  }
  fill(batch, answer);
  if (batch.vectors.empty())
    spdlog::warn("embedder batch={} texts={} status={} attempts={} fault={}",
                 batch.number, batch.texts.size(), answer.status(),
                 one.record().attempts, name_of(one.record().ended));
}

}  // namespace troupe::http
