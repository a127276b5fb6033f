// The names of a queue's jobs, each kept once.
//
// Names say what is to be done, so a million jobs share a handful of them. A
// job has a pointer to its name, which is here as long as any job bears it.
//
// Limits: one thread; the roll outlives all who bear a name of it.

#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe {

class name_roll;

/// A name that some job bears.
class job_name final
    : public boost::intrusive_ref_counter<job_name,
                                          boost::thread_unsafe_counter> {
public:
  job_name(name_roll& roll, std::string_view its_text)
      : text(its_text), roll_(roll) {}
  ~job_name();
  job_name(const job_name&) = delete;
  job_name& operator=(const job_name&) = delete;

  const std::string text;  ///< Never empty.

private:
  name_roll& roll_;
};

using job_name_ptr = boost::intrusive_ptr<const job_name>;

class name_roll {
public:
  name_roll() = default;
  name_roll(const name_roll&) = delete;
  name_roll& operator=(const name_roll&) = delete;

  /// The name of that text; null if there is none.
  job_name_ptr enter(std::string_view text);

  std::size_t size() const noexcept { return names_.size(); }

private:
  friend class job_name;

  // By the text of each. Whoever bears it, owns it.
  std::unordered_map<std::string_view, const job_name*> names_;
};

}  // namespace troupe
