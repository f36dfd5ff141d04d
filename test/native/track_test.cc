#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <random>
#include <thread>
#include <unordered_map>
#include <vector>

#include "check.h"
#include "track/allocation_tracker.h"
#include "track/high_water_mark.h"
#include "track/live_blocks.h"
#include "track/recorder.h"
#include "track/stack_table.h"

namespace highwater {
namespace {

// Counted, so that a table that forgets to give back fails.
std::atomic<std::int64_t> taken_bytes{0};
std::atomic<bool> is_memory_out{false};

RawMemory CountedMemory() {
  return {[](std::size_t bytes) -> void* {
            if (is_memory_out) return nullptr;
            taken_bytes += static_cast<std::int64_t>(bytes);
            return std::calloc(1, bytes);
          },
          [](void* memory, std::size_t bytes) {
            taken_bytes -= static_cast<std::int64_t>(bytes);
            std::free(memory);
          }};
}

constexpr std::size_t kStacks = 64;

std::uintptr_t AddressOf(std::uint64_t number) { return 0x10000 + 16 * number; }

TEST(AHighWaterMarkStaysWhereTheLevelWas) {
  HighWaterMark mark;
  CHECK(mark.Rise(100));
  mark.Fall(60);
  CHECK(!mark.Rise(50));
  CHECK_EQ(mark.level(), 90);
  CHECK_EQ(mark.mark(), 100);
  // Only to equal it makes no new mark.
  CHECK(!mark.Rise(10));
  CHECK(mark.Rise(1));
  mark.Fall(101);
  mark.Lower();
  CHECK_EQ(mark.mark(), 0);
}

TEST(AHighWaterMarkOfManyThreadsIsNoLowerThanAnyLevel) {
  HighWaterMark mark;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) {
        mark.Rise(3);
        if (mark.mark() < 3) std::abort();
        mark.Fall(3);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(mark.level(), 0);
  CHECK(mark.mark() >= 3 && mark.mark() <= 12);
}

TEST(LiveBlocksAgreeWithAMap) {
  LiveBlocks blocks(CountedMemory());
  std::unordered_map<std::uintptr_t, Block> expected;
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    // Few addresses: reuse, collisions and deletions in full runs.
    const std::uintptr_t address = AddressOf(random() % 30'000);
    const auto known = expected.find(address);
    if (random() % 2 == 0) {
      const Block block{random() % (1ULL << 40),
                        static_cast<std::uint32_t>(random())};
      const auto before = blocks.Put(address, block);
      CHECK_EQ(before.has_value(), known != expected.end());
      if (before) CHECK_EQ(before->bytes, known->second.bytes);
      expected[address] = block;
    } else {
      const auto block = blocks.Take(address);
      CHECK_EQ(block.has_value(), known != expected.end());
      if (!block || known == expected.end()) continue;
      CHECK_EQ(block->bytes, known->second.bytes);
      CHECK_EQ(block->tag, known->second.tag);
      expected.erase(known);
    }
  }
  CHECK_EQ(blocks.count(), expected.size());
  std::size_t visited = 0;
  blocks.ForEach([&](const Block&) { ++visited; });
  CHECK_EQ(visited, expected.size());
}

TEST(LiveBlocksForgetWhatTheyAreTold) {
  LiveBlocks blocks(CountedMemory());
  for (std::uint32_t i = 0; i < 10'000; ++i)
    blocks.Put(AddressOf(i), {1, i % 3});
  blocks.Forget([](Block block) { return block.tag == 1; });
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    CHECK_EQ(blocks.Take(AddressOf(i)).has_value(), i % 3 != 1);
  }
}

TEST(LiveBlocksKnowTheLargestSizeAndAddress) {
  LiveBlocks blocks(CountedMemory());
  constexpr std::uint64_t kMost = (1ULL << 48) - 1;
  blocks.Put(kMost, {kMost, 0xFFFFFFFF});
  blocks.Put(16, {0, 1});
  CHECK_EQ(blocks.Take(kMost)->bytes, kMost);
  CHECK_EQ(blocks.Take(16)->bytes, 0u);
}

TEST(LiveBlocksGiveTheirMemoryBack) {
  const std::int64_t before = taken_bytes;
  {
    LiveBlocks blocks(CountedMemory());
    for (int i = 0; i < 100'000; ++i) blocks.Put(AddressOf(i), {1, 1});
    CHECK(taken_bytes > before);
    blocks.Clear();
    CHECK_EQ(taken_bytes.load(), before);
    CHECK_EQ(blocks.count(), 0u);
    blocks.Put(16, {1, 1});
  }
  CHECK_EQ(taken_bytes.load(), before);
}

TEST(LiveBlocksWithoutMemorySayWhatTheyDidNotRemember) {
  LiveBlocks blocks(CountedMemory());
  is_memory_out = true;
  for (int i = 0; i < 1'000; ++i) blocks.Put(AddressOf(i), {1, 1});
  is_memory_out = false;
  CHECK_EQ(blocks.refused_count(), 1'000u);
  CHECK(!blocks.Take(AddressOf(1)).has_value());
}

TEST(LiveBlocksOfManyThreads) {
  LiveBlocks blocks(CountedMemory());
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&blocks, thread] {
      for (std::uint64_t i = 0; i < 20'000; ++i) {
        blocks.Put(AddressOf(i * 4 + thread), {i, 0});
        if (i % 2 == 0) blocks.Take(AddressOf(i * 4 + thread));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(blocks.count(), 40'000u);
}

TEST(EqualStacksAreOne) {
  StackTable table(CountedMemory(), kStacks);
  const std::uintptr_t pcs[] = {1, 2, 3};
  const Interned first = table.Intern({pcs, 3, 7, kNoStack});
  CHECK(first.is_new && first.id == 1);
  CHECK(!table.Intern({pcs, 3, 7, kNoStack}).is_new);
  // Another depth, another context, another stack below.
  CHECK(table.Intern({pcs, 2, 7, kNoStack}).is_new);
  CHECK(table.Intern({pcs, 3, 8, kNoStack}).is_new);
  CHECK(table.Intern({pcs, 3, 7, first.id}).is_new);
  CHECK_EQ(table.last(), 4u);
  CHECK_EQ(table.Get(first.id).pcs[2], 3u);
  CHECK_EQ(table.Get(4).below, first.id);
}

TEST(AFullTableHasNoMoreStacks) {
  StackTable table(CountedMemory(), kStacks);
  for (std::uintptr_t pc = 1; pc <= 2 * kStacks; ++pc) {
    CHECK_EQ(table.Intern({&pc, 1, 0, kNoStack}).id,
             pc <= kStacks ? static_cast<StackId>(pc) : kNoStack);
  }
}

std::int64_t SumAtPeak(const Recorder& recorder) {
  std::int64_t sum = 0;
  recorder.ForEachSite(
      [&](const SiteReading& site) { sum += site.at_peak_bytes; });
  return sum;
}

TEST(ThePeakIsMadeOfWhatItsSitesHeld) {
  std::mt19937 random(11);
  for (int round = 0; round < 50; ++round) {
    AllocationTracker tracker(CountedMemory(), kStacks);
    Recorder* const recorder = tracker.Start(Detail::kStacks);
    std::vector<std::pair<std::uint64_t, StackId>> live;
    std::vector<std::int64_t> held(kStacks, 0);
    std::vector<std::int64_t> at_peak = held;
    std::int64_t level = 0;
    std::int64_t peak = 0;
    for (int i = 0; i < 2'000; ++i) {
      if (live.empty() || random() % 5 < 3) {
        const std::uint64_t bytes = random() % 1'000;
        const StackId stack = random() % kStacks;
        recorder->Born(bytes, stack);
        live.emplace_back(bytes, stack);
        level += static_cast<std::int64_t>(bytes);
        held[stack] += static_cast<std::int64_t>(bytes);
      } else {
        std::swap(live[random() % live.size()], live.back());
        const auto [bytes, stack] = live.back();
        live.pop_back();
        recorder->Died(bytes, stack);
        level -= static_cast<std::int64_t>(bytes);
        held[stack] -= static_cast<std::int64_t>(bytes);
      }
      if (i == 1'000) {
        recorder->LowerMark();
        peak = level;
        at_peak = held;
      }
      if (level > peak) {
        peak = level;
        at_peak = held;
      }
    }
    CHECK_EQ(recorder->Read().peak_bytes, peak);
    CHECK_EQ(SumAtPeak(*recorder), peak);
    recorder->ForEachSite([&](const SiteReading& site) {
      CHECK_EQ(site.at_peak_bytes, at_peak[site.stack]);
      CHECK_EQ(site.live_bytes, held[site.stack]);
    });
    tracker.Stop(recorder);
  }
}

TEST(ASessionSeesItsOwnBlocksDieOnAnyThread) {
  AllocationTracker tracker(CountedMemory(), kStacks);
  Recorder* const recorder = tracker.Start(Detail::kBlocks);
  tracker.Allocated(Asker::kSession, recorder, 0x100, 1'000, kNoStack);
  tracker.Allocated(Asker::kV8, nullptr, 0x200, 50, kNoStack);
  std::thread([&] { tracker.Freed(0x100); }).join();
  tracker.Freed(0x999);  // older than the recording
  const NativeReading reading = recorder->Read();
  CHECK_EQ(reading.allocated_bytes, 1'000u);
  CHECK_EQ(reading.live_bytes, 0);
  CHECK_EQ(reading.peak_bytes, 1'000);
  CHECK_EQ(tracker.ReadV8().live_bytes, 50);
  tracker.Stop(recorder);
  CHECK(tracker.detail() == Detail::kNone);
}

TEST(SharedThreadsWorkForTheOnlySession) {
  AllocationTracker tracker(CountedMemory(), kStacks);
  Recorder* const first = tracker.Start(Detail::kBlocks);
  tracker.Allocated(Asker::kShared, nullptr, 0x100, 10, kNoStack);
  CHECK_EQ(first->Read().allocated_count, 1u);

  Recorder* const second = tracker.Start(Detail::kCounters);
  tracker.Allocated(Asker::kShared, nullptr, 0x200, 10, kNoStack);
  CHECK_EQ(first->Read().allocated_count, 1u);
  CHECK_EQ(second->Read().allocated_count, 0u);
  CHECK_EQ(tracker.ReadUnattributed().allocated_count, 1u);

  tracker.Stop(first);
  CHECK(tracker.detail() == Detail::kCounters);
  tracker.Stop(second);
}

TEST(ARecorderDoesNotInheritTheBlocksOfItsSlot) {
  AllocationTracker tracker(CountedMemory(), kStacks);
  Recorder* const other = tracker.Start(Detail::kBlocks);
  Recorder* const first = tracker.Start(Detail::kStacks);
  tracker.Allocated(Asker::kSession, first, 0x100, 10, 1);
  tracker.Stop(first);
  Recorder* const next = tracker.Start(Detail::kStacks);
  CHECK(next == first);
  tracker.Freed(0x100);
  CHECK_EQ(next->Read().live_bytes, 0);
  int sites = 0;
  next->ForEachSite([&](const SiteReading&) { ++sites; });
  CHECK_EQ(sites, 0);
  tracker.Stop(next);
  tracker.Stop(other);
}

TEST(ARecorderDoesNotInheritWhatWasWrittenDownForAnother) {
  AllocationTracker tracker(CountedMemory(), kStacks);
  // Each time the first only counts, but the second wants every block.
  for (const Detail later : {Detail::kCounters, Detail::kBlocks}) {
    Recorder* const first = tracker.Start(Detail::kCounters);
    Recorder* const second = tracker.Start(Detail::kBlocks);
    Recorder* const third = tracker.Start(later);
    tracker.Allocated(Asker::kSession, first, 0x100, 10, kNoStack);
    tracker.Allocated(Asker::kV8, nullptr, 0x200, 20, kNoStack);
    tracker.Stop(second);
    // With counters alone, nobody sees these die.
    if (later == Detail::kBlocks) tracker.Freed(0x200);
    tracker.Stop(first);
    Recorder* const next = tracker.Start(Detail::kBlocks);
    CHECK(next == first);
    tracker.Allocated(Asker::kSession, next, 0x100, 10, kNoStack);
    CHECK_EQ(next->Read().live_bytes, 10);
    tracker.Freed(0x100);
    CHECK_EQ(next->Read().live_bytes, 0);
    CHECK_EQ(tracker.ReadV8().live_bytes, 0);
    tracker.Stop(next);
    tracker.Stop(third);
  }
}

TEST(AFailedReallocLeavesTheBlockAsItWas) {
  AllocationTracker tracker(CountedMemory(), kStacks);
  Recorder* const recorder = tracker.Start(Detail::kBlocks);
  tracker.Allocated(Asker::kSession, recorder, 0x100, 10, kNoStack);
  const auto block = tracker.Detach(0x100);
  tracker.Reattach(0x100, *block);
  CHECK_EQ(recorder->Read().live_bytes, 10);
  tracker.Freed(0x100);
  CHECK_EQ(recorder->Read().live_bytes, 0);
  CHECK_EQ(recorder->Read().allocated_count, 1u);
  tracker.Stop(recorder);
}

TEST(TooManyRecordersAreRefused) {
  AllocationTracker tracker(CountedMemory(), kStacks);
  std::vector<Recorder*> recorders;
  while (Recorder* const recorder = tracker.Start(Detail::kCounters)) {
    recorders.push_back(recorder);
  }
  CHECK_EQ(recorders.size(), 60u);
  for (Recorder* const recorder : recorders) tracker.Stop(recorder);
}

TEST(RecordersComeAndGoWhileThreadsAllocate) {
  AllocationTracker tracker(CountedMemory(), kStacks);
  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t i = 0; !is_over; ++i) {
        const std::uintptr_t address = AddressOf((i % 500) * 3 + thread);
        tracker.Allocated(Asker::kShared, nullptr, address, 8,
                          static_cast<StackId>(i % kStacks));
        tracker.Freed(address);
      }
    });
  }
  for (int i = 0; i < 300; ++i) {
    Recorder* const recorder = tracker.Start(Detail::kStacks);
    tracker.Allocated(Asker::kSession, recorder, 8, 1, kNoStack);
    tracker.Freed(8);
    tracker.Stop(recorder);
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace highwater
