#include "heap_snapshot.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "v8/line_ends.h"
#include "v8/snapshot_copy.h"
#include "v8/snapshot_file.h"

namespace highwater {
namespace {

using Clock = std::chrono::steady_clock;

// One of each function is enough, and few functions are pending.
constexpr std::size_t kMostPendingCalls = 16;

// Of small objects on a slow machine. Heaps of 100 MB take a fraction of it.
constexpr double kFewestBytesPerMs = 4'000;

bool MayTake(v8::Isolate* isolate, double ms) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  return static_cast<double>(statistics.used_heap_size()) >
         ms * kFewestBytesPerMs;
}

// Adds the time of a block to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(double* sum_ms) : sum_ms_(sum_ms) {}
  ~Stopwatch() {
    *sum_ms_ += std::chrono::duration<double, std::milli>(Clock::now() - start_)
                    .count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double* const sum_ms_;
  const Clock::time_point start_ = Clock::now();
};

}  // namespace

HeapSnapshot::HeapSnapshot(v8::Isolate* isolate,
                           const std::vector<v8::Local<v8::Value>>& except,
                           double most_ms)
    : isolate_(isolate) {
  const v8::HandleScope scope(isolate);
  {
    const Stopwatch watch(&snapshot_ms_);
    // A WeakRef's target is kept to the end of the turn in which it was read.
    isolate->ClearKeptObjects();
    const bool is_prepared = PrepareLineEnds(isolate);
    SnapshotLimit limit(most_ms);
    // V8 counts objects for it first: a sixth of the snapshot.
    const bool is_limited =
        most_ms > 0 && (!is_prepared || MayTake(isolate, most_ms));
    v8::ActivityControl* const control = is_limited ? &limit : nullptr;
    snapshot_ = isolate->GetHeapProfiler()->TakeHeapSnapshot(control);
    too_large_ = limit.too_large();
  }
  const Stopwatch watch(&analysis_ms_);
  if (snapshot_ == nullptr) return;
  names_.emplace(isolate, *snapshot_, graph_);
  is_complete_ = CopySnapshot(*snapshot_, *names_, &graph_, &index_);
  if (!is_complete_) {
    too_large_ = TooLarge{
        static_cast<std::uint64_t>(snapshot_->GetNodesCount()), snapshot_ms_};
    return;
  }
  for (const v8::Local<v8::Value> value : except) {
    if (const std::optional<Node> node = Find(value)) {
      graph_.set_role(*node, Role::kExcluded);
    }
  }
}

HeapSnapshot::~HeapSnapshot() {
  if (snapshot_ != nullptr) {
    const_cast<v8::HeapSnapshot*>(snapshot_)->Delete();
  }
}

const StrongPaths& HeapSnapshot::paths() {
  if (!paths_.has_value()) {
    const Stopwatch watch(&analysis_ms_);
    paths_.emplace(graph_);
  }
  return *paths_;
}

std::optional<std::vector<Edge>> HeapSnapshot::PathTo(Node node) {
  if (!paths().Reaches(node)) return std::nullopt;
  const Node parent = paths().parent(node);
  if (parent == kNoNode || graph_.role(parent) != Role::kStackRoot) {
    return paths().PathTo(node);
  }
  std::vector<std::vector<Edge>> others = paths().PathsTo(node, 1);
  if (others.empty()) return std::nullopt;
  return std::move(others.front());
}

std::optional<Node> HeapSnapshot::Find(std::uint32_t id) const {
  const Node node = index_.Find(id);
  return node == kNoNode ? std::nullopt : std::optional<Node>(node);
}

std::optional<Node> HeapSnapshot::Find(v8::Local<v8::Value> value) const {
  if (!has_ids_) return std::nullopt;
  const v8::SnapshotObjectId id =
      isolate_->GetHeapProfiler()->GetObjectId(value);
  if (id == v8::HeapProfiler::kUnknownObjectId) return std::nullopt;
  return Find(id);
}

const HeapSnapshot::Moment& HeapSnapshot::After(std::uint32_t id) {
  const Stopwatch watch(&analysis_ms_);
  if (!moment_.has_value() || moment_->last_id != id) {
    moment_.emplace(*this, id);
  }
  return *moment_;
}

std::vector<ClassTally> HeapSnapshot::Classes(std::uint32_t after_id) {
  const Moment& moment = After(after_id);
  const Stopwatch watch(&analysis_ms_);
  return moment.survivors.Classes();
}

std::vector<SurvivorGroup> HeapSnapshot::Groups(
    std::uint32_t after_id, std::uint64_t fewest,
    const std::vector<std::uint32_t>& later) {
  const Moment& moment = After(after_id);
  const Stopwatch watch(&analysis_ms_);
  return moment.survivors.Groups(fewest, later);
}

std::vector<GrownStore> HeapSnapshot::GrownStores(std::uint32_t after_id) {
  const Moment& moment = After(after_id);
  const Stopwatch watch(&analysis_ms_);
  return moment.survivors.GrownStores();
}

std::vector<Edge> HeapSnapshot::PathToSurvivor(std::uint32_t after_id,
                                               Node node) {
  return After(after_id).paths.PathTo(node);
}

std::size_t HeapSnapshot::OldSteps(std::uint32_t after_id,
                                   const std::vector<Edge>& path) {
  const Moment& moment = After(after_id);
  const auto is_new = [&](Edge edge) {
    return moment.survivors.IsNew(graph_.to(edge));
  };
  const auto first = std::find_if(path.begin(), path.end(), is_new);
  return 1 + static_cast<std::size_t>(first - path.begin());
}

std::vector<std::vector<HeapStep>> HeapSnapshot::CallsThatSee(Node node) {
  std::vector<PendingCall> calls;
  {
    const Stopwatch watch(&analysis_ms_);
    if (!waiting_.has_value()) waiting_ = FindWaiting(graph_, *names_);
    calls = PendingCalls(graph_, node).Find(*waiting_, kMostPendingCalls);
  }
  std::vector<std::vector<HeapStep>> described;
  for (const PendingCall& call : calls) {
    const Node holder = graph_.From(call.arrival);
    described.push_back(
        {{"", "", Describe(call.waiting), std::nullopt},
         {SnapshotNames::TypeText(graph_.edge_type(call.arrival)),
          names_->EdgeName(holder, call.arrival), Describe(call.function),
          std::nullopt}});
  }
  return described;
}

std::vector<std::uint32_t> HeapSnapshot::IdsOf(std::string_view class_name) {
  std::vector<std::uint32_t> ids;
  for (Node node = 0; node < graph_.node_count(); ++node) {
    const NodeType type = graph_.type(node);
    if ((type == NodeType::kObject || type == NodeType::kWasmObject) &&
        NameText(names_->ClassOf(node)) == class_name) {
      ids.push_back(graph_.id(node));
    }
  }
  return ids;
}

HeapNodeFacts HeapSnapshot::Describe(Node node) {
  if (!retention_.has_value()) {
    const Stopwatch watch(&analysis_ms_);
    retention_.emplace(graph_);
  }
  HeapNodeFacts facts;
  facts.id = graph_.id(node);
  facts.type = SnapshotNames::TypeText(graph_.type(node));
  facts.name = names_->ReadableName(node);
  facts.shallow_bytes = graph_.bytes(node);
  facts.retained_bytes = retention_->bytes(node);
  facts.place = PlaceOf(node);
  return facts;
}

std::vector<HeapStep> HeapSnapshot::Describe(const std::vector<Edge>& path) {
  std::vector<HeapStep> steps;
  steps.push_back({"", "", Describe(kRootNode), std::nullopt});
  Node from = kRootNode;
  for (const Edge edge : path) {
    const Node to = graph_.to(edge);
    HeapStep step{SnapshotNames::TypeText(graph_.edge_type(edge)),
                  names_->EdgeName(from, edge), Describe(to), std::nullopt};
    if (const std::optional<Node> key = names_->KeyOf(from, edge)) {
      step.key = Describe(*key);
    }
    steps.push_back(std::move(step));
    from = to;
  }
  return steps;
}

std::optional<ScriptPlace> HeapSnapshot::PlaceOf(Node node) {
  if (graph_.type(node) != NodeType::kClosure) return std::nullopt;
  if (!starts_.has_value()) {
    const Stopwatch watch(&analysis_ms_);
    starts_ = ReadFunctionStarts(*snapshot_, graph_);
  }
  const auto found = starts_->find(node);
  if (found == starts_->end()) return std::nullopt;
  const FunctionStart& start = found->second;
  return ScriptPlace{start.script_id, names_->ScriptNameOf(node), start.line,
                     start.column};
}

std::string HeapSnapshot::Write(const std::string& file) const {
  return WriteSnapshot(*snapshot_, file);
}

}  // namespace highwater
