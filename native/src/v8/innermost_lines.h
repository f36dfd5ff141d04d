// The line of the innermost frame of every sample of a CPU profile.
#pragma once

#include <v8-profiler.h>

#include <vector>

namespace highwater {

// With caller line numbers V8 gives the line of every call but the innermost,
// which it keeps with the sample, without a getter. This finds the list of
// samples inside the profile and checks every element against what the getters
// say. Empty when anything does not fit: nothing is ever guessed.
std::vector<int> InnermostLines(const v8::CpuProfile& profile);

}  // namespace highwater
