// What inflections have in common, and what must be kept apart.

#include "actors/semantic_cache/stem.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace troupe {
namespace {

TEST(stem, takes_inflections_off) {
  struct row {
    const char* plain;
    std::vector<const char*> forms;
  };
  for (const auto& [plain, forms] : {
           row{"cancel", {"cancels", "cancelled", "canceled", "cancelling"}},
           row{"make", {"makes", "making", "made"}},
           row{"stop", {"stops", "stopped", "stopping"}},
           row{"city", {"cities"}},
           row{"fill", {"fills", "filled", "filling"}},
           row{"write", {"writes", "wrote", "written", "writing"}},
           row{"child", {"children"}},
           row{"box", {"boxes", "boxed", "boxing"}},
           row{"easy", {"easily"}},
       })
    for (const auto* form : forms)
      EXPECT_EQ(stem_of(form), stem_of(plain)) << form;
}

TEST(stem, keeps_apart_what_means_something_else) {
  for (const auto& [one, other] : {std::pair{"employer", "employee"},
                                   {"hardly", "hard"},
                                   {"thing", "thin"},
                                   {"status", "state"},
                                   {"united", "unit"},
                                   {"news", "new"},
                                   {"prednisone", "prednisolone"}})
    EXPECT_NE(stem_of(one), stem_of(other)) << one;
}

}  // namespace
}  // namespace troupe
