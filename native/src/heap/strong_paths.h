// How the roots hold each object, the way a reader understands best.
#pragma once

#include <cstdint>
#include <vector>

#include "heap_graph.h"

namespace highwater {

// The cheapest path from the root to every node that strong edges reach.
// Variables, properties and elements are cheap; V8's internals are dear; the
// stack is the last resort.
class StrongPaths {
 public:
  // What is newer than `prefer_before` (0: nothing) comes into a path as late
  // as can be: a new object that leads back to an old one explains nothing.
  explicit StrongPaths(const HeapGraph& graph, std::uint32_t prefer_before = 0);

  bool Reaches(Node node) const { return costs_[node] != kUnreached; }
  // The edge by which the path arrives; kNoEdge at the root.
  Edge arrival(Node node) const { return arrivals_[node]; }
  Node parent(Node node) const { return parents_[node]; }
  // Every reached node, parents first.
  const std::vector<Node>& order() const { return order_; }

  // Arriving edges, the root's child first; empty for the root and for what
  // nothing holds.
  std::vector<Edge> PathTo(Node node) const;
  // At most `limit`, by different last holders, cheapest first. A variable of
  // the running code is no holder, what it refers to is one.
  std::vector<std::vector<Edge>> PathsTo(Node node, std::size_t limit) const;

 private:
  static constexpr std::uint32_t kUnreached = UINT32_MAX;

  std::uint32_t CostOf(Node from, Edge edge) const;
  bool IsNew(Node node) const;
  // Where `__proto__` and `constructor` of an object lead, found without names.
  bool IsOfItsShape(Node from, Node to) const;
  Node ShapeOf(Node node) const;

  const HeapGraph& graph_;
  const std::uint32_t prefer_before_;
  std::vector<std::uint32_t> costs_;
  std::vector<Edge> arrivals_;
  std::vector<Node> parents_;
  std::vector<Node> order_;
};

}  // namespace highwater
