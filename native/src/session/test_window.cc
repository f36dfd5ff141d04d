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

// The kernel takes some 20 us, and in a large process more, to tell the peak of
// the RSS, and 2 us to tell the RSS. A test that allocates less than this has
// not moved it further from where it ends.
constexpr double kFewestBytesForPeakRss = 1e6;

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
  if (plan.is_paused) Pause();
}

void TestWindows::Pause() {
  if (window_ == nullptr || window_->is_interrupted) return;
  Window& window = *window_;
  if (window.pause_depth++ > 0) return;
  if (window.has_native && native_ != nullptr) {
    window.native_at_pause = NativeSinceStart();
  }
  const QuietScope quiet;
  window.paused_at_bytes = window.gc->AllocatedBytes();
}

void TestWindows::Resume() {
  if (window_ == nullptr || window_->pause_depth == 0) return;
  Window& window = *window_;
  if (--window.pause_depth > 0) return;
  {
    const QuietScope quiet;
    window.left_out_bytes +=
        window.gc->AllocatedBytes() - window.paused_at_bytes;
  }
  if (window.has_native && native_ != nullptr) {
    window.native_left_out_bytes += NativeSinceStart().allocated_bytes -
                                    window.native_at_pause.allocated_bytes;
  }
}

NativeReading TestWindows::NativeSinceStart() const {
  NativeReading native = native_->Read();
  const NativeReading& before = window_->native_before;
  native.allocated_bytes -= before.allocated_bytes;
  native.allocated_count -= before.allocated_count;
  native.older_freed_bytes -= before.older_freed_bytes;
  native.peak_bytes -= before.live_bytes;
  native.live_bytes -= before.live_bytes;
  native.live_count -= before.live_count;
  native.mapped_peak_bytes -= before.mapped_bytes;
  native.mapped_bytes -= before.mapped_bytes;
  return native;
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
  TestReading reading;
  reading.is_interrupted = window_->is_interrupted;
  const bool is_paused = window_->pause_depth > 0;
  if (!reading.is_interrupted && window_->has_native && native_ != nullptr) {
    reading.native = is_paused ? window_->native_at_pause : NativeSinceStart();
    reading.native->allocated_bytes -= window_->native_left_out_bytes;
  }
  const std::unique_ptr<Window> window = std::move(window_);
  if (window->is_interrupted) return reading;
  reading.draws_random = window->draws_random;
  reading.native_unavailable = window->native_unavailable;
  const QuietScope quiet;
  double left_out_bytes = window->left_out_bytes;
  if (is_paused) {
    left_out_bytes += window->gc->AllocatedBytes() - window->paused_at_bytes;
  }
  reading.heap = window->gc->Close();
  reading.heap.allocated_bytes -= left_out_bytes;
  if (!window->rss_unavailable.empty()) {
    reading.peak_rss_bytes = Reading::Unavailable(window->rss_unavailable);
  } else {
    const double native_bytes =
        reading.native ? reading.native->allocated_bytes : 0;
    const bool is_small =
        reading.heap.allocated_bytes + native_bytes < kFewestBytesForPeakRss;
    reading.peak_rss_bytes = is_small ? ReadRss() : ReadPeakRss();
  }
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
  reading.heap.allocated_bytes = peak.allocated_bytes - left_out_bytes;
  if (peak.allocated_bytes >= static_cast<double>(window->look_from_bytes)) {
    reading.peak_live_bytes = std::max(peak.peak_live_bytes, largest_bytes);
  }
  return reading;
}

void TestWindows::NoteRandomDraw() {
  if (window_ != nullptr) window_->draws_random = true;
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
