#include "retention.h"

#include <algorithm>
#include <utility>

namespace highwater {
namespace {

// Positions in a depth-first order; the root is 0.
using Position = std::uint32_t;
constexpr Position kNoPosition = UINT32_MAX;

struct DepthFirst {
  std::vector<Node> nodes;          // by position
  std::vector<Position> positions;  // by node
  std::vector<Position> parents;    // by position
};

// Without recursion: a linked list is as deep as it is long.
DepthFirst Walk(const HeapGraph& graph) {
  DepthFirst walk;
  walk.positions.assign(graph.node_count(), kNoPosition);
  // Nearly every node is reached; a vector that grows has twice what it needs.
  walk.nodes.reserve(graph.node_count());
  walk.parents.reserve(graph.node_count());
  std::vector<std::pair<Position, Edge>> stack;
  const auto enter = [&](Node node, Position parent) {
    const auto position = static_cast<Position>(walk.nodes.size());
    walk.positions[node] = position;
    walk.nodes.push_back(node);
    walk.parents.push_back(parent);
    stack.emplace_back(position, graph.first_edge(node));
  };
  enter(kRootNode, kNoPosition);
  while (!stack.empty()) {
    auto& [position, edge] = stack.back();
    if (edge == graph.end_edge(walk.nodes[position])) {
      stack.pop_back();
      continue;
    }
    const Edge next = edge++;
    const Node to = graph.to(next);
    if (graph.IsStrong(next) && walk.positions[to] == kNoPosition) {
      enter(to, position);
    }
  }
  return walk;
}

// Who refers to each position, by counting sort.
struct Retainers {
  std::vector<Edge> first;
  std::vector<Position> from;
};

Retainers Invert(const HeapGraph& graph, const DepthFirst& walk) {
  const auto count = static_cast<Position>(walk.nodes.size());
  Retainers retainers;
  retainers.first.assign(count + 1, 0);
  const auto each = [&](auto visit) {
    for (Position from = 0; from < count; ++from) {
      const Node node = walk.nodes[from];
      for (Edge edge = graph.first_edge(node); edge < graph.end_edge(node);
           ++edge) {
        if (graph.IsStrong(edge)) visit(from, walk.positions[graph.to(edge)]);
      }
    }
  };
  each([&](Position, Position to) { ++retainers.first[to + 1]; });
  for (Position i = 0; i < count; ++i) {
    retainers.first[i + 1] += retainers.first[i];
  }
  retainers.from.resize(retainers.first[count]);
  // Filling moves each start to the next one's; walking down moves it back.
  each([&](Position from, Position to) {
    retainers.from[retainers.first[to]++] = from;
  });
  for (Position i = count; i > 0; --i) {
    retainers.first[i] = retainers.first[i - 1];
  }
  retainers.first[0] = 0;
  return retainers;
}

// Semi-NCA (Georgiadis, 2005): semidominators with path compression as in
// Lengauer and Tarjan, then the nearest common ancestor in place of buckets.
std::vector<Position> FindDominators(const Retainers& retainers,
                                     std::vector<Position> parents) {
  const auto count = static_cast<Position>(parents.size());
  std::vector<Position> dominators = parents;
  std::vector<Position> semi(count);
  std::vector<Position> label(count);
  for (Position i = 0; i < count; ++i) semi[i] = label[i] = i;
  std::vector<Position> stack;
  // The position of least semidominator on the way up to what is linked.
  const auto evaluate = [&](Position position, Position last_linked) {
    // The root is never linked from above; its parent reads as "above all".
    const auto is_linked = [&](Position at) {
      return parents[at] != kNoPosition && parents[at] >= last_linked;
    };
    if (!is_linked(position)) return label[position];
    while (is_linked(position)) {
      stack.push_back(position);
      position = parents[position];
    }
    Position above = position;
    Position best = label[above];
    while (!stack.empty()) {
      position = stack.back();
      stack.pop_back();
      parents[position] = parents[above];
      if (semi[best] < semi[label[position]]) {
        label[position] = best;
      } else {
        best = label[position];
      }
      above = position;
    }
    return label[position];
  };
  for (Position i = count; i-- > 1;) {
    semi[i] = parents[i];
    for (Edge edge = retainers.first[i]; edge < retainers.first[i + 1];
         ++edge) {
      const Position from = retainers.from[edge];
      semi[i] = std::min(semi[i], semi[evaluate(from, i + 1)]);
    }
  }
  for (Position i = 1; i < count; ++i) {
    while (dominators[i] > semi[i]) dominators[i] = dominators[dominators[i]];
  }
  return dominators;
}

}  // namespace

// The tables of a step go before the next step makes its own: together they
// would be the most memory that an analysis takes.
Retention::Retention(const HeapGraph& graph) {
  std::vector<Node> nodes;
  std::vector<Position> dominators;
  if (graph.node_count() > 0) {
    DepthFirst walk = Walk(graph);
    const Retainers retainers = Invert(graph, walk);
    walk.positions = {};
    nodes = std::move(walk.nodes);
    dominators = FindDominators(retainers, std::move(walk.parents));
  }
  dominators_.assign(graph.node_count(), kNoNode);
  bytes_.resize(graph.node_count());
  for (Node node = 0; node < graph.node_count(); ++node) {
    bytes_[node] = graph.bytes(node);
  }
  for (auto i = static_cast<Position>(nodes.size()); i-- > 1;) {
    const Node above = nodes[dominators[i]];
    dominators_[nodes[i]] = above;
    bytes_[above] += bytes_[nodes[i]];
  }
}

}  // namespace highwater
