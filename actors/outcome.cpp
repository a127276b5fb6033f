#include "actors/outcome.hpp"

#include <array>

namespace troupe {

namespace {

constexpr std::array fault_names{
    std::string_view{"none"},           std::string_view{"transient"},
    std::string_view{"rate"},           std::string_view{"quota"},
    std::string_view{"credential"},     std::string_view{"context_length"},
    std::string_view{"content_filter"}, std::string_view{"client"},
    std::string_view{"malformed"},      std::string_view{"untranslatable"},
    std::string_view{"abandoned"},
};

static_assert(fault_names.size() == static_cast<std::size_t>(fault::count_));

struct token_part {
  std::string_view name;
  std::uint64_t token_usage::*field;
};

constexpr std::array token_parts{
    token_part{"input", &token_usage::in_uncached},
    token_part{"cache_read", &token_usage::in_cache_read},
    token_part{"cache_write_5m", &token_usage::in_cache_write_5m},
    token_part{"cache_write_1h", &token_usage::in_cache_write_1h},
    token_part{"input_audio", &token_usage::in_audio},
    token_part{"output", &token_usage::out_text},
    token_part{"reasoning", &token_usage::out_reasoning},
    token_part{"output_audio", &token_usage::out_audio},
    token_part{"tool_units", &token_usage::tool_units},
};

static_assert(token_parts.size()
              == static_cast<std::size_t>(token_kind::count_));

using enum fault;

// The taxonomy's second half: what each fault means. The first, which answer is
// which fault, is http/wire/fault_of.cpp.
// clang-format off
constexpr std::array rules{
    //         fault           next attempt            the key              target  last word
    fault_rule{none,           remedy::nobody,         key_penalty::none,   false,  last_word::provider},
    fault_rule{transient,      remedy::other_target,   key_penalty::counts, true,   last_word::provider},
    fault_rule{rate,           remedy::other_key,      key_penalty::rests,  false,  last_word::provider},
    fault_rule{quota,          remedy::other_key,      key_penalty::spent,  false,  last_word::troupe},
    fault_rule{credential,     remedy::other_key,      key_penalty::dead,   false,  last_word::troupe},
    fault_rule{context_length, remedy::larger_target,  key_penalty::none,   false,  last_word::provider},
    fault_rule{content_filter, remedy::nobody,         key_penalty::none,   false,  last_word::provider},
    fault_rule{client,         remedy::nobody,         key_penalty::none,   false,  last_word::provider},
    fault_rule{malformed,      remedy::other_target,   key_penalty::counts, true,   last_word::provider},
    fault_rule{untranslatable, remedy::next_target,    key_penalty::none,   false,  last_word::troupe},
    fault_rule{abandoned,      remedy::nobody,         key_penalty::none,   false,  last_word::provider},
};
// clang-format on

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (rules[i].fault != static_cast<fault>(i))
      return false;
  return rules.size() == static_cast<std::size_t>(fault::count_);
}

static_assert(is_in_order());

}  // namespace

std::string_view name_of(fault f) noexcept {
  return fault_names[static_cast<std::size_t>(f)];
}

const fault_rule& rule_of(fault f) noexcept {
  return rules[static_cast<std::size_t>(f)];
}

bool is_about_request(fault f) noexcept {
  return f == client || f == content_filter || f == context_length
         || f == untranslatable;
}

std::string_view name_of(token_kind k) noexcept {
  return token_parts[static_cast<std::size_t>(k)].name;
}

std::uint64_t part_of(const token_usage& usage, token_kind k) noexcept {
  return usage.*token_parts[static_cast<std::size_t>(k)].field;
}

}  // namespace troupe
