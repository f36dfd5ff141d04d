#include "heap_graph.h"

#include <algorithm>

namespace highwater {

void HeapGraph::Reserve(std::size_t nodes, std::size_t edges) {
  types_.reserve(nodes);
  roles_.reserve(nodes);
  ids_.reserve(nodes);
  bytes_.reserve(nodes);
  first_edges_.reserve(nodes + 1);
  edges_.reserve(edges);
}

Node HeapGraph::AddNode(NodeType type, Role role, std::uint32_t id,
                        std::uint64_t bytes) {
  types_.push_back(type);
  roles_.push_back(role);
  ids_.push_back(id);
  bytes_.push_back(bytes);
  first_edges_.push_back(static_cast<Edge>(edges_.size()));
  total_bytes_ += bytes;
  return node_count() - 1;
}

void HeapGraph::Finish() {
  first_edges_.push_back(static_cast<Edge>(edges_.size()));
  for (Node node = 0; node < node_count(); ++node) {
    if (types_[node] == NodeType::kArray) WeakenEphemerons(node);
  }
}

Age HeapGraph::AgeOf(Node node, std::uint32_t last_id) const {
  if (last_id == 0) return Age::kNew;
  if (types_[node] == NodeType::kSynthetic) return Age::kOld;
  if (types_[node] == NodeType::kNative &&
      (ids_[node] % 2 == 0 || first_edge(node) == end_edge(node))) {
    return Age::kAsHolder;
  }
  return ids_[node] > last_id ? Age::kNew : Age::kOld;
}

Node HeapGraph::From(Edge edge) const {
  // Nodes without edges share their first edge with the next.
  const auto after =
      std::upper_bound(first_edges_.begin(), first_edges_.end(), edge);
  return static_cast<Node>(after - first_edges_.begin()) - 1;
}

// A WeakMap's value is held by its key and the table together, which V8 shows
// as one strong edge from each, and a weak one from the table. Whoever has the
// key has the value; the table alone does not.
void HeapGraph::WeakenEphemerons(Node table) {
  std::vector<Node> weak;
  for (Edge edge = first_edge(table); edge < end_edge(table); ++edge) {
    if (edge_type(edge) == EdgeType::kWeak) weak.push_back(to(edge));
  }
  if (weak.empty()) return;
  std::sort(weak.begin(), weak.end());
  for (Edge edge = first_edge(table); edge < end_edge(table); ++edge) {
    if (std::binary_search(weak.begin(), weak.end(), to(edge))) {
      edges_[edge] = static_cast<std::uint32_t>(EdgeType::kWeak) << 29 |
                     static_cast<std::uint32_t>(to(edge));
    }
  }
}

}  // namespace highwater
