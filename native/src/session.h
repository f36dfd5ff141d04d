// Owns every tracker of one Node environment (the main thread or a worker).
#pragma once

#include <v8.h>

#include <memory>
#include <optional>

#include "v8/flags.h"
#include "v8/gc_observer.h"
#include "v8/peak_observer.h"
#include "v8/sampling_profiler.h"

namespace highwater {

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

  bool Acquire();
  void Release();
  bool held() const { return flags_.has_value(); }

  void PinTier();
  void UnpinTier() { tier_pin_.reset(); }

  void OpenByteWindow() { gc_observer_.emplace(isolate_); }
  std::optional<ByteWindow> CloseByteWindow();

  void OpenPeakWindow(const LookPlan& plan);
  std::optional<PeakWindow> ClosePeakWindow();

  bool StartSampling(Keep keep, int depth);
  double ReadSampling();
  Profile StopSampling();

  v8::Isolate* isolate() const { return isolate_; }

 private:
  explicit Session(v8::Isolate* isolate) : isolate_(isolate) {}
  ~Session() = default;

  static void TearDown(void* session);
  static void OnInterrupt(v8::Isolate* isolate, void* session);

  v8::Isolate* const isolate_;
  // Destroyed in reverse order: observers first, flags last.
  std::optional<MeasurementFlags> flags_;
  std::optional<TierPin> tier_pin_;
  std::optional<GcObserver> gc_observer_;
  std::optional<PeakObserver> peak_observer_;
  std::optional<SamplingProfiler> sampling_profiler_;
};

}  // namespace highwater
