#include "track/regions.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "check.h"
#include "linux/alloc_hooks.h"
#include "linux/map_hooks.h"
#include "linux/raw_pages.h"
#include "session/large_mappings.h"

namespace highwater {
namespace {

constexpr std::uintptr_t kSpace = 64;

TEST(RegionsAgreeWithASetOfPoints) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    Regions regions(RawPages());
    std::vector<bool> expected(kSpace, false);
    for (int i = 0; i < 60; ++i) {
      const std::uintptr_t begin = random() % kSpace;
      const std::uintptr_t end = begin + random() % (kSpace - begin);
      std::size_t changed = 0;
      const std::size_t before =
          std::count(expected.begin(), expected.end(), true);
      const bool is_adding = random() % 2 == 0;
      if (is_adding) {
        regions.Add({begin, end},
                    [&](Region part) { changed += part.bytes(); });
      } else {
        regions.Remove({begin, end},
                       [&](Region, Region cut) { changed += cut.bytes(); });
      }
      for (std::uintptr_t at = begin; at < end; ++at) expected[at] = is_adding;
      const std::size_t after =
          std::count(expected.begin(), expected.end(), true);
      CHECK_EQ(changed, is_adding ? after - before : before - after);
      std::size_t inside = 0;
      regions.Intersect({0, kSpace},
                        [&](Region part) { inside += part.bytes(); });
      CHECK_EQ(inside, after);
      const Region gap = regions.FirstGap({begin, kSpace});
      std::uintptr_t free = begin;
      while (free < kSpace && expected[free]) ++free;
      CHECK_EQ(gap.begin, free < kSpace ? free : 0);
      while (free < kSpace && !expected[free]) ++free;
      CHECK_EQ(gap.end, gap.bytes() > 0 ? free : 0);
    }
  }
}

TEST(ManyRegionsKeepTheirBeginnings) {
  Regions regions(RawPages());
  for (std::uintptr_t at = 0; at < 10'000; ++at) {
    regions.Add({at * 10, at * 10 + 10}, [](Region) {});
  }
  CHECK_EQ(regions.count(), 10'000u);
  std::uintptr_t begin = 0;
  regions.Remove({5'003, 5'004},
                 [&](Region whole, Region) { begin = whole.begin; });
  CHECK_EQ(begin, 5'000u);
}

constexpr std::size_t kGiB = 1UL << 30;
constexpr std::uintptr_t kMemory = 1UL << 40;
constexpr std::size_t kPage = 64 << 10;

class Recording {
 public:
  Recording() {
    BeginMappings();
    thread.recorder = tracker.Start(Detail::kCounters);
  }
  ~Recording() { tracker.Stop(thread.recorder); }

  AllocationTracker tracker{RawPages(), 64};
  ThreadState thread;
};

TEST(AMappingOfAnAddonIsNoBlock) {
  Recording recording;
  const Mapping mapping{kMemory, 5'000, false};
  OnMapped(&recording.tracker, &recording.thread, mapping, true);
  CHECK_EQ(recording.thread.recorder->Read().mapped_bytes, 5'000);
  OnUnmapped(&recording.tracker, &recording.thread, mapping);
  const NativeReading reading = recording.thread.recorder->Read();
  CHECK_EQ(reading.mapped_bytes, 0);
  CHECK_EQ(reading.mapped_peak_bytes, 5'000);
  CHECK_EQ(reading.allocated_bytes, 0u);
}

TEST(WhatV8ReservesCountsWhenItIsMadeAccessible) {
  CHECK_EQ(InstallHooks(), "");
  Recorder* const recorder = Tracker().Start(Detail::kBlocks);
  ThreadState& thread = ThisThread();
  thread.recorder = recorder;
  OnMapped(&Tracker(), &thread, {kMemory, 8 * kGiB, true}, false);
  OnProtected(&Tracker(), &thread, {kMemory, kPage, true}, true, true);
  CHECK_EQ(recorder->Read().live_bytes, static_cast<std::int64_t>(kPage));
  // V8 names the whole memory when it grows.
  OnProtected(&Tracker(), &thread, {kMemory, 5 * kPage, true}, true, true);
  CHECK_EQ(recorder->Read().live_bytes, static_cast<std::int64_t>(5 * kPage));
  CHECK_EQ(recorder->Read().allocated_count, 2u);
  // Its heap pages are protected, too, and are the heap's.
  OnProtected(&Tracker(), &thread, {kPage, kPage, true}, true, true);
  CHECK_EQ(recorder->Read().live_bytes, static_cast<std::int64_t>(5 * kPage));
  OnUnmapped(&Tracker(), &thread, {kMemory, 8 * kGiB, true});
  CHECK_EQ(recorder->Read().live_bytes, 0);
  thread.recorder = nullptr;
  Tracker().Stop(recorder);
  RemoveHooks();
}

// An allocator that maps memory under its own lock, while the thread that has
// to find a stack waits for that lock.
StackId MapOnAnotherThread(void* maps) {
  std::thread([&] {
    ThreadState thread;
    OnMapped(&Tracker(), &thread, {2 * kMemory, 8 * kGiB, true}, false);
  }).join();
  ++*static_cast<int*>(maps);
  return kNoStack;
}

TEST(OtherThreadsMapWhileAStackIsFound) {
  CHECK_EQ(InstallHooks(), "");
  Recorder* const recorder = Tracker().Start(Detail::kStacks);
  ThreadState& thread = ThisThread();
  int maps = 0;
  thread.recorder = recorder;
  thread.stack_source = MapOnAnotherThread;
  thread.stack_source_data = &maps;
  OnMapped(&Tracker(), &thread, {kMemory, 8 * kGiB, true}, false);
  thread.is_tracking = true;
  OnProtected(&Tracker(), &thread, {kMemory, kPage, true}, true, true);
  thread.is_tracking = false;
  thread.recorder = nullptr;
  thread.stack_source = nullptr;
  CHECK_EQ(maps, 1);
  CHECK_EQ(recorder->Read().live_count, 1);
  Tracker().Stop(recorder);
  RemoveHooks();
}

TEST(TheLargestMappingIsWhatIsLeftOfItAfterAligning) {
  ThreadState thread;
  LargeMappings mappings(&thread);
  CHECK(thread.map_sink == &mappings);
  mappings.Mapped(kMemory, 9 << 20);
  mappings.Unmapped(kMemory, 100 << 10);
  mappings.Unmapped(kMemory + (8 << 20), 1 << 20);
  CHECK_EQ(mappings.largest_bytes(), (8u << 20) - (100u << 10));
  // Gone again: it was there.
  mappings.Unmapped(kMemory, 9 << 20);
  mappings.Mapped(kMemory, 256 << 10);
  CHECK_EQ(mappings.largest_bytes(), (8u << 20) - (100u << 10));
}

TEST(APageOfV8IsNoLargeObject) {
  ThreadState thread;
  LargeMappings mappings(&thread);
  mappings.Mapped(kMemory, 512 << 10);
  CHECK_EQ(mappings.largest_bytes(), 0u);
}

}  // namespace
}  // namespace highwater
