// The objects of a heap and what refers to what, in flat columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace highwater {

// V8's own numbers, as in v8::HeapGraphNode::Type.
enum class NodeType : std::uint8_t {
  kHidden = 0,
  kArray = 1,
  kString = 2,
  kObject = 3,
  kCode = 4,
  kClosure = 5,
  kRegExp = 6,
  kHeapNumber = 7,
  kNative = 8,
  kSynthetic = 9,
  kConsString = 10,
  kSlicedString = 11,
  kSymbol = 12,
  kBigInt = 13,
  kObjectShape = 14,
  kWasmObject = 15,
};

// As in v8::HeapGraphEdge::Type.
enum class EdgeType : std::uint8_t {
  kContext = 0,
  kElement = 1,
  kProperty = 2,
  kInternal = 3,
  kHidden = 4,
  kShortcut = 5,
  kWeak = 6,
};

// What a node is to a reader, in the order of how little they want to see it.
enum class Role : std::uint8_t {
  kValue,       // what a program makes: objects, functions, strings, numbers
  kStore,       // the array behind an object's elements, properties or entries
  kScope,       // the variables of a function
  kHandleRoot,  // holds what C++ asked it to hold
  kInternal,    // V8's own small things
  kRoot,        // V8's own tables
  kCode,        // code, feedback, hidden classes: made lazily, by V8
  kStackRoot,   // what runs at this moment
  kExcluded,    // holds nothing
};

// In comparison with a moment.
enum class Age : std::uint8_t {
  kOld,
  kNew,
  // Not on V8's heap: its id is of another kind, or from when the snapshot was
  // taken. It is as new as what holds it.
  kAsHolder,
};

using Node = std::uint32_t;
using Edge = std::uint32_t;

constexpr Node kRootNode = 0;
constexpr Node kNoNode = UINT32_MAX;
constexpr Edge kNoEdge = UINT32_MAX;
// An edge's type shares a word with its target.
constexpr std::uint32_t kMostNodes = 1U << 29;

// Node 0 is the root. Nodes are added in order, each followed by its edges;
// Finish() comes last.
class HeapGraph {
 public:
  void Reserve(std::size_t nodes, std::size_t edges);
  Node AddNode(NodeType type, Role role, std::uint32_t id, std::uint64_t bytes);
  // Of the node that was added last. `to` may be one that is still to come.
  void AddEdge(EdgeType type, Node to) {
    edges_.push_back(static_cast<std::uint32_t>(type) << 29 | to);
  }
  void Finish();

  Node node_count() const { return static_cast<Node>(types_.size()); }
  Edge edge_count() const { return static_cast<Edge>(edges_.size()); }
  std::uint64_t total_bytes() const { return total_bytes_; }

  NodeType type(Node node) const { return types_[node]; }
  Role role(Node node) const { return roles_[node]; }
  void set_role(Node node, Role role) { roles_[node] = role; }
  std::uint32_t id(Node node) const { return ids_[node]; }
  std::uint64_t bytes(Node node) const { return bytes_[node]; }

  // At the moment whose largest id was `last_id`. Everything is newer than 0.
  Age AgeOf(Node node, std::uint32_t last_id) const;

  // The edges of a node are [first_edge(node), first_edge(node + 1)).
  Edge first_edge(Node node) const { return first_edges_[node]; }
  Edge end_edge(Node node) const { return first_edges_[node + 1]; }
  Node to(Edge edge) const { return edges_[edge] & (kMostNodes - 1); }
  EdgeType edge_type(Edge edge) const {
    return static_cast<EdgeType>(edges_[edge] >> 29);
  }
  // Whether it keeps its target alive. Shortcuts of the root do: they lead to
  // the global objects.
  bool IsStrong(Edge edge) const {
    return edge_type(edge) != EdgeType::kWeak &&
           roles_[to(edge)] != Role::kExcluded;
  }
  Node From(Edge edge) const;

 private:
  void WeakenEphemerons(Node table);

  std::vector<NodeType> types_;
  std::vector<Role> roles_;
  std::vector<std::uint32_t> ids_;
  std::vector<std::uint64_t> bytes_;
  std::vector<Edge> first_edges_;
  std::vector<std::uint32_t> edges_;
  std::uint64_t total_bytes_ = 0;
};

// Names are asked for only where somebody looks: in a large heap, making them
// all takes longer than everything else. Equal texts have equal numbers; 0 is
// the empty one.
class HeapNames {
 public:
  virtual ~HeapNames() = default;
  // Empty where a node's name is its content.
  virtual std::uint32_t ClassOf(Node node) = 0;
  virtual std::uint32_t NameOf(Edge edge) = 0;
  // What distinguishes the places of a backing store: keys and values of a Map.
  virtual std::uint32_t SlotOf(Edge edge) = 0;
  // What the runtime made to keep its own accounts: never a survivor, but who
  // holds them.
  virtual bool IsBookOfRuntime(Node /*node*/) { return false; }
  // By how many edges functions are away that the event loop calls because of
  // it: of a timer, a queue, a request. 0 of anything else.
  virtual std::uint32_t HopsToCallback(Node /*node*/) { return 0; }
};

}  // namespace highwater
