#include "snapshot_copy.h"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace highwater {
namespace {

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// What V8 calls the roots differs little between its versions.
Role RoleOfRoot(std::string_view name) {
  for (const std::string_view running :
       {"(Stack roots)", "(Handle scope)", "(Relocatable)"}) {
    if (name == running) return Role::kStackRoot;
  }
  // "C++ native stack roots"; older: "C++ Native Stack Roots".
  if (StartsWith(name, "C++ native stack") ||
      StartsWith(name, "C++ Native Stack")) {
    return Role::kStackRoot;
  }
  // V8's table of names lets go of what nothing else holds, but its references
  // are drawn like any other. The names of a dictionary are its owner's.
  if (name == "(Internalized strings)") return Role::kExcluded;
  if (name.empty() || name == "(GC roots)" || name.front() != '(') {
    return Role::kHandleRoot;
  }
  for (const std::string_view handles :
       {"(Global handles)", "(Eternal handles)", "(Traced handles)",
        "(Micro tasks)"}) {
    if (name == handles) return Role::kHandleRoot;
  }
  return Role::kRoot;
}

// Copies V8's snapshot into the graph_.
class Copy {
 public:
  Copy(const v8::HeapSnapshot& from, const SnapshotNames& names, HeapGraph* to,
       NodeIndex* index)
      : graph_(*to),
        index_(*index),
        names_(names),
        from_(from),
        count_(from.GetNodesCount()) {}

  bool Run() {
    if (static_cast<std::uint32_t>(count_) >= kMostNodes) return false;
    const std::size_t edge_count = Number();
    if (edge_count >= kNoEdge) return false;
    graph_.Reserve(static_cast<std::size_t>(count_), edge_count);
    for (int i = 0; i < count_; ++i) {
      const v8::HeapGraphNode* node = from_.GetNode(i);
      const auto type = static_cast<NodeType>(node->GetType());
      graph_.AddNode(type, Role::kInternal, node->GetId(),
                     node->GetShallowSize());
      const int edges = node->GetChildrenCount();
      for (int k = 0; k < edges; ++k) {
        const v8::HeapGraphEdge* edge = node->GetChild(k);
        graph_.AddEdge(static_cast<EdgeType>(edge->GetType()),
                       IndexOf(edge->GetToNode()));
      }
    }
    graph_.Finish();
    for (Node node = 0; node < graph_.node_count(); ++node) {
      graph_.set_role(node, RoleOf(node));
    }
    return true;
  }

 private:
  std::size_t Number() {
    std::size_t edge_count = 0;
    index_.Reserve(from_.GetMaxSnapshotJSObjectId(),
                   static_cast<std::size_t>(count_));
    for (int i = 0; i < count_; ++i) {
      const v8::HeapGraphNode* node = from_.GetNode(i);
      edge_count += static_cast<std::size_t>(node->GetChildrenCount());
      const std::uint32_t id = node->GetId();
      index_.Add(id, static_cast<Node>(i));
      if (id % 2 == 0) embedders_[node] = static_cast<Node>(i);
    }
    return edge_count;
  }

  Node IndexOf(const v8::HeapGraphNode* node) const {
    const std::uint32_t id = node->GetId();
    // Even ids need not be unique.
    return id % 2 == 1 ? index_.Find(id) : embedders_.find(node)->second;
  }

  // Names are asked for only where structure leaves a doubt.
  Role RoleOf(Node node) const {
    switch (graph_.type(node)) {
      case NodeType::kHidden:
        return Role::kInternal;
      case NodeType::kArray:
        return Role::kStore;
      case NodeType::kCode:
        return Role::kCode;
      case NodeType::kObjectShape:
        // A variable that a module exports lives in a cell.
        return graph_.end_edge(node) - graph_.first_edge(node) <= 3 &&
                       names_.NodeName(node) == "system / Cell"
                   ? Role::kInternal
                   : Role::kCode;
      case NodeType::kSynthetic:
        return RoleOfRoot(names_.NodeName(node));
      case NodeType::kObject:
        return RefersToCode(node) &&
                       StartsWith(names_.NodeName(node), "system /")
                   ? Role::kScope
                   : Role::kValue;
      default:
        return Role::kValue;
    }
  }

  bool RefersToCode(Node node) const {
    for (Edge edge = graph_.first_edge(node); edge < graph_.end_edge(node);
         ++edge) {
      if (graph_.edge_type(edge) == EdgeType::kInternal &&
          graph_.type(graph_.to(edge)) == NodeType::kCode) {
        return true;
      }
    }
    return false;
  }

  HeapGraph& graph_;
  NodeIndex& index_;
  const SnapshotNames& names_;
  const v8::HeapSnapshot& from_;
  const int count_;
  std::unordered_map<const v8::HeapGraphNode*, Node> embedders_;
};

}  // namespace

bool CopySnapshot(const v8::HeapSnapshot& snapshot, const SnapshotNames& names,
                  HeapGraph* graph, NodeIndex* index) {
  return Copy(snapshot, names, graph, index).Run();
}

}  // namespace highwater
