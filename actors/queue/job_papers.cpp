#include "actors/queue/job_papers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe {

namespace {

// Of a key; see the table in the header.
constexpr int papers_bits = 3;
constexpr int failures_bits = 5;
constexpr int events_bits = 20;
constexpr int children_bits = 20;

std::int64_t first_key(job_number number, int bits) {
  return static_cast<std::int64_t>(number << bits);
}

std::int64_t last_key(job_number number, int bits) {
  return static_cast<std::int64_t>((number << bits)
                                   + ((job_number{1} << bits) - 1));
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
}

std::optional<job_failure> failure_of(std::string_view text) {
  const auto tree = nlohmann::json::parse(text, nullptr, false);
  if (!tree.is_object())
    return {};
  job_failure out;
  for (const auto& [key, value] : tree.items()) {
    if (key == "attempt" && value.is_number_unsigned())
      out.attempt = value.get<std::uint32_t>();
    else if (key == "at" && value.is_number_integer())
      out.at = value.get<job_time>();
    else if (key == "error" && value.is_string())
      out.error = value.get<std::string>();
    else if (key == "worker" && value.is_string())
      out.worker = value.get<std::string>();
  }
  return out;
}

}  // namespace

queue_spaces::queue_spaces(std::string_view name)
    : queue(std::string{name} + ".queue"), jobs(std::string{name} + ".jobs"),
      papers(std::string{name} + ".papers"),
      failures(std::string{name} + ".failures"),
      events(std::string{name} + ".events"),
      children(std::string{name} + ".children"),
      schedules(std::string{name} + ".schedules") {}

std::int64_t paper_key(job_number number, job_paper paper) noexcept {
  assert(paper != job_paper::failures);
  return first_key(number, papers_bits) + static_cast<std::int64_t>(paper);
}

job_number number_of_paper(std::int64_t key) noexcept {
  return static_cast<job_number>(key) >> papers_bits;
}

std::int64_t failure_key(job_number number, std::uint32_t count) noexcept {
  return first_key(number, failures_bits) + count % failures_max;
}

std::int64_t event_key(job_number number, std::uint64_t event) noexcept {
  return first_key(number, events_bits) + static_cast<std::int64_t>(event);
}

std::int64_t child_key(job_number number, std::uint32_t index) noexcept {
  return first_key(number, children_bits) + index;
}

job_number number_of_child(std::int64_t key) noexcept {
  return static_cast<job_number>(key) >> children_bits;
}

std::uint32_t index_of_child(std::int64_t key) noexcept {
  return static_cast<std::uint32_t>(
      key - first_key(number_of_child(key), children_bits));
}

record_range range_of(const queue_spaces& spaces, job_number number,
                      job_paper paper) {
  record_range out;
  if (paper == job_paper::failures) {
    out.space = spaces.failures;
    out.from = first_key(number, failures_bits);
    out.to = last_key(number, failures_bits);
  } else {
    out.space = spaces.papers;
    out.from = out.to = paper_key(number, paper);
  }
  return out;
}

record_range range_of_events(const queue_spaces& spaces, job_number number,
                             std::uint64_t after, std::uint64_t last) {
  record_range out;
  out.space = spaces.events;
  out.from = event_key(number, after + 1);
  out.to = event_key(number, last);
  return out;
}

record_range range_of_children(const queue_spaces& spaces, job_number number,
                               std::uint32_t from, std::uint32_t count) {
  record_range out;
  out.space = spaces.children;
  out.from = child_key(number, from);
  out.to = last_key(number, children_bits);
  out.records_max = count;
  return out;
}

record_ranges_of_job all_of(job_number from, job_number to) {
  return {
      .papers_from = first_key(from, papers_bits),
      .papers_to = last_key(to, papers_bits),
      .failures_from = first_key(from, failures_bits),
      .failures_to = last_key(to, failures_bits),
      .events_from = first_key(from, events_bits),
      .events_to = last_key(to, events_bits),
      .children_from = first_key(from, children_bits),
      .children_to = last_key(to, children_bits),
  };
}

void put_paper(job_view& view, job_paper paper, records&& found) {
  if (paper == job_paper::failures) {
    for (const auto& r : found)
      if (auto failure = failure_of(r.value))
        view.failures.push_back(std::move(*failure));
    std::stable_sort(view.failures.begin(), view.failures.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    if (!view.failures.empty() && !view.error.empty()
        && view.failures.back().error.starts_with(view.error))
      view.error = view.failures.back().error;
    return;
  }
  if (found.empty())
    return;
  auto bytes = shared_bytes{std::move(found.front().value)};
  switch (paper) {
  case job_paper::data:
    view.data = std::move(bytes);
    break;
  case job_paper::result:
    view.result = std::move(bytes);
    break;
  case job_paper::checkpoint:
    view.checkpoint = std::move(bytes);
    break;
  case job_paper::progress:
    view.progress = std::move(bytes);
    break;
  case job_paper::failures:
    break;
  }
}

void append_quoted(std::string& out, std::string_view text) {
  if (!is_plain(text)) {
    out += nlohmann::json(text).dump(-1, ' ', false,
                                     nlohmann::json::error_handler_t::replace);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

std::string_view cut_text(std::string_view text, std::size_t size_max) {
  if (text.size() <= size_max)
    return text;
  // Not within a character: its further bytes begin with the bits 10.
  auto end = size_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end);
}

std::string failure_text(const job_failure& failure) {
  std::string out = R"({"attempt":)" + std::to_string(failure.attempt)
                    + R"(,"at":)" + std::to_string(failure.at) + R"(,"error":)";
  append_quoted(out, cut_text(failure.error, failure_text_max));
  if (!failure.worker.empty()) {
    out += R"(,"worker":)";
    append_quoted(out, failure.worker);
  }
  return out += '}';
}

std::string event_text(std::string_view name, std::string_view bytes) {
  std::string out;
  out.reserve(name.size() + 1 + bytes.size());
  out += name;
  out += '\n';
  out += bytes;
  return out;
}

job_event with_result(const job_event& end, std::string_view result) {
  auto text = std::string{end.data.view()};
  assert(text.ends_with('}'));
  text.pop_back();
  text.append(R"(,"result":)").append(result) += '}';
  return {.number = end.number,
          .name = end.name,
          .data = shared_bytes{std::move(text)}};
}

job_event event_of(record&& found) {
  const auto number = static_cast<std::uint64_t>(found.key)
                      & ((std::uint64_t{1} << events_bits) - 1);
  const auto end = found.value.find('\n');
  if (end == std::string::npos)
    return {.number = number, .name = {}, .data = {}};
  auto name = found.value.substr(0, end);
  return {.number = number,
          .name = std::move(name),
          .data = shared_bytes{found.value.substr(end + 1)}};
}

}  // namespace troupe
