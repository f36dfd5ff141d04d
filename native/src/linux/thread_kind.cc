#include "thread_kind.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "linux/thread_root.h"

namespace highwater {
namespace {

std::atomic<std::uintptr_t> v8_root{0};
std::atomic<bool (*)()> runs_javascript{nullptr};

// V8's threads have no mark of their own before Node 24, and their names are
// "node". What they do have is the function they began with.
[[gnu::noinline]] ThreadState::Kind LookAtThisThread(bool* is_certain) {
  *is_certain = true;
  char name[17] = {};
  prctl(PR_GET_NAME, name);
  // V8 starts it for the CPU profiler that we start.
  if (std::strncmp(name, "v8:ProfEvntProc", 15) == 0) {
    return ThreadState::Kind::kIgnored;
  }
  if (gettid() == getpid()) return ThreadState::Kind::kIgnored;
  const ThreadRoot root = FindThreadRoot();
  // Compiled JavaScript on the stack ends the unwinding; so may a thread that
  // has not come to its function yet.
  *is_certain = root.ends_in_library ||
                (root.is_complete && root.executable_function != 0);
  if (!root.is_complete && !root.ends_in_library) {
    return ThreadState::Kind::kIgnored;
  }
  if (root.is_complete) {
    // A library's thread.
    if (root.executable_function == 0) return ThreadState::Kind::kShared;
    if (root.executable_function == v8_root.load(std::memory_order_acquire)) {
      return ThreadState::Kind::kV8;
    }
  }
  // V8's own threads call no library that hides its frames.
  const auto ask = runs_javascript.load(std::memory_order_acquire);
  return ask != nullptr && ask() ? ThreadState::Kind::kIgnored
                                 : ThreadState::Kind::kShared;
}

}  // namespace

ThreadState::Kind KindOf(ThreadState* thread) {
  constexpr std::uint8_t kMostLooks = 8;
  if (thread->kind != ThreadState::Kind::kUnknown) return thread->kind;
  bool is_certain = false;
  const ThreadState::Kind kind = LookAtThisThread(&is_certain);
  if (is_certain || ++thread->looks == kMostLooks) thread->kind = kind;
  return kind;
}

void LearnThreads(std::uintptr_t root_of_v8, bool (*asks_javascript)()) {
  if (root_of_v8 != 0) v8_root.store(root_of_v8, std::memory_order_release);
  runs_javascript.store(asks_javascript, std::memory_order_release);
}

}  // namespace highwater
