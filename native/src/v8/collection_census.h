// How many entries every array, Map and Set of the heap has.
#pragma once

#include <v8-profiler.h>
#include <v8.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace highwater {

enum class CollectionKind : std::uint8_t { kArray, kMap, kSet };

// A collection with more entries in every census than in the one before.
struct GrowingCollection {
  v8::SnapshotObjectId id;
  CollectionKind kind;
  // One per census.
  std::vector<std::uint32_t> sizes;
};

// A backing store grows in steps, far apart when it is large: a census sees the
// first entry. Objects must have their ids (HeapProfiler) from before the first
// census to after the last.
class CollectionCensus {
 public:
  explicit CollectionCensus(v8::Isolate* isolate) : isolate_(isolate) {}
  CollectionCensus(const CollectionCensus&) = delete;
  CollectionCensus& operator=(const CollectionCensus&) = delete;

  // Collects all garbage, then walks the heap. Runs no JavaScript.
  void Take(v8::Local<v8::Context> context);

  // Of the collections that were there at the first census; needs two.
  std::vector<GrowingCollection> Growing() const;

 private:
  struct Entry {
    CollectionKind kind;
    std::vector<std::uint32_t> sizes;
  };

  v8::Isolate* const isolate_;
  std::size_t taken_ = 0;
  std::unordered_map<v8::SnapshotObjectId, Entry> entries_;
};

}  // namespace highwater
