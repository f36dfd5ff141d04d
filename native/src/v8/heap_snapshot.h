// V8's heap snapshot as a graph, and the words for what is in it.
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
#include "heap/node_index.h"
#include "heap/pending_calls.h"
#include "heap/retention.h"
#include "heap/strong_paths.h"
#include "heap/survivors.h"
#include "v8/function_starts.h"
#include "v8/snapshot_limit.h"
#include "v8/snapshot_names.h"

namespace highwater {

// Where a function begins; 1-based.
struct ScriptPlace {
  int script_id = 0;
  std::string script_name;
  int line = 0;
  int column = 0;
};

struct HeapNodeFacts {
  std::uint32_t id = 0;
  std::string type;
  std::string name;
  std::uint64_t shallow_bytes = 0;
  std::uint64_t retained_bytes = 0;
  std::optional<ScriptPlace> place;
};

struct HeapStep {
  std::string edge_type;
  std::string edge_name;
  HeapNodeFacts node;
  std::optional<HeapNodeFacts> key;
};

// Keeps V8's snapshot: names are read from it when somebody asks.
class HeapSnapshot {
 public:
  // Collects. What is found through `except` holds nothing. V8 may take
  // `most_ms` of CPU; 0: as long as it takes. A snapshot that is given up takes
  // the ids from all objects.
  HeapSnapshot(v8::Isolate* isolate,
               const std::vector<v8::Local<v8::Value>>& except, double most_ms);
  ~HeapSnapshot();
  HeapSnapshot(const HeapSnapshot&) = delete;
  HeapSnapshot& operator=(const HeapSnapshot&) = delete;

  // False when the heap is too large; nothing else may be asked then.
  bool is_complete() const { return is_complete_; }
  const std::optional<TooLarge>& too_large() const { return too_large_; }
  const HeapGraph& graph() const { return graph_; }
  const StrongPaths& paths();
  double snapshot_ms() const { return snapshot_ms_; }
  double analysis_ms() const { return analysis_ms_; }

  // Ids of all objects of that class.
  std::vector<std::uint32_t> IdsOf(std::string_view class_name);
  // Undefined when nothing holds it.
  std::optional<std::vector<Edge>> PathTo(Node node);
  std::optional<Node> Find(std::uint32_t id) const;
  std::optional<Node> Find(v8::Local<v8::Value> value) const;

  std::vector<ClassTally> Classes(std::uint32_t after_id);
  std::vector<SurvivorGroup> Groups(std::uint32_t after_id,
                                    std::uint64_t fewest,
                                    const std::vector<std::uint32_t>& later);
  std::vector<GrownStore> GrownStores(std::uint32_t after_id);
  // The path to a survivor, and how many of its nodes, the root included, were
  // there before.
  std::vector<Edge> PathToSurvivor(std::uint32_t after_id, Node node);
  std::size_t OldSteps(std::uint32_t after_id, const std::vector<Edge>& path);

  // Functions that wait for an event-loop turn and see the node, each after
  // what it waits in.
  std::vector<std::vector<HeapStep>> CallsThatSee(Node node);

  HeapNodeFacts Describe(Node node);
  // The root and the end of every edge.
  std::vector<HeapStep> Describe(const std::vector<Edge>& path);
  const std::string& NameText(std::uint32_t name) const {
    return names_->Text(name);
  }

  // The isolate's ids begin anew: ours mean nothing to it any more.
  void ForgetIds() { has_ids_ = false; }

  // In the format of Chrome's DevTools. Returns what went wrong.
  std::string Write(const std::string& file) const;

 private:
  // What came after one moment.
  struct Moment {
    Moment(HeapSnapshot& snapshot, std::uint32_t after_id)
        : last_id(after_id),
          paths(snapshot.graph_, after_id),
          survivors(snapshot.graph_, paths, *snapshot.names_, after_id) {}
    const std::uint32_t last_id;
    const StrongPaths paths;
    const Survivors survivors;
  };

  std::optional<ScriptPlace> PlaceOf(Node node);
  const Moment& After(std::uint32_t id);

  v8::Isolate* const isolate_;
  const v8::HeapSnapshot* snapshot_ = nullptr;
  bool is_complete_ = false;
  std::optional<TooLarge> too_large_;
  bool has_ids_ = true;
  HeapGraph graph_;
  NodeIndex index_;
  std::optional<SnapshotNames> names_;
  std::optional<StrongPaths> paths_;
  std::optional<Retention> retention_;
  std::optional<Moment> moment_;
  std::optional<std::vector<Waiting>> waiting_;
  // By node; read at the first question.
  std::optional<std::unordered_map<Node, FunctionStart>> starts_;
  double snapshot_ms_ = 0;
  double analysis_ms_ = 0;
};

}  // namespace highwater
