// What mappings mean, once the hooks of mmap and its relatives see them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "linux/thread_state.h"
#include "track/allocation_tracker.h"

namespace highwater {

struct Mapping {
  std::uintptr_t address = 0;
  std::size_t bytes = 0;
  // Of the executable: Node and V8 map heap pages and WebAssembly memories.
  // Addons and their libraries map what they like.
  bool is_of_executable = false;
};

// Forgets everything, and finds the address space that V8 has already reserved
// for WebAssembly. Allocates nothing that is recorded.
void BeginMappings();

void OnMapped(AllocationTracker* tracker, ThreadState* thread,
              const Mapping& mapping, bool is_accessible);
void OnUnmapped(AllocationTracker* tracker, ThreadState* thread,
                const Mapping& mapping);
void OnProtected(AllocationTracker* tracker, ThreadState* thread,
                 const Mapping& mapping, bool is_writable, bool is_accessible);

// A region counts like a block.
void RecordRegion(AllocationTracker* tracker, ThreadState* thread,
                  std::uintptr_t address, std::size_t bytes);

}  // namespace highwater
