// Where the functions of a heap snapshot begin.
#pragma once

#include <v8-profiler.h>

#include <unordered_map>

#include "heap/heap_graph.h"

namespace highwater {

struct FunctionStart {
  int script_id = 0;
  // 1-based.
  int line = 0;
  int column = 0;
};

// Of all closures. V8 knows, but says so only in the snapshot's JSON; looking a
// single function up by its id takes a walk of the whole heap.
std::unordered_map<Node, FunctionStart> ReadFunctionStarts(
    const v8::HeapSnapshot& snapshot, const HeapGraph& graph);

}  // namespace highwater
