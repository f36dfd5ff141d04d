#include "map_hooks.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "linux/raw_pages.h"
#include "track/regions.h"
#include "track/spin_lock.h"

namespace highwater {
namespace {

// V8 reserves 8 to 10 GB for each WebAssembly memory, and makes accessible what
// is in use. Nothing else of it is that large.
constexpr std::size_t kReservationBytes = 1UL << 30;

struct Mappings {
  SpinLock lock;
  // Address space without memory.
  Regions reserved{RawPages()};
  // Parts of it that are in use: each is a block of the tracker.
  Regions committed{RawPages()};
  // Of addons.
  Regions foreign{RawPages()};
};

Mappings& TheMappings() {
  static auto* const mappings = new Mappings;
  return *mappings;
}

Region RegionOf(const Mapping& mapping) {
  return {mapping.address, mapping.address + mapping.bytes};
}

Recorder* RecorderOf(AllocationTracker* tracker, const ThreadState& thread) {
  if (thread.recorder != nullptr) return thread.recorder;
  return thread.is_environment ? nullptr : tracker->sole();
}

void Decommit(AllocationTracker* tracker, Mappings* mappings, Region range) {
  mappings->committed.Remove(
      range, [&](Region whole, Region) { tracker->Freed(whole.begin); });
}

// The next part of the range that was reserved and is in use now; empty when
// there is no more, or no memory to remember it. V8 names the whole memory when
// it grows.
Region CommitNext(Region range) {
  Mappings& mappings = TheMappings();
  const std::lock_guard<SpinLock> lock(mappings.lock);
  Region next;
  mappings.reserved.Intersect(range, [&](Region part) {
    if (next.bytes() == 0) next = mappings.committed.FirstGap(part);
  });
  Region committed;
  mappings.committed.Add(next, [&](Region region) { committed = region; });
  return committed;
}

}  // namespace

void BeginMappings() {
  Mappings& mappings = TheMappings();
  const std::lock_guard<SpinLock> lock(mappings.lock);
  mappings.reserved.Clear();
  mappings.committed.Clear();
  mappings.foreign.Clear();
  FILE* const file = std::fopen("/proc/self/maps", "re");
  if (file == nullptr) return;
  char line[512];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    Region region;
    char protection[5] = {};
    if (std::sscanf(line, "%zx-%zx %4s", &region.begin, &region.end,
                    protection) != 3) {
      continue;
    }
    if (std::strcmp(protection, "---p") == 0 &&
        region.bytes() >= kReservationBytes) {
      mappings.reserved.Add(region, [](Region) {});
    }
  }
  std::fclose(file);
}

void OnMapped(AllocationTracker* tracker, ThreadState* thread,
              const Mapping& mapping, bool is_accessible) {
  Mappings& mappings = TheMappings();
  if (mapping.is_of_executable) {
    if (!is_accessible && mapping.bytes >= kReservationBytes) {
      const std::lock_guard<SpinLock> lock(mappings.lock);
      mappings.reserved.Add(RegionOf(mapping), [](Region) {});
    } else if (thread->map_sink != nullptr) {
      thread->map_sink->Mapped(mapping.address, mapping.bytes);
    }
    return;
  }
  Recorder* const recorder = RecorderOf(tracker, *thread);
  if (recorder == nullptr) return;
  const std::lock_guard<SpinLock> lock(mappings.lock);
  mappings.foreign.Add(RegionOf(mapping), [&](Region region) {
    recorder->MappedBytes(static_cast<std::int64_t>(region.bytes()));
  });
}

void OnUnmapped(AllocationTracker* tracker, ThreadState* thread,
                const Mapping& mapping) {
  Mappings& mappings = TheMappings();
  if (thread->map_sink != nullptr) {
    thread->map_sink->Unmapped(mapping.address, mapping.bytes);
  }
  Recorder* const recorder = RecorderOf(tracker, *thread);
  const std::lock_guard<SpinLock> lock(mappings.lock);
  Decommit(tracker, &mappings, RegionOf(mapping));
  mappings.reserved.Remove(RegionOf(mapping), [](Region, Region) {});
  mappings.foreign.Remove(RegionOf(mapping), [&](Region, Region cut) {
    if (recorder == nullptr) return;
    recorder->MappedBytes(-static_cast<std::int64_t>(cut.bytes()));
  });
}

void OnProtected(AllocationTracker* tracker, ThreadState* thread,
                 const Mapping& mapping, bool is_writable, bool is_accessible) {
  if (!is_accessible) {
    Mappings& mappings = TheMappings();
    const std::lock_guard<SpinLock> lock(mappings.lock);
    Decommit(tracker, &mappings, RegionOf(mapping));
    return;
  }
  if (!is_writable) return;
  // Recorded without the lock: finding the stack allocates, and an allocator
  // may map memory under a lock of its own, on a thread that waits for ours.
  for (;;) {
    const Region region = CommitNext(RegionOf(mapping));
    if (region.bytes() == 0) return;
    RecordRegion(tracker, thread, region.begin, region.bytes());
  }
}

}  // namespace highwater
