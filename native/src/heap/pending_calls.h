// What the event loop is going to call that sees a thing: it may be about to
// let go of what the thing holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "heap_graph.h"

namespace highwater {

struct PendingCall {
  Node waiting = kRootNode;  // a timer, a queue of callbacks, a request
  Node function = kRootNode;
  Edge arrival = kNoEdge;  // by which the function is held
};

// What the event loop calls functions because of.
struct Waiting {
  Node node = kRootNode;
  // By how many edges the functions are away, at most.
  std::uint32_t hops = 0;
};

// Of a whole heap: to be asked once.
std::vector<Waiting> FindWaiting(const HeapGraph& graph, HeapNames& names);

// Asked for one thing, for all that waits.
//
//   waiting -> (queue, task) -> function -> its scopes -> variable -> property
//
// A function sees its variables, and the objects in them two levels deep. What
// other functions see that it may call is not followed.
class PendingCalls {
 public:
  PendingCalls(const HeapGraph& graph, Node target)
      : graph_(graph), target_(target) {}

  // At most `limit`, one for each function as it is written.
  std::vector<PendingCall> Find(const std::vector<Waiting>& waiting,
                                std::size_t limit);

 private:
  // kNoEdge: none.
  Edge ThatSees(Edge arrival, bool with_given);
  Edge GivenThatSees(Node giver);
  Edge SuspendedThatSees(Node scope);
  bool ScopeSees(Node scope);
  bool ValueSees(Node value) const;
  std::uint64_t CodeOf(Node function) const;

  const HeapGraph& graph_;
  const Node target_;
  std::unordered_map<Node, bool> scopes_;
};

}  // namespace highwater
