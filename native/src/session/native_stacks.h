// Names for the native frames that lie on top of a stack of JavaScript.
#pragma once

#include <vector>

#include "track/stack_table.h"
#include "v8/js_stacks.h"

namespace highwater {

// Gives the stacks of AddNativeFrames their nodes: below those of their
// JavaScript. Only those that are used: names cost time.
void NameNativeFrames(const StackTable& stacks,
                      const std::vector<bool>& is_used, NamedStacks* named);

}  // namespace highwater
