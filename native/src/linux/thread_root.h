// Which function a thread began with: the only thing that tells whose a thread
// is without asking its maker.
#pragma once

#include <cstdint>

namespace highwater {

struct ThreadRoot {
  // Start of the outermost function of the executable on this thread's stack; 0
  // when there is none (a library's thread).
  std::uintptr_t executable_function = 0;
  // False when the stack could not be unwound to its end: code without unwind
  // information, such as V8 makes, lies on it.
  bool is_complete = false;
  // The unwinding ended in a library that was built without such information:
  // not in compiled JavaScript.
  bool ends_in_library = false;
};

// Whether the code at this address is the executable's own.
bool IsOfExecutable(const void* pc);

// Whether a loaded file other than the executable has this address.
bool IsOfLibrary(std::uintptr_t pc);

// Of the calling thread. Some microseconds; may allocate.
ThreadRoot FindThreadRoot();

}  // namespace highwater
