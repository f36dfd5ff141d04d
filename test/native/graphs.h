// Small graphs for tests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "heap/heap_graph.h"

namespace highwater {

struct Arrow {
  Node from;
  Node to;
  EdgeType type = EdgeType::kProperty;
};

struct Thing {
  NodeType type = NodeType::kObject;
  Role role = Role::kValue;
  std::uint64_t bytes = 1;
};

// Ids are 1, 3, 5... in the order of the nodes; node 0 is the root.
inline HeapGraph Build(const std::vector<Thing>& things,
                       std::vector<Arrow> arrows) {
  std::stable_sort(
      arrows.begin(), arrows.end(),
      [](const Arrow& a, const Arrow& b) { return a.from < b.from; });
  HeapGraph graph;
  std::size_t next = 0;
  for (Node node = 0; node < things.size(); ++node) {
    const Thing& thing = things[node];
    graph.AddNode(thing.type, thing.role, 2 * node + 1, thing.bytes);
    for (; next < arrows.size() && arrows[next].from == node; ++next) {
      graph.AddEdge(arrows[next].type, arrows[next].to);
    }
  }
  graph.Finish();
  return graph;
}

inline HeapGraph BuildObjects(std::size_t count,
                              const std::vector<Arrow>& arrows) {
  return Build(std::vector<Thing>(count), arrows);
}

inline HeapGraph BuildDoublyLinked(Node count) {
  std::vector<Arrow> arrows;
  for (Node node = 0; node + 1 < count; ++node) {
    arrows.push_back({node, node + 1});
    if (node > 0) arrows.push_back({node + 1, node});
  }
  return BuildObjects(count, arrows);
}

inline std::uint32_t IdOf(Node node) { return 2 * node + 1; }

// Every class is 1 and every edge has the name it was given here, else 2.
class Names final : public HeapNames {
 public:
  std::unordered_map<Node, std::uint32_t> classes;
  std::unordered_map<Edge, std::uint32_t> edges;
  std::unordered_map<Edge, std::uint32_t> slots;
  std::unordered_map<Node, std::uint32_t> hops;

  std::uint32_t ClassOf(Node node) override { return Get(classes, node, 1); }
  std::uint32_t NameOf(Edge edge) override { return Get(edges, edge, 2); }
  std::uint32_t SlotOf(Edge edge) override { return Get(slots, edge, 0); }
  std::uint32_t HopsToCallback(Node node) override {
    return Get(hops, node, 0);
  }

 private:
  static std::uint32_t Get(
      const std::unordered_map<std::uint32_t, std::uint32_t>& map,
      std::uint32_t key, std::uint32_t otherwise) {
    const auto found = map.find(key);
    return found == map.end() ? otherwise : found->second;
  }
};

}  // namespace highwater
