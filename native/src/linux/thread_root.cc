#include "thread_root.h"

#include <link.h>
#include <unwind.h>

#include <string_view>

#include "linux/code_range.h"

namespace highwater {
namespace {

struct Code {
  CodeRange executable;
  // Where `start` of a thread lies: the outermost frames of every thread.
  CodeRange libc;
};

Code FindCode() {
  Code code;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto* found = static_cast<Code*>(data);
        if (found->executable.end == 0) found->executable = CodeRangeOf(*info);
        const std::string_view name =
            info->dlpi_name == nullptr ? "" : info->dlpi_name;
        if (name.ends_with("/libc.so.6")) found->libc = CodeRangeOf(*info);
        return 0;
      },
      &code);
  return code;
}

const Code& TheCode() {
  static const Code code = FindCode();
  return code;
}

struct Walk {
  const Code* code;
  std::uintptr_t outermost_pc = 0;
  std::uintptr_t executable_pc = 0;
};

}  // namespace

bool IsOfExecutable(const void* pc) {
  return TheCode().executable.Contains(reinterpret_cast<std::uintptr_t>(pc));
}

bool IsOfLibrary(std::uintptr_t pc) {
  struct Search {
    std::uintptr_t pc;
    bool is_first = true;
    bool is_found = false;
  } search{pc};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto* const search = static_cast<Search*>(data);
        // The first is the executable.
        const bool is_library = !search->is_first;
        search->is_first = false;
        search->is_found =
            is_library && CodeRangeOf(*info).Contains(search->pc);
        return search->is_found ? 1 : 0;
      },
      &search);
  return search.is_found;
}

ThreadRoot FindThreadRoot() {
  const Code& code = TheCode();
  Walk walk{&code};
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* data) {
        auto* to = static_cast<Walk*>(data);
        const std::uintptr_t pc = _Unwind_GetIP(context);
        if (pc == 0) return _URC_END_OF_STACK;
        to->outermost_pc = pc;
        if (to->code->executable.Contains(pc)) to->executable_pc = pc;
        return _URC_NO_REASON;
      },
      &walk);
  ThreadRoot root;
  root.is_complete = code.libc.Contains(walk.outermost_pc);
  root.ends_in_library = !root.is_complete && IsOfLibrary(walk.outermost_pc);
  if (walk.executable_pc != 0) {
    // A return address may lie behind the function's last instruction.
    root.executable_function =
        reinterpret_cast<std::uintptr_t>(_Unwind_FindEnclosingFunction(
            reinterpret_cast<void*>(walk.executable_pc - 1)));
  }
  return root;
}

}  // namespace highwater
