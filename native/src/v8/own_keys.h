// How many entries a plain object has that is used as a table.
#pragma once

#include <v8-profiler.h>
#include <v8.h>

#include <cstdint>

namespace highwater {

// Own properties of the object with that id, numeric keys included. 0 when it
// is gone, or when asking it would run somebody's code. Walks the heap.
std::uint32_t CountOwnKeys(v8::Isolate* isolate, v8::Local<v8::Context> context,
                           v8::SnapshotObjectId id);

}  // namespace highwater
