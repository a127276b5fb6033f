#include "actors/queue/job_codec.hpp"

#include "actors/queue/job_group.hpp"
#include "actors/queue/record_fields.hpp"
#include "runtime/errc.hpp"

#include <caf/make_message.hpp>
#include <nlohmann/json.hpp>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace troupe {

namespace {

namespace json = simdjson::ondemand;
using record_fields::each_field;
using record_fields::fields;
using record_fields::number_of;
using record_fields::take_enum;
using record_fields::take_list;
using record_fields::take_number;
using record_fields::take_text;

// Of the marks, what a record keeps.
constexpr std::uint32_t kept_marks =
    job_mark::held | job_mark::announce | job_mark::leaving;

caf::error corrupt(std::string why) {
  return caf::make_error(errc::store_corrupt, std::move(why));
}

void append_backoff(std::string& out, const job_backoff& b) {
  fields f{out};
  f.number("k", number_of(b.kind));
  f.name("d");
  out += std::to_string(b.delay_ms);
  f.name("x");
  out += std::to_string(b.delay_max_ms);
  f.name("j");
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(),
                                 b.jitter, std::chars_format::fixed, 6);
  out.append(text.data(), end.ptr);
  f.list("l", b.delays_ms);
}

void append_parent(std::string& out, const kept_parent& p) {
  fields f{out};
  f.text("q", p.link.queue);
  f.number("n", p.link.number);
  f.text("id", p.link.id);
  f.number("i", p.link.index);
  f.number("f", number_of(p.link.on_failure));
  f.number("t", int{p.is_told});
}

bool any(const job_family::bits& all) {
  return std::any_of(all.begin(), all.end(),
                     [](std::uint64_t word) { return word != 0; });
}

void append_family(std::string& out, const job_family& family) {
  fields f{out};
  f.number("n", family.total());
  if (any(family.ended()))
    f.list("e", family.ended());
  if (any(family.failed()))
    f.list("f", family.failed());
  f.number("p", int{family.is_placed});
}

void append_rare(fields& f, std::string& out, const rare_of_job& r) {
  f.text("id", r.id);
  if (r.backoff) {
    f.name("b");
    append_backoff(out, *r.backoff);
  }
  if (r.dedup) {
    f.name("d");
    fields d{out};
    d.text("k", r.dedup->key);
    d.number("m", number_of(r.dedup->mode));
    d.number("t", r.dedup->ttl_ms);
  }
  if (r.timeout_ms) {
    f.name("to");
    out += std::to_string(*r.timeout_ms);
  }
  f.number("ts", r.token.start);
  f.number("tc", r.token.count);
  f.text("w", r.worker);
  f.number("lm", r.lease_ms);
  f.number("lu", r.lease_until);
  f.number("au", r.attempt_until);
  f.number("sa", r.started_at);
  f.number("fa", r.finished_at);
  f.text("e", r.error);
  f.number("ev", r.events);
  f.number("fc", r.failures);
  f.number("le", number_of(r.ended_by));
  if (r.parent) {
    f.name("pa");
    append_parent(out, *r.parent);
  }
  if (r.family) {
    f.name("ch");
    append_family(out, *r.family);
  }
}

// -- reading -----------------------------------------------------------------

bool take_backoff(json::value& v, job_backoff& to) {
  json::object object;
  if (v.get_object().get(object) != simdjson::SUCCESS)
    return false;
  return each_field(object, [&](std::string_view key, json::value& x) {
    if (key == "k")
      return take_enum(x, to.kind);
    if (key == "d")
      return take_number(x, to.delay_ms);
    if (key == "x")
      return take_number(x, to.delay_max_ms);
    if (key == "j")
      return x.get_double().get(to.jitter) == simdjson::SUCCESS;
    if (key == "l")
      return take_list(x, to.delays_ms);
    return true;
  });
}

bool take_dedup(json::value& v, job_dedup& to) {
  json::object object;
  if (v.get_object().get(object) != simdjson::SUCCESS)
    return false;
  return each_field(object, [&](std::string_view key, json::value& x) {
    if (key == "k")
      return take_text(x, to.key);
    if (key == "m")
      return take_enum(x, to.mode);
    if (key == "t")
      return take_number(x, to.ttl_ms);
    return true;
  });
}

bool take_flag(json::value& v, bool& to) {
  std::uint64_t n = 0;
  if (!take_number(v, n))
    return false;
  to = n != 0;
  return true;
}

bool take_parent(json::value& v, kept_parent& to) {
  json::object object;
  if (v.get_object().get(object) != simdjson::SUCCESS)
    return false;
  return each_field(object, [&](std::string_view key, json::value& x) {
    if (key == "q")
      return take_text(x, to.link.queue);
    if (key == "n")
      return take_number(x, to.link.number);
    if (key == "id")
      return take_text(x, to.link.id);
    if (key == "i")
      return take_number(x, to.link.index);
    if (key == "f")
      return take_enum(x, to.link.on_failure);
    if (key == "t")
      return take_flag(x, to.is_told);
    return true;
  });
}

bool take_family(json::value& v, std::unique_ptr<job_family>& to) {
  json::object object;
  if (v.get_object().get(object) != simdjson::SUCCESS)
    return false;
  std::uint32_t total = 0;
  job_family::bits ended;
  job_family::bits failed;
  auto is_placed = false;
  const auto is_sound =
      each_field(object, [&](std::string_view key, json::value& x) {
        if (key == "n")
          return take_number(x, total);
        if (key == "e")
          return take_list(x, ended);
        if (key == "f")
          return take_list(x, failed);
        if (key == "p")
          return take_flag(x, is_placed);
        return true;
      });
  auto family = job_family::read(total, std::move(ended), std::move(failed));
  if (!is_sound || !family)
    return false;
  to = std::make_unique<job_family>(std::move(*family));
  to->is_placed = is_placed;
  return true;
}

bool take_rare(std::string_view key, json::value& v, kept_job& to) {
  if (key == "id")
    return take_text(v, to.rarely().id);
  if (key == "b") {
    to.rarely().backoff = std::make_unique<job_backoff>();
    return take_backoff(v, *to.rarely().backoff);
  }
  if (key == "d") {
    to.rarely().dedup = std::make_unique<job_dedup>();
    return take_dedup(v, *to.rarely().dedup);
  }
  if (key == "to")
    return take_number(v, to.rarely().timeout_ms.emplace());
  if (key == "ts")
    return take_number(v, to.rarely().token.start);
  if (key == "tc")
    return take_number(v, to.rarely().token.count);
  if (key == "w")
    return take_text(v, to.rarely().worker);
  if (key == "lm")
    return take_number(v, to.rarely().lease_ms);
  if (key == "lu")
    return take_number(v, to.rarely().lease_until);
  if (key == "au")
    return take_number(v, to.rarely().attempt_until);
  if (key == "sa")
    return take_number(v, to.rarely().started_at);
  if (key == "fa")
    return take_number(v, to.rarely().finished_at);
  if (key == "e")
    return take_text(v, to.rarely().error);
  if (key == "ev")
    return take_number(v, to.rarely().events);
  if (key == "fc")
    return take_number(v, to.rarely().failures);
  if (key == "le")
    return take_enum(v, to.rarely().ended_by);
  if (key == "pa") {
    to.rarely().parent = std::make_unique<kept_parent>();
    return take_parent(v, *to.rarely().parent);
  }
  if (key == "ch")
    return take_family(v, to.rarely().family);
  return true;
}

bool take(std::string_view key, json::value& v, read_job& to) {
  auto& job = *to.job;
  if (key == "s")
    return take_enum(v, job.state) && job.state != job_state::paused;
  if (key == "p")
    return take_number(v, job.priority) && job.priority <= priority_max;
  if (key == "c")
    return take_number(v, job.created_at);
  if (key == "r")
    return take_number(v, job.rank);
  if (key == "a")
    return take_number(v, job.attempts);
  if (key == "m")
    return take_number(v, job.attempts_made);
  if (key == "l")
    return take_number(v, job.workers_lost);
  if (key == "f")
    return take_number(v, job.papers);
  if (key == "x")
    return take_number(v, job.marks);
  if (key == "n")
    return take_text(v, to.name);
  if (key == "t")
    return take_text(v, to.tenant);
  if (key == "g")
    return take_text(v, to.group);
  return take_rare(key, v, job);
}

}  // namespace

void append_record(std::string& out, const kept_job& job) {
  fields f{out};
  f.number("s", number_of(job.state));
  f.number("p", unsigned{job.priority}, unsigned{priority_normal});
  f.number("c", job.created_at);
  f.number("r", job.rank, job.created_at);
  f.number("a", job.attempts, std::uint32_t{1});
  f.number("m", job.attempts_made);
  f.number("l", unsigned{job.workers_lost});
  f.number("f", unsigned{job.papers});
  f.number("x", job.marks & kept_marks);
  f.text("t", job.group->tenant);
  f.text("g", job.group->name);
  f.text("n", job.called());
  if (job.rare)
    append_rare(f, out, *job.rare);
}

struct job_reader::parts {
  json::parser parser;
  std::string padded;
};

job_reader::job_reader() : parts_(std::make_unique<parts>()) {}
job_reader::~job_reader() = default;

caf::expected<read_job> job_reader::read(job_number number,
                                         std::string_view record) {
  read_job out{.job = std::make_unique<kept_job>(),
               .name = {},
               .tenant = {},
               .group = {}};
  out.job->number = number;
  out.job->rank = -1;
  // The parser reads a little beyond what it is given.
  auto& padded = parts_->padded;
  padded.assign(record);
  padded.append(simdjson::SIMDJSON_PADDING, ' ');
  json::document document;
  json::object object;
  if (parts_->parser.iterate(padded.data(), record.size(), padded.size())
              .get(document)
          != simdjson::SUCCESS
      || document.get_object().get(object) != simdjson::SUCCESS)
    return corrupt("not a JSON object");
  std::string at;
  const auto is_sound =
      each_field(object, [&](std::string_view key, json::value& v) {
        at = key;
        return take(key, v, out);
      });
  if (!is_sound)
    return corrupt(at.empty() ? "broken JSON" : "wrong at '" + at + "'");
  const char* behind = nullptr;
  if (document.current_location().get(behind) == simdjson::SUCCESS)
    return corrupt("more than one value");
  if (out.job->rank < 0)
    out.job->rank = out.job->created_at;
  out.job->marks &= kept_marks;
  if (out.job->rare)
    out.job->rare->events_stored = out.job->rare->events;
  return out;
}

std::string record_of(const queue_memory& memory) {
  std::string out;
  {
    fields f{out};
    f.number("paused", int{memory.paused});
    f.number("reserved", memory.reserved);
    f.number("start", memory.start);
  }
  return out;
}

caf::expected<queue_memory> read_memory(std::string_view record) {
  const auto tree = nlohmann::json::parse(record, nullptr, false);
  if (!tree.is_object())
    return corrupt("not a JSON object");
  queue_memory out;
  for (const auto& [key, value] : tree.items()) {
    if (key != "paused" && key != "reserved" && key != "start")
      continue;
    if (!value.is_number_unsigned())
      return corrupt("wrong at '" + key + "'");
    const auto number = value.get<std::uint64_t>();
    if (key == "paused")
      out.paused = number != 0;
    else
      (key == "start" ? out.start : out.reserved) = number;
  }
  return out;
}

}  // namespace troupe
