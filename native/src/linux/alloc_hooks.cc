#include "alloc_hooks.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdarg>
#include <mutex>

#include "linux/block_recording.h"
#include "linux/got_patcher.h"
#include "linux/map_hooks.h"
#include "linux/raw_pages.h"
#include "linux/thread_root.h"

namespace highwater {
namespace {

using recording::BeforeFree;
using recording::OnAllocated;
using recording::Resize;
using recording::this_thread;
using recording::tracker;
using recording::TrackingScope;

struct Originals {
  void* (*malloc)(std::size_t) = nullptr;
  void* (*calloc)(std::size_t, std::size_t) = nullptr;
  void* (*realloc)(void*, std::size_t) = nullptr;
  void* (*reallocarray)(void*, std::size_t, std::size_t) = nullptr;
  void (*free)(void*) = nullptr;
  void (*free_sized)(void*, std::size_t) = nullptr;
  void (*free_aligned_sized)(void*, std::size_t, std::size_t) = nullptr;
  int (*posix_memalign)(void**, std::size_t, std::size_t) = nullptr;
  void* (*aligned_alloc)(std::size_t, std::size_t) = nullptr;
  void* (*memalign)(std::size_t, std::size_t) = nullptr;
  void* (*valloc)(std::size_t) = nullptr;
  void* (*pvalloc)(std::size_t) = nullptr;
  void* (*dlopen)(const char*, int) = nullptr;
  void* (*mmap)(void*, std::size_t, int, int, int, off_t) = nullptr;
  int (*munmap)(void*, std::size_t) = nullptr;
  void* (*mremap)(void*, std::size_t, std::size_t, int, ...) = nullptr;
  int (*mprotect)(void*, std::size_t, int) = nullptr;
};
Originals original;

// ---- the hooks --------------------------------------------------------------
// The real malloc comes first and the real free last, so that an address is in
// the table only while it is the caller's.

void* HookMalloc(std::size_t bytes) {
  void* const block = original.malloc(bytes);
  OnAllocated(block, bytes);
  return block;
}

void* HookCalloc(std::size_t count, std::size_t each) {
  void* const block = original.calloc(count, each);
  OnAllocated(block, count * each);
  return block;
}

void* HookRealloc(void* block, std::size_t bytes) {
  return Resize(block, bytes, [&] { return original.realloc(block, bytes); });
}

void* HookReallocarray(void* block, std::size_t count, std::size_t each) {
  std::size_t bytes = 0;
  // What does not fit fails, and frees nothing.
  if (__builtin_mul_overflow(count, each, &bytes)) bytes = 1;
  return Resize(block, bytes,
                [&] { return original.reallocarray(block, count, each); });
}

void HookFree(void* block) {
  BeforeFree(block);
  original.free(block);
}

void HookFreeSized(void* block, std::size_t bytes) {
  BeforeFree(block);
  original.free_sized(block, bytes);
}

void HookFreeAlignedSized(void* block, std::size_t alignment,
                          std::size_t bytes) {
  BeforeFree(block);
  original.free_aligned_sized(block, alignment, bytes);
}

int HookPosixMemalign(void** block, std::size_t alignment, std::size_t bytes) {
  const int error = original.posix_memalign(block, alignment, bytes);
  if (error == 0) OnAllocated(*block, bytes);
  return error;
}

void* HookAlignedAlloc(std::size_t alignment, std::size_t bytes) {
  void* const block = original.aligned_alloc(alignment, bytes);
  OnAllocated(block, bytes);
  return block;
}

void* HookMemalign(std::size_t alignment, std::size_t bytes) {
  void* const block = original.memalign(alignment, bytes);
  OnAllocated(block, bytes);
  return block;
}

void* HookValloc(std::size_t bytes) {
  void* const block = original.valloc(bytes);
  OnAllocated(block, bytes);
  return block;
}

void* HookPvalloc(std::size_t bytes) {
  void* const block = original.pvalloc(bytes);
  OnAllocated(block, bytes);
  return block;
}

void PatchLoaded();

void* HookDlopen(const char* file, int mode) {
  void* const handle = original.dlopen(file, mode);
  if (handle != nullptr && tracker->detail() != Detail::kNone) {
    const QuietScope quiet;
    PatchLoaded();
  }
  return handle;
}

// Mappings are few and slow: they need no short way. The caller is who asked.
template <typename Tell>
void OnMapping(const void* address, std::size_t bytes, const void* caller,
               Tell tell) {
  ThreadState& thread = this_thread;
  if (tracker->detail() == Detail::kNone || thread.is_tracking ||
      thread.quiet > 0) {
    return;
  }
  const TrackingScope scope(&thread);
  tell(&thread, Mapping{reinterpret_cast<std::uintptr_t>(address), bytes,
                        IsOfExecutable(caller)});
}

void* HookMmap(void* hint, std::size_t bytes, int protection, int flags,
               int file, off_t offset) {
  void* const address =
      original.mmap(hint, bytes, protection, flags, file, offset);
  if (address != MAP_FAILED) {
    OnMapping(address, bytes, __builtin_return_address(0),
              [&](ThreadState* thread, const Mapping& mapping) {
                OnMapped(tracker, thread, mapping, protection != PROT_NONE);
              });
  }
  return address;
}

int HookMunmap(void* address, std::size_t bytes) {
  OnMapping(address, bytes, __builtin_return_address(0),
            [](ThreadState* thread, const Mapping& mapping) {
              OnUnmapped(tracker, thread, mapping);
            });
  return original.munmap(address, bytes);
}

// The new address is there only with some flags; passing it on always is what
// the C library does itself.
void* HookMremap(void* old, std::size_t old_bytes, std::size_t bytes, int flags,
                 ...) {
  va_list rest;
  va_start(rest, flags);
  void* const wanted = va_arg(rest, void*);
  va_end(rest);
  void* const address = original.mremap(old, old_bytes, bytes, flags, wanted);
  if (address == MAP_FAILED) return address;
  const void* const caller = __builtin_return_address(0);
  OnMapping(old, old_bytes, caller,
            [](ThreadState* thread, const Mapping& mapping) {
              OnUnmapped(tracker, thread, mapping);
            });
  OnMapping(address, bytes, caller,
            [](ThreadState* thread, const Mapping& mapping) {
              OnMapped(tracker, thread, mapping, true);
            });
  return address;
}

int HookMprotect(void* address, std::size_t bytes, int protection) {
  const int error = original.mprotect(address, bytes, protection);
  if (error == 0) {
    OnMapping(address, bytes, __builtin_return_address(0),
              [&](ThreadState* thread, const Mapping& mapping) {
                OnProtected(tracker, thread, mapping,
                            (protection & PROT_WRITE) != 0,
                            protection != PROT_NONE);
              });
  }
  return error;
}

// ---- installation -----------------------------------------------------------

// The compiler checks that a replacement has its original's signature.
template <typename Function>
Hook Row(const char* symbol, Function** original_function,
         Function* replacement) {
  return {symbol, reinterpret_cast<void**>(original_function),
          reinterpret_cast<void*>(replacement)};
}

std::vector<Hook> Rows() {
  return {
      Row("malloc", &original.malloc, HookMalloc),
      Row("calloc", &original.calloc, HookCalloc),
      Row("realloc", &original.realloc, HookRealloc),
      Row("reallocarray", &original.reallocarray, HookReallocarray),
      Row("free", &original.free, HookFree),
      Row("free_sized", &original.free_sized, HookFreeSized),
      Row("free_aligned_sized", &original.free_aligned_sized,
          HookFreeAlignedSized),
      Row("posix_memalign", &original.posix_memalign, HookPosixMemalign),
      Row("aligned_alloc", &original.aligned_alloc, HookAlignedAlloc),
      Row("memalign", &original.memalign, HookMemalign),
      Row("valloc", &original.valloc, HookValloc),
      Row("pvalloc", &original.pvalloc, HookPvalloc),
      Row("dlopen", &original.dlopen, HookDlopen),
      Row("mmap", &original.mmap, HookMmap),
      Row("mmap64", &original.mmap, HookMmap),
      Row("munmap", &original.munmap, HookMunmap),
      Row("mremap", &original.mremap, HookMremap),
      Row("mprotect", &original.mprotect, HookMprotect),
  };
}

// Never destroyed: a thread may be inside a hook when the process ends.
struct Installation {
  std::mutex mutex;
  std::size_t users = 0;
  bool is_resolved = false;
  GotPatcher patcher{Rows()};
  std::atomic<std::size_t> refused_count{0};
};

Installation& TheInstallation() {
  static auto* const installation = new Installation;
  return *installation;
}

// Of what the hooks leave alone.
const void* OwnCode() { return reinterpret_cast<const void*>(&HookMalloc); }

void PatchLoaded() {
  Installation& installation = TheInstallation();
  installation.refused_count += installation.patcher.PatchLoaded(OwnCode());
}

// In a forked child other threads are gone, and with them who held our locks.
void TurnOffInChild() { tracker->Abandon(); }

}  // namespace

AllocationTracker& Tracker() {
  static auto* const created = new AllocationTracker(RawPages(), kMostStacks);
  return *created;
}

std::string InstallHooks() {
  const QuietScope quiet;
  Installation& installation = TheInstallation();
  const std::lock_guard<std::mutex> lock(installation.mutex);
  if (!installation.is_resolved) {
    tracker = &Tracker();
    installation.patcher.Resolve();
    if (original.malloc == nullptr || original.free == nullptr ||
        original.realloc == nullptr || original.calloc == nullptr) {
      return "this process has no malloc that can be found";
    }
    pthread_atfork(nullptr, nullptr, TurnOffInChild);
    installation.is_resolved = true;
  }
  if (installation.users == 0) {
    BeginMappings();
    installation.refused_count = installation.patcher.Patch(OwnCode());
    if (installation.patcher.SlotCount() == 0) {
      return "no slot of malloc could be patched";
    }
  }
  ++installation.users;
  return "";
}

void RemoveHooks() {
  const QuietScope quiet;
  Installation& installation = TheInstallation();
  const std::lock_guard<std::mutex> lock(installation.mutex);
  if (installation.users == 0 || --installation.users > 0) return;
  installation.refused_count += installation.patcher.Restore();
}

HookState ReadHookState() {
  const Installation& installation = TheInstallation();
  return {installation.patcher.SlotCount(), installation.refused_count};
}

std::vector<std::string> DescribeHooks() {
  return TheInstallation().patcher.Describe();
}

}  // namespace highwater
