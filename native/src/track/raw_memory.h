// Memory for the tracker's own tables, which must not come from what it tracks.
#pragma once

#include <cstddef>

namespace highwater {

struct RawMemory {
  // Zeroed; null when there is none.
  void* (*take)(std::size_t bytes);
  void (*give_back)(void* memory, std::size_t bytes);
};

}  // namespace highwater
