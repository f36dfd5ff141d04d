// V8's heap snapshot as a graph of our own, which is a fraction of its size and
// quick to walk.
#pragma once

#include <v8-profiler.h>

#include "heap/heap_graph.h"
#include "heap/node_index.h"
#include "v8/snapshot_names.h"

namespace highwater {

// False when the heap is too large for the graph, which is then of no use.
// `names` reads the snapshot in the graph's order.
bool CopySnapshot(const v8::HeapSnapshot& snapshot, const SnapshotNames& names,
                  HeapGraph* graph, NodeIndex* index);

}  // namespace highwater
