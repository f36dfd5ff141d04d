// What glibc's malloc says about itself.
#pragma once

#include <cstdint>
#include <string>

namespace highwater {

struct AllocatorStats {
  // Of all arenas together: what it has from the system, handed out and not.
  std::uint64_t arena_bytes = 0;
  std::uint64_t arena_count = 0;
  std::uint64_t in_use_bytes = 0;
  std::uint64_t free_bytes = 0;
  // At the top of the main arena: what malloc_trim could give back at once.
  std::uint64_t trimmable_bytes = 0;
  // Large blocks have mappings of their own, outside the arenas.
  std::uint64_t mapped_bytes = 0;
  std::uint64_t mapped_count = 0;
  // Why there are no numbers, or "".
  std::string unavailable;
};

AllocatorStats ReadAllocatorStats();

// Counts the arenas in the XML that malloc_info(3) writes.
std::uint64_t CountArenas(const std::string& malloc_info);

}  // namespace highwater
