// Which functions of Node, of addons and of libraries lie between JavaScript
// and an allocation.
#pragma once

#include <cstddef>
#include <cstdint>

#include "track/stack_table.h"

namespace highwater {

// Return addresses on the calling thread's stack, innermost first, without
// those of this addon that come first. Ends at code without unwind information:
// compiled JavaScript, some libraries. Half a microsecond for a handful;
// allocates nothing once it has run.
std::size_t UnwindNativeFrames(std::uintptr_t* pcs, std::size_t most);

// Context of their stacks: no isolate's, because addresses of native code mean
// the same everywhere.
constexpr std::uint64_t kNativeContext = 0;

// The stack of the calling thread, whose JavaScript is given. From within an
// allocation.
StackId AddNativeFrames(StackId javascript, StackTable* stacks);

}  // namespace highwater
