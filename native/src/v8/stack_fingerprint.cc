#include "stack_fingerprint.h"

#include <pthread.h>
#include <v8-internal.h>

#include <cstddef>

#include "v8/known_v8.h"

namespace highwater {
namespace {

// Words of V8's ThreadLocalTop, whose address v8-internal.h tells but not what
// is in it (src/execution/thread-local-top.h).
struct Layout {
  // The frame that called C++; 0 while JavaScript runs.
  std::size_t exit_frame;
  // The innermost handler of exceptions of JavaScript.
  std::size_t handler;
  // Where JavaScript was first entered; 0 where it is not.
  std::size_t first_entry;
  // The innermost ExternalCallbackScope, which begins with the callback.
  std::size_t callback_scope;
  std::size_t vm_state;
};

constexpr Layout kLayout = V8_MAJOR_VERSION == 11 ? Layout{15, 16, 19, 20, 21}
                                                  : Layout{0, 17, 19, 20, 21};

// Words of a frame, counted from its frame pointer
// (src/execution/frame-constants.h, x64).
constexpr std::ptrdiff_t kCallerFrame = 0;
constexpr std::ptrdiff_t kReturnAddress = 1;
// The context of a function, which is a pointer with its lowest bit set, or the
// frame's kind times 2.
constexpr std::ptrdiff_t kContextOrKind = -1;
constexpr std::ptrdiff_t kBytecode = -4;
constexpr std::ptrdiff_t kBytecodeOffset = -5;
// Of an entry: the exit before it.
constexpr std::ptrdiff_t kEarlierExit = -8;
constexpr std::uintptr_t kEntry = 2;
constexpr std::uintptr_t kConstructEntry = 4;

// As V8 marks its values, without compressed pointers.
bool IsObject(std::uintptr_t value) { return (value & 3) == 1; }
bool IsSmallInteger(std::uintptr_t value) {
  return static_cast<std::uint32_t>(value) == 0;
}

// Narrower than its word in some versions.
v8::StateTag StateOf(const std::uintptr_t* top) {
  return *reinterpret_cast<const v8::StateTag*>(top + kLayout.vm_state);
}

// The end of the calling thread's stack; 0 when it cannot be told.
std::uintptr_t StackEnd() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  std::size_t bytes = 0;
  const int error = pthread_attr_getstack(&attributes, &lowest, &bytes);
  pthread_attr_destroy(&attributes);
  return error == 0 ? reinterpret_cast<std::uintptr_t>(lowest) + bytes : 0;
}

// One after another; the three words of a frame at once.
std::uint64_t Mix(std::uint64_t hash, std::uint64_t words) {
  hash = (hash ^ words) * 0x9E3779B97F4A7C15;
  return hash ^ (hash >> 29);
}

}  // namespace

StackFingerprint::StackFingerprint(v8::Isolate* isolate, int depth)
    : depth_(depth) {
#if defined(__x86_64__)
  if constexpr (kIsKnownV8) {
    stack_end_ = StackEnd();
    if (stack_end_ == 0) return;
    top_ = reinterpret_cast<const std::uintptr_t*>(
        reinterpret_cast<const char*>(isolate) +
        v8::internal::Internals::kIsolateThreadLocalTopOffset);
  }
#endif
}

bool StackFingerprint::IsOnStack(std::uintptr_t address) const {
  const auto here =
      reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return address > here && address < stack_end_ - sizeof(std::uintptr_t) &&
         address % sizeof(std::uintptr_t) == 0;
}

bool StackFingerprint::ReadCallback(std::uintptr_t* callback) const {
  const std::uintptr_t scope = top_[kLayout.callback_scope];
  *callback = 0;
  // Below it JavaScript was entered again.
  if (scope == 0 || scope >= top_[kLayout.handler]) return true;
  if (!IsOnStack(scope)) return false;
  *callback = *reinterpret_cast<const std::uintptr_t*>(scope);
  return true;
}

std::uint64_t StackFingerprint::Read() const {
  if (top_ == nullptr) return 0;
  if (StateOf(top_) == v8::GC || top_[kLayout.first_entry] == 0) {
    return 0;
  }
  std::uintptr_t at = top_[kLayout.exit_frame];
  std::uintptr_t hash = 0;
  if (!IsOnStack(at) || !ReadCallback(&hash)) return 0;
  int functions = 0;
  while (functions < depth_) {
    const auto* const frame = reinterpret_cast<const std::uintptr_t*>(at);
    const std::uintptr_t kind = frame[kContextOrKind];
    std::uint64_t words = frame[kReturnAddress];
    std::uintptr_t next = frame[kCallerFrame];
    if (IsObject(kind)) {
      ++functions;
      const std::uintptr_t bytecode = frame[kBytecode];
      const std::uintptr_t offset = frame[kBytecodeOffset];
      if (IsObject(bytecode) && IsSmallInteger(offset)) {
        words += bytecode * 0xC2B2AE3D27D4EB4F + offset * 0x165667B19E3779F9;
      }
    } else if (kind == kEntry || kind == kConstructEntry) {
      next = frame[kEarlierExit];
    }
    hash = Mix(hash, words);
    if (next == 0) break;
    if (next <= at || !IsOnStack(next)) return 0;
    at = next;
  }
  return hash == 0 ? 1 : hash;
}

void StackFingerprint::Check(const v8::SampleInfo& told) {
  if (top_ == nullptr) return;
  std::uintptr_t callback = 0;
  const bool is_so = StateOf(top_) == told.vm_state &&
                     // V8 looks no further while it collects.
                     (told.vm_state == v8::GC ||
                      (ReadCallback(&callback) &&
                       callback == reinterpret_cast<std::uintptr_t>(
                                       told.external_callback_entry)));
  if (!is_so) Distrust();
}

}  // namespace highwater
