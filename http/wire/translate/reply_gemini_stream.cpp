// Writing the chunks of a Gemini answer.
//
// The wire has arguments as an object, never in pieces: a call goes out when
// its arguments are whole, after the calls before it.

#include "http/wire/translate/escaped_text.hpp"
#include "http/wire/translate/gemini_words.hpp"

#include <algorithm>

namespace troupe::http::wire {

using namespace gemini_words;

namespace {

class gemini_writer final : public stream_writer {
public:
  using stream_writer::stream_writer;

  bool write(const reply_event& event, reply_outline& outline,
             const token_usage&, std::string& out) override {
    if (closing_.empty())
      closing_ = closing(outline, route_);
    for (const auto& d : event.deltas)
      if (!write_delta(d, event, outline, out))
        return false;
    return true;
  }

  bool finish(reply_outline& outline, const token_usage& usage,
              std::string& out) override;

  void keep_alive(std::string& out) const override {
    if (!route_.to.json_array)
      stream_writer::keep_alive(out);
  }

  void fail(std::string_view body, std::string& out) const override {
    if (!route_.to.json_array)
      return stream_writer::fail(body, out);
    append_all(out, {begun_ ? "," : "[", body, "]"});
  }

private:
  bool write_delta(const reply_delta& d, const reply_event& event,
                   reply_outline& outline, std::string& out);
  bool take_call(const reply_delta& d, reply_outline& outline,
                 std::string& out);
  void give_calls(std::string& out);
  void give(stream_call& call, std::string& out);

  void begin(std::string& out) {
    if (route_.to.json_array)
      out += begun_ ? ",\r\n" : "[";
    else
      out += "data: ";
    begun_ = true;
    out += R"({"candidates":[)";
  }

  void end(std::string& out) {
    out += closing_;
    if (!route_.to.json_array)
      out += "\r\n\r\n";
  }

  void begin_part(std::string& out) {
    begin(out);
    out += R"({"content":{"parts":[)";
  }

  void end_part(std::uint32_t choice, std::string& out) {
    append_index(out, choice);
    out += "}]";
    end(out);
  }

  std::string closing_;
  bool begun_ = false;
  call_ledger calls_;
  std::vector<argument_scanner> scanners_;  // one a call
  std::size_t current_ = 0;                 // the first that was not given out
  std::vector<bool> broken_;                // by choice
};

bool gemini_writer::write_delta(const reply_delta& d, const reply_event& event,
                                reply_outline& outline, std::string& out) {
  switch (d.kind) {
  case delta_kind::call:
  case delta_kind::arguments:
    return take_call(d, outline, out);
  case delta_kind::finish:
    return true;
  case delta_kind::redacted:
    begin_part(out);
    append_sealed(out, d.text, route_);
    break;
  case delta_kind::media:
    begin_part(out);
    append_media(out, d.name, d.text, d.signature, route_);
    break;
  case delta_kind::logprobs:
    begin_part(out);
    append_text(out, {}, false, {}, route_);
    append_index(out, d.choice);
    append_logprobs(out, steps_of(event, d));
    out += "}]";
    end(out);
    return true;
  default:
    begin_part(out);
    append_text(out, d.text, d.kind == delta_kind::thinking, d.signature,
                route_);
  }
  end_part(d.choice, out);
  return true;
}

bool gemini_writer::take_call(const reply_delta& d, reply_outline& outline,
                              std::string& out) {
  call_ledger::taken taken{calls_.find(d.choice, d.slot), false};
  if (d.kind == delta_kind::call)
    taken = calls_.take(d, outline);
  // Arguments of no call belong to a tool of the provider's own.
  if (taken.call == nullptr)
    return d.kind == delta_kind::arguments;
  auto& call = *taken.call;
  if (taken.is_new) {
    call.id = call_id(d.id, route_, d.choice, call.ordinal);
    call.name = d.name;
    call.signature = d.signature;
    scanners_.emplace_back();
  }
  if (call.over)
    return argument_object(d.text) == "{}";
  call.arguments += d.text;
  scanners_[static_cast<std::size_t>(&call - calls_.all().data())].feed(d.text);
  give_calls(out);
  return true;
}

void gemini_writer::give_calls(std::string& out) {
  auto& all = calls_.all();
  while (current_ < all.size()
         && (all[current_].whole || scanners_[current_].complete()))
    give(all[current_++], out);
}

void gemini_writer::give(stream_call& call, std::string& out) {
  call.over = true;
  std::string part;
  if (!append_call(part, call.id, call.name, call.arguments, call.signature,
                   route_)) {
    broken_.resize(std::max<std::size_t>(broken_.size(), call.choice + 1u));
    broken_[call.choice] = true;
    return;
  }
  begin_part(out);
  out += part;
  end_part(call.choice, out);
}

bool gemini_writer::finish(reply_outline& outline, const token_usage& usage,
                           std::string& out) {
  if (closing_.empty())
    closing_ = closing(outline, route_);
  for (auto& call : calls_.all())
    call.whole = true;
  give_calls(out);
  begin(out);
  broken_.resize(std::max(broken_.size(), outline.choices.size()));
  for (std::uint32_t i = 0; i < outline.choices.size(); ++i) {
    if (!outline.choices[i].begun)
      continue;
    if (out.back() != '[')
      out += ',';
    out += R"({"content":{"parts":[{"text":""})";
    append_index(out, i);
    append_finish(out, outline.choices[i], broken_[i]);
    out += '}';
  }
  out += ']';
  if (usage.reported) {
    out += R"(,"usageMetadata":)";
    append_usage(out, usage);
  }
  end(out);
  if (route_.to.json_array)
    out += ']';
  return true;
}

}  // namespace

std::unique_ptr<stream_writer> make_gemini_writer(reply_route route) {
  return std::make_unique<gemini_writer>(std::move(route));
}

}  // namespace troupe::http::wire
