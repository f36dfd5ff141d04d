#include "strong_paths.h"

#include <algorithm>
#include <utility>

namespace highwater {
namespace {

constexpr std::uint32_t kStackCost = 2000;
constexpr std::uint32_t kPrototypeCost = 20;
// Even the stack is better than a way through new objects to old ones.
constexpr std::uint32_t kNewCost = 2 * kStackCost;
constexpr std::uint32_t kMostCost = kStackCost + kPrototypeCost + kNewCost + 10;

constexpr std::uint32_t EdgeCost(EdgeType type) {
  switch (type) {
    case EdgeType::kContext:
    case EdgeType::kShortcut:
      return 1;
    case EdgeType::kHidden:
      return 3;
    default:
      return 2;
  }
}

constexpr std::uint32_t TargetCost(Role role) {
  switch (role) {
    case Role::kValue:
      return 0;
    case Role::kStore:
    case Role::kScope:
      return 1;
    case Role::kHandleRoot:
    case Role::kInternal:
      return 6;
    case Role::kRoot:
      return 30;
    case Role::kCode:
      return 60;
    case Role::kStackRoot:
    case Role::kExcluded:
      return kStackCost;
  }
  return kStackCost;
}

}  // namespace

// Dijkstra with one bucket per cost: costs are small integers.
StrongPaths::StrongPaths(const HeapGraph& graph, std::uint32_t prefer_before)
    : graph_(graph),
      prefer_before_(prefer_before),
      costs_(graph.node_count(), kUnreached),
      arrivals_(graph.node_count(), kNoEdge),
      parents_(graph.node_count(), kNoNode) {
  if (graph.node_count() == 0) return;
  order_.reserve(graph.node_count());
  std::vector<std::vector<Node>> buckets(kMostCost + 1);
  costs_[kRootNode] = 0;
  buckets[0].push_back(kRootNode);
  std::size_t waiting = 1;
  for (std::uint32_t cost = 0; waiting > 0; ++cost) {
    // Every edge costs something: a bucket does not grow while it is emptied.
    const std::vector<Node> bucket =
        std::exchange(buckets[cost % buckets.size()], {});
    waiting -= bucket.size();
    for (const Node node : bucket) {
      if (costs_[node] != cost) continue;  // a cheaper path came first
      order_.push_back(node);
      for (Edge edge = graph.first_edge(node); edge < graph.end_edge(node);
           ++edge) {
        if (!graph.IsStrong(edge)) continue;
        const Node to = graph.to(edge);
        if (costs_[to] <= cost) continue;
        const std::uint32_t through = cost + CostOf(node, edge);
        if (through >= costs_[to]) continue;
        costs_[to] = through;
        arrivals_[to] = edge;
        parents_[to] = node;
        buckets[through % buckets.size()].push_back(to);
        ++waiting;
      }
    }
  }
}

std::vector<Edge> StrongPaths::PathTo(Node node) const {
  std::vector<Edge> path;
  if (!Reaches(node)) return path;
  for (; arrivals_[node] != kNoEdge; node = parents_[node]) {
    path.push_back(arrivals_[node]);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<std::vector<Edge>> StrongPaths::PathsTo(Node node,
                                                    std::size_t limit) const {
  struct Candidate {
    std::uint32_t cost;
    Node from;
    Edge edge;
  };
  std::vector<Candidate> candidates;
  for (const Node from : order_) {
    if (graph_.role(from) == Role::kStackRoot) continue;
    Candidate best{kUnreached, from, kNoEdge};
    for (Edge edge = graph_.first_edge(from); edge < graph_.end_edge(from);
         ++edge) {
      if (graph_.to(edge) != node || !graph_.IsStrong(edge)) continue;
      const std::uint32_t cost = costs_[from] + CostOf(from, edge);
      if (cost < best.cost) best = {cost, from, edge};
    }
    if (best.edge != kNoEdge) candidates.push_back(best);
  }
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
  std::vector<std::vector<Edge>> paths;
  for (const Candidate& candidate : candidates) {
    if (paths.size() == limit) break;
    // What the node itself holds does not hold the node.
    Node up = candidate.from;
    while (up != kNoNode && up != node) up = parents_[up];
    if (up == node) continue;
    paths.push_back(PathTo(candidate.from));
    paths.back().push_back(candidate.edge);
  }
  return paths;
}

std::uint32_t StrongPaths::CostOf(Node from, Edge edge) const {
  const Node to = graph_.to(edge);
  const EdgeType type = graph_.edge_type(edge);
  std::uint32_t cost = EdgeCost(type) + TargetCost(graph_.role(to));
  if (type == EdgeType::kProperty && IsOfItsShape(from, to)) {
    cost += kPrototypeCost;
  }
  if (prefer_before_ != 0 && IsNew(to) && !IsNew(from)) cost += kNewCost;
  return cost;
}

bool StrongPaths::IsNew(Node node) const {
  return graph_.AgeOf(node, prefer_before_) == Age::kNew;
}

bool StrongPaths::IsOfItsShape(Node from, Node to) const {
  if (graph_.type(to) != NodeType::kObject &&
      graph_.type(to) != NodeType::kClosure) {
    return false;
  }
  const Node shape = ShapeOf(from);
  if (shape == kNoNode) return false;
  for (Edge edge = graph_.first_edge(shape); edge < graph_.end_edge(shape);
       ++edge) {
    if (graph_.to(edge) == to && graph_.IsStrong(edge)) return true;
  }
  return false;
}

// V8 lists an object's shape last, or nearly so.
Node StrongPaths::ShapeOf(Node node) const {
  for (Edge edge = graph_.end_edge(node); edge-- > graph_.first_edge(node);) {
    if (graph_.edge_type(edge) == EdgeType::kInternal &&
        graph_.type(graph_.to(edge)) == NodeType::kObjectShape) {
      return graph_.to(edge);
    }
  }
  return kNoNode;
}

}  // namespace highwater
