#include "v8/allocation_areas.h"

#include <v8-profiler.h>

namespace highwater {
namespace {

// A step of one byte is shorter than any object: no area may then be longer.
constexpr std::uint64_t kEveryByte = 1;
constexpr int kNoFrames = 1;

}  // namespace

void ReturnAllocationAreas(v8::Isolate* isolate) {
  v8::HeapProfiler* const profiler = isolate->GetHeapProfiler();
  if (profiler->StartSamplingHeapProfiler(kEveryByte, kNoFrames)) {
    profiler->StopSamplingHeapProfiler();
  }
}

}  // namespace highwater
