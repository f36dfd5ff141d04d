// Collections on request.
#pragma once

#include <v8.h>

#include <cstddef>

namespace highwater {

// All three need the `--expose-gc` of MeasurementFlags: V8 aborts without it.
void CollectFull(v8::Isolate* isolate);
void CollectMinor(v8::Isolate* isolate);
// Collects until two readings of the used heap agree (at most 5 times), and
// returns the last.
std::size_t Settle(v8::Isolate* isolate);

// Room in the young generation.
std::size_t YoungGenerationAvailableBytes(v8::Isolate* isolate);
// In the young generation, garbage included.
std::size_t YoungGenerationUsedBytes(v8::Isolate* isolate);

// Fills the young generation with garbage until only `headroom_bytes` are left,
// so that the next scavenge happens after that much more has been allocated.
void FillYoungGeneration(v8::Isolate* isolate, std::size_t headroom_bytes);
// Whether an object of that size may be such garbage.
bool IsFillerSize(std::size_t bytes);

}  // namespace highwater
