// Where a WebAssembly.Memory has its bytes.
#pragma once

#include <v8-profiler.h>
#include <v8.h>

#include <cstdint>

namespace highwater {

// Of the object with that id; 0 when it is gone or is no memory. Walks the
// heap.
std::uintptr_t AddressOfWasmMemory(v8::Isolate* isolate,
                                   v8::SnapshotObjectId id);

}  // namespace highwater
