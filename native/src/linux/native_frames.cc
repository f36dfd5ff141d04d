#include "native_frames.h"

#include <link.h>
#include <unwind.h>

#include <array>

#include "linux/code_range.h"
#include "linux/thread_root.h"

namespace highwater {
namespace {

constexpr std::size_t kMostFrames = 32;

// The code of the library that holds this function.
CodeRange FindOwnCode() {
  CodeRange own;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        const CodeRange code = CodeRangeOf(*info);
        if (!code.Contains(reinterpret_cast<std::uintptr_t>(&FindOwnCode))) {
          return 0;
        }
        *static_cast<CodeRange*>(data) = code;
        return 1;
      },
      &own);
  return own;
}

struct Walk {
  CodeRange own;
  std::uintptr_t* pcs;
  std::size_t most;
  std::size_t count = 0;
  // Of the last frame, which may be the first without unwind information.
  std::uintptr_t last_pc = 0;
};

_Unwind_Reason_Code Step(_Unwind_Context* context, void* data) {
  auto* const walk = static_cast<Walk*>(data);
  const std::uintptr_t pc = _Unwind_GetIP(context);
  if (pc == 0) return _URC_END_OF_STACK;
  walk->last_pc = pc;
  if (walk->count == 0 && walk->own.Contains(pc)) return _URC_NO_REASON;
  if (walk->count == walk->most) return _URC_END_OF_STACK;
  walk->pcs[walk->count++] = pc;
  return _URC_NO_REASON;
}

}  // namespace

std::size_t UnwindNativeFrames(std::uintptr_t* pcs, std::size_t most) {
  static const CodeRange own = FindOwnCode();
  Walk walk{own, pcs, most};
  _Unwind_Backtrace(Step, &walk);
  // Compiled JavaScript is shown by V8, with its name. A library that hides its
  // frames shows its innermost.
  if (walk.count > 0 && walk.pcs[walk.count - 1] == walk.last_pc &&
      _Unwind_FindEnclosingFunction(
          reinterpret_cast<void*>(walk.last_pc - 1)) == nullptr &&
      !IsOfLibrary(walk.last_pc)) {
    --walk.count;
  }
  return walk.count;
}

StackId AddNativeFrames(StackId javascript, StackTable* stacks) {
  std::array<std::uintptr_t, kMostFrames> pcs;
  const std::size_t count = UnwindNativeFrames(pcs.data(), pcs.size());
  if (count == 0) return javascript;
  const StackId id =
      stacks->Intern({pcs.data(), count, kNativeContext, javascript}).id;
  return id == kNoStack ? javascript : id;
}

}  // namespace highwater
