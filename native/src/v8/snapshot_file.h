// A snapshot in the format of Chrome's DevTools.
#pragma once

#include <v8-profiler.h>

#include <string>

namespace highwater {

// Whole, or not at all. Returns what went wrong; empty when nothing did.
std::string WriteSnapshot(const v8::HeapSnapshot& snapshot,
                          const std::string& file);

}  // namespace highwater
