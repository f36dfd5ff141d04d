// Owns every tracker of one Node environment (the main thread or a worker).
#pragma once

#include <v8.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/large_mappings.h"
#include "session/native_recording.h"
#include "session/test_window.h"
#include "v8/collection_census.h"
#include "v8/flags.h"
#include "v8/gc_observer.h"
#include "v8/heap_snapshot.h"
#include "v8/object_ids.h"
#include "v8/peak_observer.h"
#include "v8/sampling_profiler.h"

namespace highwater {

// A byte window, and what it allocated outside V8's heap if that is recorded.
struct SessionWindow {
  ByteWindow heap;
  std::optional<NativeReading> native;
};

struct SessionPeakWindow {
  PeakWindow heap;
  // Largest object with a mapping of its own, if mappings are seen.
  double largest_object_bytes = 0;
};

// One measurement at a time: Acquire() ... Release(). What is opened between
// the two is closed by Release() at the latest, and everything by the
// environment's end.
//
// The addon may be loaded several times in one environment (once per realm of
// Jest or of Vitest's vm pools): they all share the environment's one session.
class Session {
 public:
  // Creates it on first use; it lives until the environment is torn down.
  static Session& ForThisThread(v8::Isolate* isolate);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Ids of objects that were kept go, unless they are asked for.
  bool Acquire(bool with_kept_ids);
  void Release();
  bool held() const { return flags_.has_value(); }

  void PinTier();
  void UnpinTier() { tier_pin_.reset(); }

  void OpenByteWindow();
  std::optional<SessionWindow> CloseByteWindow();

  // Returns why it can't, or "". What was recorded before is forgotten.
  std::string StartNative(const NativePlan& plan);
  void ReadNativeSites(SiteNumber number);
  // Empty unless stacks were recorded.
  NativeProfile StopNative();
  std::optional<NativeReading> ReadNative() const;

  void OpenPeakWindow(const LookPlan& plan);
  std::optional<SessionPeakWindow> ClosePeakWindow();

  // Windows of tests need no slot; Acquire() interrupts them. One that is
  // opened while a body is prepared begins paused.
  void OpenTestWindow(TestPlan plan);
  void BeginPreparing() { ++preparing_; }
  void EndPreparing() { --preparing_; }
  std::optional<TestReading> CloseTestWindow();
  void PauseTestWindow() {
    if (test_windows_.has_value()) test_windows_->Pause();
  }
  void ResumeTestWindow() {
    if (test_windows_.has_value()) test_windows_->Resume();
  }
  void NoteRandomDraw() {
    if (test_windows_.has_value()) test_windows_->NoteRandomDraw();
  }
  // Around hooks: the heap only. What is in a test's window is not in it.
  void OpenHooksWindow();
  // Since it was opened; none where another measurement ran in it.
  std::optional<double> CloseHooksWindow();
  // Nothing of them is left.
  void EndTestWindows() {
    hooks_window_.reset();
    test_windows_.reset();
  }

  bool StartSampling(Keep keep, int depth);
  double ReadSampling();
  Profile StopSampling();

  // With `keep` ids outlive Release().
  std::uint32_t MarkObjects(bool keep);
  void ForgetObjectIds();
  // 0 for none.
  std::uint32_t IdOf(v8::Local<v8::Value> value) const;
  // Empty without a mark.
  std::vector<double> CountByAge();
  std::vector<double> BytesByAge();

  void TakeCensus(v8::Local<v8::Context> context, bool is_first);
  std::vector<GrowingCollection> GrowingCollections() const;

  // Returns the heap's number. There is none when it is too large, or takes V8
  // more than `most_ms`; all objects have lost their ids then.
  std::uintptr_t CaptureHeap(const std::vector<v8::Local<v8::Value>>& except,
                             double most_ms, TooLarge* too_large);
  // Null once it has been disposed of.
  HeapSnapshot* FindHeap(std::uintptr_t number);
  void DisposeHeap(std::uintptr_t number) { heaps_.erase(number); }

  v8::Isolate* isolate() const { return isolate_; }

 private:
  explicit Session(v8::Isolate* isolate) : isolate_(isolate) {}
  ~Session() = default;

  static void TearDown(void* session);
  static void OnInterrupt(v8::Isolate* isolate, void* session);

  v8::Isolate* const isolate_;
  // Destroyed in reverse order: observers first, flags last.
  std::optional<MeasurementFlags> flags_;
  std::optional<TestWindows> test_windows_;
  int preparing_ = 0;
  std::optional<GcObserver> hooks_window_;
  std::optional<TierPin> tier_pin_;
  std::unique_ptr<NativeRecording> native_;
  // At the opening of the byte window.
  NativeReading native_before_;
  std::optional<GcObserver> gc_observer_;
  std::optional<PeakObserver> peak_observer_;
  std::optional<LargeMappings> large_mappings_;
  std::optional<SamplingProfiler> sampling_profiler_;
  std::optional<ObjectIds> object_ids_;
  bool are_ids_kept_ = false;
  std::optional<CollectionCensus> census_;
  std::map<std::uintptr_t, std::unique_ptr<HeapSnapshot>> heaps_;
  std::uintptr_t last_heap_ = 0;
};

}  // namespace highwater
