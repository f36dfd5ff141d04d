// Loaded by hooks_threads_test.cc: it takes the loader some time to fill in its
// slots, and a slot of malloc, on a page that becomes read-only, is among the
// first.

#include <sys/syscall.h>

#include <cstddef>
#include <ctime>

extern "C" {

// Called through a slot that is bound at once.
__attribute__((noplt)) void* malloc(std::size_t bytes);

void* SlowMalloc(std::size_t bytes) { return malloc(bytes); }

#if defined(__x86_64__)
int SlowResult() { return 1; }

// The loader calls these to fill in a slot; nothing else can be called yet.
#define NOT_INSTRUMENTED                                  \
  __attribute__((no_sanitize_thread, no_sanitize_address, \
                 no_sanitize_undefined))

NOT_INSTRUMENTED int (*ResolveSlowly())() {
  const timespec time{0, 20'000'000};
  long result = SYS_nanosleep;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(&time), "S"(nullptr)
               : "rcx", "r11", "memory");
  return &SlowResult;
}

static int SlowFirst() __attribute__((ifunc("ResolveSlowly")));
static int SlowSecond() __attribute__((ifunc("ResolveSlowly")));

// On the same page.
__attribute__((used)) int (*const slow_functions[])() = {SlowFirst, SlowSecond};
#endif
}
