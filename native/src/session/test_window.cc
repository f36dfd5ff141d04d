#include "session/test_window.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "linux/thread_state.h"
#include "v8/collection.h"
#include "v8/heap_reading.h"

namespace highwater {
namespace {

// Frames kept per stack.
constexpr int kStackDepth = 32;

// Looks per limit, from the limit on: what is found is within that share of it.
constexpr std::size_t kLooksPerLimit = 8;
constexpr std::size_t kFewestBytesBetweenLooks = 64 * 1024;

// Collecting the young generation takes about a millisecond, and makes old what
// would have died soon: not before each test.
bool HasYoungRoom(v8::Isolate* isolate) {
  return YoungGenerationUsedBytes(isolate) <=
         YoungGenerationAvailableBytes(isolate);
}

LookPlan LooksFrom(std::size_t bytes) {
  LookPlan plan;
  plan.is_lazy = true;
  plan.from_bytes = bytes;
  plan.every_bytes = std::max(kFewestBytesBetweenLooks, bytes / kLooksPerLimit);
  plan.to_bytes = std::numeric_limits<std::size_t>::max() / 2;
  return plan;
}

}  // namespace

LiveMark::LiveMark(v8::Isolate* isolate) : isolate_(isolate) {
  isolate_->AddGCEpilogueCallback(Epilogue, this, v8::kGCTypeMarkSweepCompact);
}

LiveMark::~LiveMark() { isolate_->RemoveGCEpilogueCallback(Epilogue, this); }

void LiveMark::Epilogue(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags,
                        void* self) {
  static_cast<LiveMark*>(self)->bytes_ = UsedHeapBytes(isolate);
}

TestWindows::TestWindows(v8::Isolate* isolate)
    : isolate_(isolate), live_(isolate) {}

void TestWindows::Open(const TestPlan& plan,
                       PeakObserver::RequestLook request) {
  const QuietScope quiet;
  window_ = std::make_unique<Window>();
  Window& window = *window_;
  if (plan.native.has_value()) {
    StartNative(*plan.native);
  } else {
    native_.reset();
  }
  window.look_from_bytes = plan.look_from_bytes;
  if (plan.look_from_bytes > 0) {
    window.flags.emplace();
    window.global_collections.emplace();
    if (plan.is_exact) window.tier_pin.emplace(isolate_);
    const std::size_t used_bytes = UsedHeapBytes(isolate_);
    const std::size_t grown_bytes =
        used_bytes - std::min(used_bytes, live_.bytes());
    if (plan.is_exact || grown_bytes > plan.look_from_bytes / kLooksPerLimit) {
      CollectFull(isolate_);
    }
    if (native_ != nullptr) window.large_mappings.emplace(&ThisThread());
    window.peak.emplace(isolate_, LooksFrom(plan.look_from_bytes), request);
  }
  if (plan.is_young_first && plan.look_from_bytes == 0 &&
      !HasYoungRoom(isolate_)) {
    const MeasurementFlags flags;
    CollectMinor(isolate_);
  }
  window.rss_unavailable = ResetPeakRss();
  if (plan.sampling_interval_bytes > 0) {
    window.sampling.emplace(isolate_,
                            plan.look_from_bytes > 0 ? IsFillerSize : nullptr);
    if (!window.sampling->Start(Keep::kAll, kStackDepth,
                                plan.sampling_interval_bytes)) {
      window.sampling.reset();
    }
  }
  window.gc.emplace(isolate_, YoungGenerationUsedBytes(isolate_));
  if (native_ != nullptr) {
    window.has_native = true;
    native_->LowerMark();
    window.native_before = native_->Read();
  }
}

void TestWindows::StartNative(Detail detail) {
  if (native_ != nullptr && native_detail_ == detail) return;
  native_.reset();
  native_detail_ = detail;
  native_ = NativeRecording::Start(isolate_, {.detail = detail},
                                   &window_->native_unavailable);
}

std::optional<TestReading> TestWindows::Close() {
  if (window_ == nullptr) return std::nullopt;
  const std::unique_ptr<Window> window = std::move(window_);
  TestReading reading;
  reading.is_interrupted = window->is_interrupted;
  if (window->is_interrupted) return reading;
  reading.native_unavailable = window->native_unavailable;
  if (window->has_native && native_ != nullptr) {
    NativeReading native = native_->Read();
    native.allocated_bytes -= window->native_before.allocated_bytes;
    native.allocated_count -= window->native_before.allocated_count;
    native.older_freed_bytes -= window->native_before.older_freed_bytes;
    native.peak_bytes -= window->native_before.live_bytes;
    native.live_bytes -= window->native_before.live_bytes;
    native.live_count -= window->native_before.live_count;
    native.mapped_peak_bytes -= window->native_before.mapped_bytes;
    native.mapped_bytes -= window->native_before.mapped_bytes;
    reading.native = native;
  }
  const QuietScope quiet;
  reading.heap = window->gc->Close();
  reading.peak_rss_bytes = window->rss_unavailable.empty()
                               ? ReadPeakRss()
                               : Reading::Unavailable(window->rss_unavailable);
  if (window->sampling.has_value()) {
    window->sampling->Read();
    reading.profile = window->sampling->Stop();
  }
  if (!window->peak.has_value()) return reading;
  double largest_bytes = 0;
  if (window->large_mappings.has_value()) {
    largest_bytes =
        static_cast<double>(window->large_mappings->largest_bytes());
    window->large_mappings.reset();
  }
  const PeakWindow peak = window->peak->Close();
  // The garbage that aims at looks is not the test's.
  reading.heap.allocated_bytes = peak.allocated_bytes;
  if (peak.allocated_bytes >= static_cast<double>(window->look_from_bytes)) {
    reading.peak_live_bytes = std::max(peak.peak_live_bytes, largest_bytes);
  }
  return reading;
}

void TestWindows::Interrupt() {
  const QuietScope quiet;
  native_.reset();
  if (window_ == nullptr) return;
  window_ = std::make_unique<Window>();
  window_->is_interrupted = true;
}

void TestWindows::Look() {
  if (window_ != nullptr && window_->peak.has_value()) window_->peak->Look();
}

}  // namespace highwater
