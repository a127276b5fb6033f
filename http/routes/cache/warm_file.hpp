// The file of `cache.warm`: what the cache begins with.
//
// Read whole by whoever starts the node, before its doors open, and put in on a
// thread of the node while it serves already. A file that is not there, or
// lines that are wrong, are told by the log and stop nobody: a cache may always
// be empty.
//
// Its lines are those of POST /api/cache/warm, and may name a `tenant`.

#pragma once

#include "http/routes/lane.hpp"

#include <filesystem>

namespace troupe::http::app_cache {

/// Largest file, bytes: it is held in memory until it is put in.
inline constexpr std::uintmax_t warm_file_size_max = 1ull << 30;

/// Call once, when the lanes are there, from a thread that may block.
void warm_from_file(lane& l, const std::filesystem::path& path);

}  // namespace troupe::http::app_cache
