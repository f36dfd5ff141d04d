// How many bytes V8's heap handed out over a window, from what it held before
// and after every collection.
#pragma once

#include <v8.h>

#include <chrono>
#include <cstdint>

namespace highwater {

struct ByteWindow {
  double allocated_bytes = 0;
  double peak_used_bytes = 0;
  std::uint32_t minor_gc_count = 0;
  std::uint32_t major_gc_count = 0;
  double gc_pause_ms = 0;
};

// Observes from construction to Close() (or destruction).
//
//   allocated = end - start + sum over collections of (before - after)
//
// Nothing is allocated on the observed heap, and no JS runs for it.
class GcObserver {
 public:
  // `older_garbage_bytes`: of what is in use at the start as much may be
  // garbage. From the first collection on, which frees it, the peak counts as
  // if all of it had been: never too little.
  explicit GcObserver(v8::Isolate* isolate,
                      std::size_t older_garbage_bytes = 0);
  ~GcObserver();
  GcObserver(const GcObserver&) = delete;
  GcObserver& operator=(const GcObserver&) = delete;

  // Since the start.
  double AllocatedBytes() const;

  ByteWindow Close();

 private:
  static void Prologue(v8::Isolate* isolate, v8::GCType type,
                       v8::GCCallbackFlags flags, void* self);
  static void Epilogue(v8::Isolate* isolate, v8::GCType type,
                       v8::GCCallbackFlags flags, void* self);
  double AllocatedBytes(std::size_t used_bytes) const;
  void Detach();
  void NotePeak(std::size_t used_bytes);

  v8::Isolate* const isolate_;
  bool attached_ = true;
  const std::size_t older_garbage_bytes_;
  std::size_t start_bytes_ = 0;
  // Of the start, at least this is still in use.
  std::size_t older_bytes_ = 0;
  std::size_t peak_bytes_ = 0;
  std::size_t before_gc_bytes_ = 0;
  // Signed: a collection may end with more in use than it began with, when it
  // promotes into fresh allocation buffers.
  std::int64_t freed_bytes_ = 0;
  std::chrono::steady_clock::time_point gc_began_;
  ByteWindow window_;
};

}  // namespace highwater
