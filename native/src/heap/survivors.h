// What was made after a moment, and is still held.
#pragma once

#include <cstdint>
#include <vector>

#include "heap_graph.h"
#include "strong_paths.h"

namespace highwater {

struct ClassTally {
  NodeType type = NodeType::kHidden;
  std::uint32_t name = 0;  // HeapNames::ClassOf
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

// New objects of one class that the same older object holds in the same way.
//
//   old object -> (new backing store, new scope) -> member -> member -> ...
//                                                     \-> contents
struct SurvivorGroup {
  NodeType type = NodeType::kObject;
  std::uint32_t name = 0;
  Node holder = kRootNode;
  Node sample = kRootNode;  // a member that hangs off the holder directly
  std::uint64_t count = 0;
  std::vector<std::uint64_t> counts;  // of them, by age: the oldest first
  // Of the class, that the holder has had since before.
  std::uint64_t older = 0;
  std::uint64_t bytes = 0;
  std::uint64_t retained_bytes = 0;
  std::vector<ClassTally> contents;  // most bytes first
};

// An older object with new room: what a growing array of numbers looks like.
struct GrownStore {
  Node store = kRootNode;  // the largest of the holder's new stores
  std::uint64_t bytes = 0;
};

// Reads the tree of the cheapest paths, once, for one moment.
class Survivors {
 public:
  // New is what has an id above `after_id`; 0 makes everything new. The paths
  // must prefer what is old by the same id.
  Survivors(const HeapGraph& graph, const StrongPaths& paths, HeapNames& names,
            std::uint32_t after_id);

  bool IsNew(Node node) const { return (states_[node] & kNew) != 0; }
  // What is new and held; with 0, everything that is held. Most bytes first.
  std::vector<ClassTally> Classes() const;
  // Most retained bytes first. `later` are ids that divide what is new by age,
  // in ascending order.
  std::vector<SurvivorGroup> Groups(
      std::uint64_t fewest, const std::vector<std::uint32_t>& later = {}) const;
  // Most bytes first.
  std::vector<GrownStore> GrownStores() const;

 private:
  enum State : std::uint8_t {
    kNew = 1,
    // Made by V8 for itself, or held by nothing but the running code.
    kNotKept = 2,
  };

  bool HasNewId(Node node) const;
  bool IsNotKept(Node node) const;
  bool IsSameClass(Node a, Node b) const;
  void CountOlder(std::vector<SurvivorGroup>* groups) const;
  Node HolderOfList(Node node, Node holder) const;
  bool IsKeptNew(Node node) const { return states_[node] == kNew; }

  const HeapGraph& graph_;
  const StrongPaths& paths_;
  HeapNames& names_;
  const std::uint32_t after_id_;
  std::vector<std::uint8_t> states_;
  // The nearest node on the way to the root, itself included, that a reader
  // sees; or one of the roots.
  std::vector<Node> holders_;
};

}  // namespace highwater
