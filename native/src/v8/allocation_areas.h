// What V8 has set aside for objects to come counts as used.
#pragma once

#include <v8.h>

namespace highwater {

// Takes back what is left of V8's linear allocation areas outside the young
// generation. V8 counts such an area, up to 256 kB of it, as used from the
// moment it is set aside: hidden classes, prototypes and accessors are made
// there, and a window would see nothing of many and all of one.
//
// V8 does so when an allocation observer is added (AddAllocationObserver in
// v8/src/heap/spaces.cc, since V8 13 in main-allocator.cc), and its sampling
// heap profiler adds one to every space. Where somebody else has that profiler,
// nothing happens: its own steps keep the areas short. Takes some microseconds,
// allocates nothing on the heap; must not be called in a collection.
void ReturnAllocationAreas(v8::Isolate* isolate);

}  // namespace highwater
