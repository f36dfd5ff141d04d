#include "collection.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "heap_reading.h"

namespace highwater {
namespace {

// V8 before 13 keeps the unused end of a page for later when it is large
// enough; fillers must be too small to leave such ends behind.
#if V8_MAJOR_VERSION < 13
constexpr std::size_t kFillerBytes = 2 * 1024;
#else
constexpr std::size_t kFillerBytes = 16 * 1024;
#endif
// Map, hash and length of a sequential string, rounded up.
constexpr std::size_t kStringHeaderBytes = 24;
constexpr std::size_t kSmallestFillerBytes = 64;

constexpr int kMostCollections = 5;

// All 0 if there is none.
v8::HeapSpaceStatistics YoungGeneration(v8::Isolate* isolate) {
  for (std::size_t i = 0; i < isolate->NumberOfHeapSpaces(); ++i) {
    v8::HeapSpaceStatistics space;
    isolate->GetHeapSpaceStatistics(&space, i);
    if (std::strcmp(space.space_name(), "new_space") == 0) return space;
  }
  return {};
}

}  // namespace

void CollectFull(v8::Isolate* isolate) {
  // A WeakRef's target is kept to the end of the turn in which it was read.
  isolate->ClearKeptObjects();
  isolate->RequestGarbageCollectionForTesting(
      v8::Isolate::kFullGarbageCollection);
}

void CollectMinor(v8::Isolate* isolate) {
  isolate->RequestGarbageCollectionForTesting(
      v8::Isolate::kMinorGarbageCollection);
}

std::size_t Settle(v8::Isolate* isolate) {
  std::size_t before = 0;
  for (int i = 0; i < kMostCollections; ++i) {
    CollectFull(isolate);
    const std::size_t after = UsedHeapBytes(isolate);
    if (after == before) break;
    before = after;
  }
  return before;
}

std::size_t YoungGenerationAvailableBytes(v8::Isolate* isolate) {
  return YoungGeneration(isolate).space_available_size();
}

std::size_t YoungGenerationUsedBytes(v8::Isolate* isolate) {
  return YoungGeneration(isolate).space_used_size();
}

bool IsFillerSize(std::size_t bytes) {
  return bytes > kFillerBytes - kStringHeaderBytes && bytes <= kFillerBytes;
}

void FillYoungGeneration(v8::Isolate* isolate, std::size_t headroom_bytes) {
  static const std::array<std::uint8_t, kFillerBytes> bytes{};
  std::size_t before = YoungGenerationAvailableBytes(isolate);
  while (before > headroom_bytes + kSmallestFillerBytes) {
    const v8::HandleScope scope(isolate);
    const std::size_t room = before - headroom_bytes;
    const int length =
        static_cast<int>(std::min(room, kFillerBytes) - kStringHeaderBytes);
    if (v8::String::NewFromOneByte(isolate, bytes.data(),
                                   v8::NewStringType::kNormal, length)
            .IsEmpty()) {
      return;
    }
    const std::size_t after = YoungGenerationAvailableBytes(isolate);
    // A scavenge happened after all: leave it at that.
    if (after >= before) return;
    before = after;
  }
}

}  // namespace highwater
