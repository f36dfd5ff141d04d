// A library whose allocations hooks_test.cc knows to the byte.

#include <dlfcn.h>
#include <malloc.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

// Kept from being optimised away.
std::atomic<void*> kept{nullptr};
void Keep(void* block) { kept.store(block, std::memory_order_relaxed); }

}  // namespace

extern "C" {

void* CountedMalloc(std::size_t bytes) {
  void* const block = std::malloc(bytes);
  Keep(block);
  return block;
}
void CountedFree(void* block) { std::free(block); }
void* CountedRealloc(void* block, std::size_t bytes) {
  return std::realloc(block, bytes);
}

// 100 + 4 * 25 + 200 + 300 + 400 + 500 bytes in 6 blocks, all freed.
void CountedEveryKind() {
  void* blocks[6] = {};
  blocks[0] = CountedMalloc(100);
  blocks[1] = std::calloc(4, 25);
  blocks[2] = std::realloc(nullptr, 200);
  if (posix_memalign(&blocks[3], 64, 300) != 0) std::abort();
  blocks[4] = std::aligned_alloc(16, 400);
  blocks[5] = memalign(32, 500);
  for (void* block : blocks) {
    Keep(block);
    std::free(block);
  }
}

// Grows from 16 to 16 << 10 bytes and frees.
void CountedReallocChain() {
  void* block = std::malloc(16);
  for (int i = 1; i <= 10; ++i) block = std::realloc(block, 16UL << i);
  Keep(block);
  std::free(block);
}

bool CountedFailingRealloc(void* block) {
  volatile std::size_t too_much = PTRDIFF_MAX;
  return std::realloc(block, too_much) == nullptr;
}

#if defined(__x86_64__)
// Calls without unwind information, as whole libraries are built.
void CountedHiddenCall(void (*function)());
asm(R"(
  .globl CountedHiddenCall
  .type CountedHiddenCall, @function
CountedHiddenCall:
  push %rbx
  call *%rdi
  pop %rbx
  ret
  .size CountedHiddenCall, . - CountedHiddenCall
)");
#else
void CountedHiddenCall(void (*function)()) { function(); }
#endif

// Maps, protects and unmaps.
bool CountedMap(std::size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory != MAP_FAILED && mprotect(memory, bytes, PROT_READ) == 0 &&
         munmap(memory, bytes) == 0;
}

void* CountedOpen(const char* file) { return dlopen(file, RTLD_NOW); }
}
