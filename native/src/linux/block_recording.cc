#include "block_recording.h"

#include <malloc.h>

#include "linux/map_hooks.h"
#include "linux/native_frames.h"
#include "linux/thread_kind.h"

namespace highwater {
namespace recording {

constinit AllocationTracker* tracker = nullptr;

constinit std::atomic<int> native_frame_users{0};

thread_local constinit ThreadState this_thread
    __attribute__((tls_model("initial-exec")));

void RecordAt(ThreadState* thread, std::uintptr_t address, std::size_t bytes) {
  if (thread->quiet > 0) {
    // Not the user's; but when it dies it must not pass for an older block.
    tracker->Allocated(Asker::kV8, nullptr, address, bytes, kNoStack);
    return;
  }
  if (Recorder* const recorder = thread->recorder) {
    if (IsV8AtWork(*thread) || IsV8sOwnSegment(*thread, bytes)) {
      tracker->Allocated(Asker::kV8, nullptr, address, bytes, kNoStack);
      return;
    }
    const StackId stack = recorder->by_site() && thread->stack_source != nullptr
                              ? thread->stack_source(thread->stack_source_data)
                              : kNoStack;
    if (stack == kStackOfV8) {
      tracker->Allocated(Asker::kV8, nullptr, address, bytes, kNoStack);
      return;
    }
    tracker->Allocated(Asker::kSession, recorder, address, bytes, stack);
    return;
  }
  const ThreadState::Kind kind = KindOf(thread);
  if (kind == ThreadState::Kind::kIgnored) return;
  if (kind == ThreadState::Kind::kV8) {
    tracker->Allocated(Asker::kV8, nullptr, address, bytes, kNoStack);
    return;
  }
  const StackId stack = native_frame_users.load(std::memory_order_relaxed) > 0
                            ? AddNativeFrames(kNoStack, &tracker->stacks())
                            : kNoStack;
  tracker->Allocated(Asker::kShared, nullptr, address, bytes, stack);
}

void RecordBlock(ThreadState* thread, void* block, std::size_t bytes) {
  const TrackingScope scope(thread);
  RecordAt(thread, reinterpret_cast<std::uintptr_t>(block), bytes);
}

void RecordFree(ThreadState* thread, void* block) {
  const TrackingScope scope(thread);
  if (tracker->Freed(reinterpret_cast<std::uintptr_t>(block))) return;
  if (thread->quiet > 0) return;
  if (thread->recorder == nullptr &&
      (thread->is_environment ||
       KindOf(thread) == ThreadState::Kind::kIgnored)) {
    return;
  }
  tracker->OlderFreed(thread->recorder, malloc_usable_size(block));
}

}  // namespace recording

ThreadState& ThisThread() { return recording::this_thread; }

void RecordRegion(AllocationTracker* tracker, ThreadState* thread,
                  std::uintptr_t address, std::size_t bytes) {
  if (tracker->detail() == Detail::kCounters && thread->recorder != nullptr) {
    thread->recorder->CountOwn(bytes);
    return;
  }
  recording::RecordAt(thread, address, bytes);
}

}  // namespace highwater
