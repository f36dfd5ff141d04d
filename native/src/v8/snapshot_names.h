// The words for what is in V8's heap snapshot.
#pragma once

#include <v8-profiler.h>
#include <v8.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "heap/heap_graph.h"

namespace highwater {

// A hash table as V8 lays it out: a header of 3 words, one per bucket, then the
// entries, twice as many as buckets. A Map's entry is key, value and next; a
// Set's is key and next. The number of words tells which it is.
struct TableLayout {
  std::uint32_t first = 0;
  std::uint32_t per_entry = 0;  // 0: no such table
};

// Reads names when somebody asks. The graph is a copy of the snapshot: nodes
// and edges have the same order in both.
class SnapshotNames final : public HeapNames {
 public:
  SnapshotNames(v8::Isolate* isolate, const v8::HeapSnapshot& snapshot,
                const HeapGraph& graph)
      : isolate_(isolate), snapshot_(snapshot), graph_(graph) {}

  std::uint32_t ClassOf(Node node) override;
  std::uint32_t NameOf(Edge edge) override;
  std::uint32_t SlotOf(Edge edge) override;
  bool IsBookOfRuntime(Node node) override;
  std::uint32_t HopsToCallback(Node node) override;
  // Of a number that one of these gave.
  const std::string& Text(std::uint32_t name) const { return texts_[name]; }

  static std::string TypeText(NodeType type);
  static std::string TypeText(EdgeType type);
  // As V8 has it.
  std::string NodeName(Node node) const;
  // V8's name, or a better one for what it calls by its kind only. Cut where it
  // is very long.
  std::string ReadableName(Node node) const;
  std::string EdgeName(Node from, Edge edge) const;
  // The key of the entry that the edge is the value of, or the value's holder
  // in a WeakMap.
  std::optional<Node> KeyOf(Node from, Edge edge);
  std::string ScriptNameOf(Node closure) const;

 private:
  std::uint32_t Intern(v8::Local<v8::Value> text);
  const v8::HeapGraphNode* At(Node node) const;
  const v8::HeapGraphEdge* At(Node from, Edge edge) const;
  std::string FullEdgeName(Node from, Edge edge) const;
  std::string RopeText(Node rope) const;
  std::string BoundName(Node function) const;
  // Where the edge of that name leads.
  std::optional<Node> Child(Node node, std::string_view edge_name) const;
  TableLayout LayoutOfTable(Node node);
  bool HasDueCells(Node registry) const;
  Node RunningTask();

  v8::Isolate* const isolate_;
  const v8::HeapSnapshot& snapshot_;
  const HeapGraph& graph_;
  std::vector<std::string> texts_{"", ""};
  std::unordered_map<std::string, std::uint32_t> numbers_{{"", 0}};
  std::vector<std::uint32_t> classes_;
  std::optional<Node> running_task_;
};

}  // namespace highwater
