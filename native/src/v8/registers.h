// Where the running thread stands, as V8 asks for it.
#pragma once

#include <v8-unwinder.h>

namespace highwater {

// V8 walks the stack up from here; without a frame pointer, which the addon's
// own code does not keep, it begins at its last exit frame. False where it
// cannot be told.
[[gnu::noinline]] inline bool FillRegisters(
    [[maybe_unused]] v8::RegisterState* state) {
#if defined(__x86_64__)
  void* pc = nullptr;
  void* sp = nullptr;
  asm volatile("lea 0(%%rip), %0\n\tmov %%rsp, %1" : "=r"(pc), "=r"(sp));
  state->pc = pc;
  state->sp = sp;
  state->fp = nullptr;
  return true;
#else
  return false;
#endif
}

}  // namespace highwater
