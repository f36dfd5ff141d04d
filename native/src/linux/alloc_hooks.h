// Sees every malloc, free and mapping of the process while somebody records.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "linux/thread_state.h"
#include "track/allocation_tracker.h"

namespace highwater {

// Distinct stacks the process can tell apart.
constexpr std::size_t kMostStacks = 1 << 18;

struct HookState {
  // Slots that hold a hook.
  std::size_t slot_count = 0;
  // Slots that could not be patched, or not be put back.
  std::size_t refused_count = 0;
};

AllocationTracker& Tracker();

// The first Install patches, the last Remove restores; after it the hooks are
// called by nobody, and cost nothing. Returns why it can't, or "".
std::string InstallHooks();
void RemoveHooks();
HookState ReadHookState();
std::vector<std::string> DescribeHooks();

}  // namespace highwater
