// What each object keeps alive: the size of what its death would free.
#pragma once

#include <cstdint>
#include <vector>

#include "heap_graph.h"

namespace highwater {

class Retention {
 public:
  explicit Retention(const HeapGraph& graph);

  // The last object through which every strong path to the node leads; kNoNode
  // for the root and for what nothing holds.
  Node dominator(Node node) const { return dominators_[node]; }
  // The node's own bytes and those of everything it dominates.
  std::uint64_t bytes(Node node) const { return bytes_[node]; }

 private:
  std::vector<Node> dominators_;
  std::vector<std::uint64_t> bytes_;
};

}  // namespace highwater
