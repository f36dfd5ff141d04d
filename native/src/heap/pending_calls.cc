#include "pending_calls.h"

#include <unordered_set>
#include <utility>

namespace highwater {
namespace {

constexpr int kLevels = 2;
// A table of millions is not looked through for one entry.
constexpr std::size_t kMostValues = 20000;

bool IsFunction(const HeapGraph& graph, Node node) {
  return graph.type(node) == NodeType::kClosure;
}

// Of a block V8 does not tell the names, as of the modules of bundlers.
bool IsVariable(EdgeType type) {
  return type == EdgeType::kContext || type == EdgeType::kHidden;
}

// What an object has, not what it is: no code, no hidden class, no realm.
bool IsOwn(const HeapGraph& graph, Edge edge) {
  if (!graph.IsStrong(edge)) return false;
  const Node to = graph.to(edge);
  switch (graph.role(to)) {
    case Role::kValue:
    case Role::kStore:
    case Role::kScope:
      return graph.type(to) != NodeType::kObjectShape;
    case Role::kInternal:
      return graph.type(to) == NodeType::kHidden;
    default:
      return false;
  }
}

}  // namespace

std::vector<Waiting> FindWaiting(const HeapGraph& graph, HeapNames& names) {
  std::vector<Waiting> found;
  for (Node node = 0; node < graph.node_count(); ++node) {
    const std::uint32_t hops = names.HopsToCallback(node);
    if (hops > 0) found.push_back({node, hops});
  }
  return found;
}

std::vector<PendingCall> PendingCalls::Find(const std::vector<Waiting>& waiting,
                                            std::size_t limit) {
  std::vector<PendingCall> found;
  std::unordered_set<std::uint64_t> known;
  for (const Waiting& one : waiting) {
    if (found.size() == limit) break;
    std::vector<Waiting> rest{one};
    while (!rest.empty() && found.size() < limit) {
      const auto [from, hops] = rest.back();
      rest.pop_back();
      for (Edge edge = graph_.first_edge(from);
           edge < graph_.end_edge(from) && found.size() < limit; ++edge) {
        if (!IsOwn(graph_, edge)) continue;
        const Node to = graph_.to(edge);
        Edge seeing = kNoEdge;
        if (graph_.role(to) == Role::kScope) {
          seeing = SuspendedThatSees(to);
        } else if (IsFunction(graph_, to)) {
          seeing = ThatSees(edge, true);
        } else if (hops > 1) {
          rest.push_back({to, hops - 1});
        }
        if (seeing == kNoEdge) continue;
        if (known.insert(CodeOf(graph_.to(seeing))).second) {
          found.push_back({one.node, graph_.to(seeing), seeing});
        }
      }
    }
  }
  return found;
}

// The function that the edge leads to; or one that this one calls, which is why
// it has it: Node's own are given what they call.
Edge PendingCalls::ThatSees(Edge arrival, bool with_given) {
  const Node function = graph_.to(arrival);
  for (Edge edge = graph_.first_edge(function);
       edge < graph_.end_edge(function); ++edge) {
    if (!IsOwn(graph_, edge)) continue;
    const Node to = graph_.to(edge);
    const bool is_scope = graph_.role(to) == Role::kScope;
    const bool is_bound =
        !is_scope && graph_.edge_type(edge) == EdgeType::kInternal;
    if (is_scope && ScopeSees(to)) return arrival;
    if (is_bound && !IsFunction(graph_, to) && ValueSees(to)) return arrival;
    if (!with_given || (!is_scope && !is_bound)) continue;
    const Edge seeing =
        IsFunction(graph_, to) ? ThatSees(edge, false) : GivenThatSees(to);
    if (seeing != kNoEdge) return seeing;
  }
  return kNoEdge;
}

// Functions among variables, properties, parameters.
Edge PendingCalls::GivenThatSees(Node giver) {
  const Role role = graph_.role(giver);
  for (Edge edge = graph_.first_edge(giver); edge < graph_.end_edge(giver);
       ++edge) {
    const EdgeType type = graph_.edge_type(edge);
    const bool is_given = role == Role::kScope   ? IsVariable(type)
                          : role == Role::kStore ? type == EdgeType::kInternal
                                                 : type == EdgeType::kProperty;
    if (!is_given || !IsOwn(graph_, edge) ||
        !IsFunction(graph_, graph_.to(edge))) {
      continue;
    }
    const Edge seeing = ThatSees(edge, false);
    if (seeing != kNoEdge) return seeing;
  }
  return kNoEdge;
}

// The scope of an `await` leads to what is suspended, and that to its function.
Edge PendingCalls::SuspendedThatSees(Node scope) {
  for (Edge edge = graph_.first_edge(scope); edge < graph_.end_edge(scope);
       ++edge) {
    const Node suspended = graph_.to(edge);
    if (graph_.edge_type(edge) != EdgeType::kInternal || !IsOwn(graph_, edge) ||
        graph_.type(suspended) != NodeType::kObject) {
      continue;
    }
    Edge function = kNoEdge;
    bool sees = false;
    for (Edge part = graph_.first_edge(suspended);
         part < graph_.end_edge(suspended); ++part) {
      if (!IsOwn(graph_, part)) continue;
      const Node to = graph_.to(part);
      const Role role = graph_.role(to);
      if (role == Role::kScope) {
        sees = sees || ScopeSees(to) || GivenThatSees(to) != kNoEdge;
      } else if (role == Role::kStore) {
        // Its parameters and variables that no other function uses.
        sees = sees || ValueSees(to) || GivenThatSees(to) != kNoEdge;
      } else if (IsFunction(graph_, to) &&
                 graph_.edge_type(part) == EdgeType::kInternal) {
        function = part;
      }
    }
    if (sees) return function;
  }
  return kNoEdge;
}

bool PendingCalls::ScopeSees(Node scope) {
  if (scope == target_) return true;
  const auto [known, is_new] = scopes_.try_emplace(scope, false);
  if (!is_new) return known->second;
  bool sees = false;
  for (Edge edge = graph_.first_edge(scope);
       !sees && edge < graph_.end_edge(scope); ++edge) {
    if (!IsOwn(graph_, edge)) continue;
    const Node to = graph_.to(edge);
    if (graph_.role(to) == Role::kScope) {
      sees = ScopeSees(to);
    } else if (IsVariable(graph_.edge_type(edge))) {
      sees = !IsFunction(graph_, to) && ValueSees(to);
    }
  }
  // Not `known`: other scopes may have moved it.
  scopes_[scope] = sees;
  return sees;
}

// Level by level: what is near must not be missed for what was met on the way.
bool PendingCalls::ValueSees(Node value) const {
  std::unordered_set<Node> known{value};
  std::vector<Node> level{value};
  for (int below = 0; !level.empty(); ++below) {
    std::vector<Node> next;
    for (std::size_t at = 0; at < level.size(); ++at) {
      if (level[at] == target_) return true;
      if (below == kLevels || known.size() >= kMostValues) continue;
      for (Edge edge = graph_.first_edge(level[at]);
           edge < graph_.end_edge(level[at]); ++edge) {
        const Node to = graph_.to(edge);
        if (!IsOwn(graph_, edge) || IsFunction(graph_, to) ||
            graph_.role(to) == Role::kScope || !known.insert(to).second) {
          continue;
        }
        // A store is a part of what it belongs to.
        (graph_.role(to) == Role::kStore ? level : next).push_back(to);
      }
    }
    level = std::move(next);
  }
  return false;
}

// Closures that were made of one function share it.
std::uint64_t PendingCalls::CodeOf(Node function) const {
  std::uint64_t code = 0;
  for (Edge edge = graph_.first_edge(function);
       edge < graph_.end_edge(function); ++edge) {
    if (graph_.role(graph_.to(edge)) == Role::kCode) {
      code = code * 31 + graph_.to(edge);
    }
  }
  return code;
}

}  // namespace highwater
