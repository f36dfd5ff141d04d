// The hooks on several threads at once: what one does to the data of another is
// for the thread sanitizer to see.

#include <dlfcn.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "linux/alloc_hooks.h"
#include "linux/block_recording.h"
#include "linux/map_hooks.h"
#include "linux/thread_state.h"
#include "recorded_library.h"

namespace highwater {
namespace {

using test::Beside;
using test::CheckRestored;
using test::Find;
using test::Recording;
using test::TheLibrary;

constexpr int kThreads = 3;

// Calls begin() once all threads are there (what they are made of is not what
// is counted), then work(number of the thread) on each, and waits.
template <typename Begin, typename Work>
void OnThreads(Begin begin, Work work) {
  std::latch are_there(kThreads);
  std::latch has_begun(1);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      are_there.count_down();
      has_begun.wait();
      work(i);
    });
  }
  are_there.wait();
  begin();
  has_begun.count_down();
  for (std::thread& thread : threads) thread.join();
}

// Calls work() on another thread, again and again, while this lives.
class Meanwhile {
 public:
  template <typename Work>
  explicit Meanwhile(Work work)
      : thread_([this, work] {
          while (!is_over_) work();
        }) {}
  ~Meanwhile() {
    is_over_ = true;
    thread_.join();
  }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;

 private:
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

TEST(BlocksThatThreadsExchangeAreAllSeenToDie) {
  constexpr int kRounds = 1'000;
  std::array<std::atomic<void*>, 16> places{};
  std::optional<Recording> recording;
  OnThreads([&] { recording.emplace(Detail::kBlocks); },
            [&](int thread) {
              for (int i = 0; i < kRounds; ++i) {
                auto& place = places[(7U * i + thread) % places.size()];
                void* const block = TheLibrary().malloc(64);
                void* const larger = TheLibrary().realloc(block, 100);
                TheLibrary().free(place.exchange(larger));
              }
            });
  for (auto& place : places) TheLibrary().free(place.exchange(nullptr));
  const NativeReading reading = recording->Read();
  CHECK_EQ(reading.allocated_count, 2u * kThreads * kRounds);
  CHECK_EQ(reading.allocated_bytes, 164u * kThreads * kRounds);
  CHECK_EQ(reading.live_count, 0);
  CHECK_EQ(reading.live_bytes, 0);
  recording.reset();
  CheckRestored();
}

TEST(EachOfSeveralSessionsSeesItsOwnBlocks) {
  OnThreads([] {},
            [](int thread) {
              ThisThread().is_environment = true;
              for (int i = 0; i < 50; ++i) {
                const Recording recording((thread + i) % 2 == 0
                                              ? Detail::kBlocks
                                              : Detail::kCounters);
                TheLibrary().every_kind();
                const NativeReading reading = recording.Read();
                CHECK_EQ(reading.allocated_count, 6u);
                CHECK_EQ(reading.allocated_bytes, 1'600u);
                CHECK_EQ(reading.live_bytes, 0);
              }
            });
  CheckRestored();
}

TEST(RecordingsComeAndGoWhileThreadsAllocate) {
  const auto allocate = [] {
    void* const block = TheLibrary().malloc(64);
    TheLibrary().free(TheLibrary().realloc(block, 128));
  };
  {
    const Meanwhile first(allocate);
    const Meanwhile second(allocate);
    for (int i = 0; i < 100; ++i) {
      const Recording recording(i % 2 == 0 ? Detail::kBlocks
                                           : Detail::kCounters);
      TheLibrary().every_kind();
      CHECK(recording.Read().allocated_count >= 6);
    }
  }
  CheckRestored();
}

TEST(SitesAreReadWhileThreadsAddStacks) {
  const Recording recording(Detail::kStacks);
  recording::native_frame_users.fetch_add(1);
  {
    const Meanwhile first([] { TheLibrary().every_kind(); });
    const Meanwhile second([] { TheLibrary().realloc_chain(); });
    for (int i = 0; i < 100; ++i) {
      recording.recorder().ForEachSite([](const SiteReading& site) {
        CHECK(site.live_bytes <=
              static_cast<std::int64_t>(site.allocated_bytes));
      });
    }
  }
  recording::native_frame_users.fetch_sub(1);
}

TEST(LibrariesAreLoadedAndClosedWhileRecordingsComeAndGo) {
  const std::string late = Beside("late_library.so");
  const Meanwhile loading([&] {
    void* const library = TheLibrary().open(late.c_str());
    TheLibrary().free(Find<void*(std::size_t)>(library, "LateMalloc")(10));
    dlclose(library);
  });
  for (int i = 0; i < 50; ++i) {
    {
      const Recording recording(Detail::kBlocks);
      CHECK(!DescribeHooks().empty());
    }
    // Also when the loading began in the recording, and ends after it.
    CheckRestored();
  }
}

TEST(WhatTheLoaderIsAtWorkOnIsWaitedFor) {
  const std::string slow = Beside("slow_library.so");
  std::atomic<bool> is_loading{false};
  std::thread loading([&] {
    is_loading = true;
    void* const library = TheLibrary().open(slow.c_str());
    CHECK(library != nullptr);
    dlclose(library);
  });
  while (!is_loading) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) {
    const Recording recording(Detail::kCounters);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  loading.join();
  CheckRestored();
}

TEST(ThreadsMapAndUnmapAtOnce) {
  constexpr std::size_t kReserved = std::size_t{8} << 30;
  constexpr std::size_t kPage = 1 << 16;
  std::optional<Recording> recording;
  OnThreads(
      [&] { recording.emplace(Detail::kBlocks); },
      [](int thread) {
        // As V8 does it for a memory of WebAssembly that grows.
        const std::uintptr_t at =
            (std::uintptr_t{1} << 44) + thread * kReserved;
        ThreadState& state = ThisThread();
        for (int i = 0; i < 100; ++i) {
          OnMapped(&Tracker(), &state, {at, kReserved, true}, false);
          OnProtected(&Tracker(), &state, {at, kPage, true}, true, true);
          OnProtected(&Tracker(), &state, {at, 2 * kPage, true}, true, true);
          OnUnmapped(&Tracker(), &state, {at, kReserved, true});
          CHECK(TheLibrary().map(kPage));
        }
      });
  const NativeReading reading = recording->Read();
  CHECK_EQ(reading.allocated_bytes, 2u * kPage * 100 * kThreads);
  CHECK_EQ(reading.live_bytes, 0);
  CHECK_EQ(reading.mapped_bytes, 0);
  CHECK(reading.mapped_peak_bytes >= static_cast<std::int64_t>(kPage));
}

}  // namespace
}  // namespace highwater
