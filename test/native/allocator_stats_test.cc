#include "linux/allocator_stats.h"

#include <cstdlib>

#include "check.h"

namespace highwater {
namespace {

TEST(CountsTheArenasOfMallocInfo) {
  CHECK_EQ(CountArenas("<malloc><heap nr=\"0\">..</heap><heap nr=\"1\"/>"), 2u);
  CHECK_EQ(CountArenas(""), 0u);
}

TEST(KnowsBlocksAndMappingsOrSaysWhyNot) {
  const AllocatorStats before = ReadAllocatorStats();
  void* volatile large = std::malloc(100 << 20);
  const AllocatorStats after = ReadAllocatorStats();
  std::free(large);
  // A sanitizer brings an allocator of its own.
  CHECK_EQ(before.unavailable, after.unavailable);
  if (!before.unavailable.empty()) return;
  CHECK_EQ(after.mapped_count, before.mapped_count + 1);
  CHECK(after.mapped_bytes >= before.mapped_bytes + (100u << 20));
  CHECK(after.arena_count >= 1);
  CHECK_EQ(after.in_use_bytes + after.free_bytes, after.arena_bytes);
}

}  // namespace
}  // namespace highwater
