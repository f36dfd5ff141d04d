#include "peak_observer.h"

#include <algorithm>

#include "collection.h"
#include "heap_reading.h"

namespace highwater {
namespace {

// What is left of the scavenger's own allocation buffer counts as used.
#if V8_MAJOR_VERSION >= 14
constexpr std::size_t kScavengerBufferBytes = 32 * 1024;
#else
constexpr std::size_t kScavengerBufferBytes = 0;
#endif

// Of a lazy plan.
constexpr std::uint32_t kLooksUntilRarer = 12;

}  // namespace

PeakObserver::PeakObserver(v8::Isolate* isolate, const LookPlan& plan,
                           RequestLook request)
    : isolate_(isolate), plan_(plan), request_look_(request) {
  if (!plan_.is_lazy) CollectFull(isolate_);
  start_bytes_ = last_used_bytes_ = peak_live_bytes_ = UsedHeapBytes(isolate_);
  next_look_bytes_ = std::max(plan_.from_bytes, plan_.every_bytes);
  AimAtNextLook();
  isolate_->AddGCPrologueCallback(Prologue, this);
  isolate_->AddGCEpilogueCallback(Epilogue, this);
}

PeakObserver::~PeakObserver() { Detach(); }

void PeakObserver::Detach() {
  if (!attached_) return;
  attached_ = false;
  isolate_->RemoveGCPrologueCallback(Prologue, this);
  isolate_->RemoveGCEpilogueCallback(Epilogue, this);
}

PeakWindow PeakObserver::Close() {
  Detach();
  const std::size_t used_bytes = UsedHeapBytes(isolate_);
  if (used_bytes > last_used_bytes_) {
    allocated_bytes_ += used_bytes - last_used_bytes_;
  }
  // What is live at the end counts too: a function that keeps what it builds.
  if (!plan_.is_lazy || allocated_bytes_ >= plan_.from_bytes) {
    CollectFull(isolate_);
    RecordLive(UsedHeapBytes(isolate_));
  }
  PeakWindow window;
  window.allocated_bytes = static_cast<double>(allocated_bytes_);
  window.peak_live_bytes = static_cast<double>(peak_live_bytes_ - start_bytes_);
  window.peak_at_bytes = static_cast<double>(peak_at_bytes_);
  window.look_count = look_count_;
  return window;
}

void PeakObserver::Look() {
  look_pending_ = false;
  if (busy_ || !attached_) return;
  busy_ = true;
  const std::size_t used_bytes = UsedHeapBytes(isolate_);
  if (used_bytes > last_used_bytes_) {
    allocated_bytes_ += used_bytes - last_used_bytes_;
  }
  // Shortly before a look is near enough: a scavenge a few bytes early must not
  // postpone it by a whole young generation.
  if (allocated_bytes_ + plan_.every_bytes / 8 >= next_look_bytes_) {
    CollectFull(isolate_);
    RecordLive(UsedHeapBytes(isolate_));
    ++look_count_;
    next_look_bytes_ = allocated_bytes_ + WayBytes();
  }
  last_used_bytes_ = UsedHeapBytes(isolate_);
  AimAtNextLook();
  busy_ = false;
}

std::size_t PeakObserver::WayBytes() const {
  if (!plan_.is_lazy) return plan_.every_bytes;
  // How high it goes matters less once it is too high.
  const bool is_exceeded =
      peak_live_bytes_ - start_bytes_ > plan_.from_bytes * 5 / 4;
  const std::uint32_t doublings =
      std::min(look_count_ / kLooksUntilRarer + (is_exceeded ? 2U : 0U), 16U);
  return plan_.every_bytes << doublings;
}

void PeakObserver::AimAtNextLook() {
  if (next_look_bytes_ > plan_.to_bytes) return;
  // What is too large for the young generation shortens the way without being
  // seen: far from the look, aim at the middle first.
  const std::size_t way_bytes = next_look_bytes_ - allocated_bytes_;
  const std::size_t headroom_bytes =
      way_bytes > 2 * plan_.every_bytes && plan_.every_bytes > 0 ? way_bytes / 2
                                                                 : way_bytes;
  FillYoungGeneration(isolate_, headroom_bytes);
  last_used_bytes_ = UsedHeapBytes(isolate_);
}

void PeakObserver::RecordLive(std::size_t live_bytes) {
  if (live_bytes <= peak_live_bytes_) return;
  peak_live_bytes_ = live_bytes;
  peak_at_bytes_ = allocated_bytes_;
}

void PeakObserver::Prologue(v8::Isolate* isolate, v8::GCType,
                            v8::GCCallbackFlags, void* data) {
  auto* self = static_cast<PeakObserver*>(data);
  if (self->busy_) return;
  const std::size_t used_bytes = UsedHeapBytes(isolate);
  if (used_bytes > self->last_used_bytes_) {
    self->allocated_bytes_ += used_bytes - self->last_used_bytes_;
  }
}

void PeakObserver::Epilogue(v8::Isolate* isolate, v8::GCType type,
                            v8::GCCallbackFlags, void* data) {
  auto* self = static_cast<PeakObserver*>(data);
  if (self->busy_) return;
  if (type == v8::kGCTypeMarkSweepCompact) {
    // V8's own full collection: just as good a look as ours.
    self->RecordLive(UsedHeapBytes(isolate));
  } else if (self->plan_.every_bytes == 0 && !self->scavenged_) {
    self->scavenged_ = true;
    self->RecordLive(UsedHeapBytes(isolate) - kScavengerBufferBytes);
    ++self->look_count_;
  }
  self->last_used_bytes_ = UsedHeapBytes(isolate);
  if (self->look_pending_ || self->next_look_bytes_ > self->plan_.to_bytes) {
    return;
  }
  self->look_pending_ = true;
  self->request_look_(isolate);
}

}  // namespace highwater
