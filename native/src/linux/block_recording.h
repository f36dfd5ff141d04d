// What a hook does with a block: nothing, count it, or write down whose it is.
// Inline as far as the counters go: every malloc of the process comes by here.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "linux/thread_state.h"
#include "track/allocation_tracker.h"

namespace highwater {
namespace recording {

// Set before anything is patched, and never again: the hooks need no guard.
extern AllocationTracker* tracker;

// More than 0: somebody wants the native frames of threads without a session.
extern std::atomic<int> native_frame_users;

// initial-exec: other models call malloc at a thread's first access.
extern thread_local constinit ThreadState this_thread
    __attribute__((tls_model("initial-exec")));

// errno stays what the allocator made it; and nothing that is allocated
// meanwhile comes here again.
class TrackingScope {
 public:
  explicit TrackingScope(ThreadState* thread) : thread_(thread), errno_(errno) {
    thread_->is_tracking = true;
  }
  ~TrackingScope() {
    thread_->is_tracking = false;
    errno = errno_;
  }
  TrackingScope(const TrackingScope&) = delete;
  TrackingScope& operator=(const TrackingScope&) = delete;

 private:
  ThreadState* const thread_;
  const int errno_;
};

// Within a TrackingScope.
void RecordAt(ThreadState* thread, std::uintptr_t address, std::size_t bytes);

void RecordBlock(ThreadState* thread, void* block, std::size_t bytes);
void RecordFree(ThreadState* thread, void* block);

inline bool IsV8AtWork(const ThreadState& thread) {
  return thread.collecting > 0 ||
         (thread.direct_call != nullptr && *thread.direct_call != 0);
}

// V8 compiles and marks in segments of kilobytes. To ask of each smaller block
// would cost more than they weigh.
inline constexpr std::size_t kSmallestSegmentBytes = 1024;

inline bool IsV8sOwnSegment(const ThreadState& thread, std::size_t bytes) {
  return bytes >= kSmallestSegmentBytes &&
         thread.is_v8_at_own_work != nullptr &&
         thread.is_v8_at_own_work(thread.v8_data);
}

inline void OnAllocated(void* block, std::size_t bytes) {
  const Detail detail = tracker->detail();
  if (detail == Detail::kNone || block == nullptr) [[likely]]
    return;
  ThreadState& thread = this_thread;
  if (thread.is_tracking) return;
  if (thread.quiet > 0) {
    if (detail >= Detail::kBlocks) RecordBlock(&thread, block, bytes);
    return;
  }
  if (detail == Detail::kCounters && thread.recorder != nullptr &&
      !IsV8AtWork(thread)) {
    if (!IsV8sOwnSegment(thread, bytes)) thread.recorder->CountOwn(bytes);
    return;
  }
  if (thread.recorder == nullptr && thread.is_environment) return;
  RecordBlock(&thread, block, bytes);
}

inline bool SeesFrees() { return tracker->detail() >= Detail::kBlocks; }

inline void BeforeFree(void* block) {
  if (!SeesFrees() || block == nullptr) [[likely]]
    return;
  if (!this_thread.is_tracking) RecordFree(&this_thread, block);
}

// The old block is taken out before the allocator has it: afterwards another
// thread may own the address already. A failed realloc leaves the block as it
// was.
template <typename Reallocate>
void* Resize(void* block, std::size_t bytes, Reallocate reallocate) {
  ThreadState& thread = this_thread;
  std::optional<Block> before;
  if (SeesFrees() && block != nullptr && !thread.is_tracking) {
    const TrackingScope scope(&thread);
    before = tracker->Detach(reinterpret_cast<std::uintptr_t>(block));
  }
  void* const resized = reallocate();
  const bool is_freed = resized != nullptr || (block != nullptr && bytes == 0);
  if (before) {
    const TrackingScope scope(&thread);
    if (is_freed) {
      tracker->Discard(*before);
    } else {
      tracker->Reattach(reinterpret_cast<std::uintptr_t>(block), *before);
    }
  }
  OnAllocated(resized, bytes);
  return resized;
}

}  // namespace recording
}  // namespace highwater
