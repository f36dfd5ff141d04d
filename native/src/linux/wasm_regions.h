// How much of WebAssembly's memories is in use: pages that were ever touched. A
// memory is as large as it was made, long before anything is in it, and its own
// allocator never gives a page back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace highwater {

struct WasmRegion {
  std::uintptr_t address = 0;
  std::size_t bytes = 0;
};

// Of this process, from the text of /proc/self/maps. V8 reserves what a 32-bit
// index can reach behind each memory, so that no access needs a check of its
// own (v8/src/objects/backing-store.cc, kFullGuardSize64): memory that may be
// written, followed by 4 GiB and more that may not be.
std::vector<WasmRegion> WasmRegionsIn(std::string_view maps);

// The same, read now. Empty where the system does not tell.
std::vector<WasmRegion> WasmRegions();

// 0 where it is no longer there. Pages in swap are not counted.
std::uint64_t TouchedBytes(const WasmRegion& region);

}  // namespace highwater
