#include "gc_observer.h"

#include <algorithm>

#include "allocation_areas.h"
#include "heap_reading.h"

namespace highwater {
namespace {

// Marking steps and weak callbacks free nothing, and the latter run inside a
// collection that is reported itself.
constexpr auto kCollections = static_cast<v8::GCType>(
    v8::kGCTypeAll &
    ~(v8::kGCTypeIncrementalMarking | v8::kGCTypeProcessWeakCallbacks));

// To the byte outside the young generation, too. Not in a collection.
std::size_t ExactUsedBytes(v8::Isolate* isolate) {
  ReturnAllocationAreas(isolate);
  return UsedHeapBytes(isolate);
}

}  // namespace

GcObserver::GcObserver(v8::Isolate* isolate, std::size_t older_garbage_bytes)
    : isolate_(isolate), older_garbage_bytes_(older_garbage_bytes) {
  isolate_->AddGCPrologueCallback(Prologue, this, kCollections);
  isolate_->AddGCEpilogueCallback(Epilogue, this, kCollections);
  start_bytes_ = older_bytes_ = ExactUsedBytes(isolate_);
}

GcObserver::~GcObserver() { Detach(); }

void GcObserver::Detach() {
  if (!attached_) return;
  attached_ = false;
  isolate_->RemoveGCPrologueCallback(Prologue, this);
  isolate_->RemoveGCEpilogueCallback(Epilogue, this);
}

double GcObserver::AllocatedBytes() const {
  return AllocatedBytes(ExactUsedBytes(isolate_));
}

double GcObserver::AllocatedBytes(std::size_t used_bytes) const {
  return static_cast<double>(static_cast<std::int64_t>(used_bytes) -
                             static_cast<std::int64_t>(start_bytes_) +
                             freed_bytes_);
}

ByteWindow GcObserver::Close() {
  const std::size_t end_bytes = ExactUsedBytes(isolate_);
  Detach();
  NotePeak(end_bytes);
  window_.allocated_bytes = AllocatedBytes(end_bytes);
  window_.peak_used_bytes = static_cast<double>(peak_bytes_);
  return window_;
}

void GcObserver::NotePeak(std::size_t used_bytes) {
  if (used_bytes < older_bytes_) return;
  peak_bytes_ = std::max(peak_bytes_, used_bytes - older_bytes_);
}

void GcObserver::Prologue(v8::Isolate* isolate, v8::GCType type,
                          v8::GCCallbackFlags, void* data) {
  auto* self = static_cast<GcObserver*>(data);
  self->before_gc_bytes_ = UsedHeapBytes(isolate);
  self->NotePeak(self->before_gc_bytes_);
  if (type == v8::kGCTypeMarkSweepCompact) {
    ++self->window_.major_gc_count;
  } else {
    ++self->window_.minor_gc_count;
  }
  self->gc_began_ = std::chrono::steady_clock::now();
}

void GcObserver::Epilogue(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags,
                          void* data) {
  auto* self = static_cast<GcObserver*>(data);
  const std::chrono::duration<double, std::milli> pause =
      std::chrono::steady_clock::now() - self->gc_began_;
  self->window_.gc_pause_ms += pause.count();
  self->freed_bytes_ += static_cast<std::int64_t>(self->before_gc_bytes_) -
                        static_cast<std::int64_t>(UsedHeapBytes(isolate));
  self->older_bytes_ = self->start_bytes_ - self->older_garbage_bytes_;
}

}  // namespace highwater
