// What one test of a suite costs, by counters that are nearly free.
#pragma once

#include <v8.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "linux/process_memory.h"
#include "session/large_mappings.h"
#include "session/native_recording.h"
#include "v8/flags.h"
#include "v8/gc_observer.h"
#include "v8/peak_observer.h"
#include "v8/sampling_profiler.h"

namespace highwater {

struct TestPlan {
  // Whether native memory is recorded, and how.
  std::optional<Detail> native;
  // Looks at what is live once the test has allocated this much: it cannot hold
  // more before. 0: no looks.
  std::size_t look_from_bytes = 0;
  // Begins with a full collection: garbage of earlier tests is then no part of
  // the start. Else there is one only when much may have piled up. And nothing
  // new is optimised, because optimised loops come to few safe points.
  bool is_exact = false;
  // Without looks: garbage in the young generation goes first, if there is
  // much. It would be collected in the window, and hide as much of the test's.
  bool is_young_first = false;
  // Stacks of allocations are sampled, one in about so many bytes. 0: none.
  std::uint64_t sampling_interval_bytes = 0;
  // It begins paused: see TestWindows::Pause().
  bool is_paused = false;
};

struct TestReading {
  // Of another measurement of this environment, which began in the window: it
  // collects, pins tiers and calls functions again and again.
  bool is_interrupted = false;
  ByteWindow heap;
  bool draws_random = false;
  std::optional<NativeReading> native;
  std::string native_unavailable;
  // Above the start, if there were looks.
  std::optional<double> peak_live_bytes;
  Reading peak_rss_bytes;
  // Of one reading.
  std::optional<Profile> profile;
};

// Knows what every full collection leaves, while it lives.
class LiveMark {
 public:
  explicit LiveMark(v8::Isolate* isolate);
  ~LiveMark();
  LiveMark(const LiveMark&) = delete;
  LiveMark& operator=(const LiveMark&) = delete;

  std::size_t bytes() const { return bytes_; }

 private:
  static void Epilogue(v8::Isolate* isolate, v8::GCType type,
                       v8::GCCallbackFlags flags, void* self);

  v8::Isolate* const isolate_;
  std::size_t bytes_ = 0;
};

// The windows of an environment's tests, one after another. Needs no slot, and
// gives way to whoever takes it: see Interrupt().
class TestWindows {
 public:
  explicit TestWindows(v8::Isolate* isolate);
  TestWindows(const TestWindows&) = delete;
  TestWindows& operator=(const TestWindows&) = delete;

  void Open(const TestPlan& plan, PeakObserver::RequestLook request);
  std::optional<TestReading> Close();
  // Between the two nothing counts that the thread allocates: it is the
  // observer's own work, not the test's. A window that is closed while it is
  // paused ends where the pause began. They nest, and do nothing without a
  // window.
  void Pause();
  void Resume();
  // Of the test whose window is open, if one is.
  void NoteRandomDraw();
  // Lets go of everything at once: what is read of this window is no number of
  // the test.
  void Interrupt();
  // At a safe point.
  void Look();

 private:
  void StartNative(Detail detail);
  NativeReading NativeSinceStart() const;
  // Destroyed in reverse order.
  struct Window {
    bool is_interrupted = false;
    bool draws_random = false;
    std::string rss_unavailable;
    std::optional<MeasurementFlags> flags;
    std::optional<GlobalCollections> global_collections;
    std::optional<TierPin> tier_pin;
    std::optional<LargeMappings> large_mappings;
    std::optional<PeakObserver> peak;
    std::optional<GcObserver> gc;
    std::optional<SamplingProfiler> sampling;
    NativeReading native_before;
    std::string native_unavailable;
    bool has_native = false;
    std::size_t look_from_bytes = 0;
    int pause_depth = 0;
    double paused_at_bytes = 0;
    double left_out_bytes = 0;
    NativeReading native_at_pause;
    double native_left_out_bytes = 0;
  };

  v8::Isolate* const isolate_;
  LiveMark live_;
  // Kept from window to window: to hook `malloc` takes longer than many a test.
  std::unique_ptr<NativeRecording> native_;
  Detail native_detail_ = Detail::kCounters;
  std::unique_ptr<Window> window_;
};

}  // namespace highwater
