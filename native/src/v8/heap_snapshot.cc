#include "heap_snapshot.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

namespace highwater {
namespace {

using Clock = std::chrono::steady_clock;

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

constexpr std::array kNodeTypes{"hidden",
                                "array",
                                "string",
                                "object",
                                "code",
                                "closure",
                                "regexp",
                                "number",
                                "native",
                                "synthetic",
                                "concatenated string",
                                "sliced string",
                                "symbol",
                                "bigint",
                                "object shape",
                                "wasm object"};
constexpr std::array kEdgeTypes{"context", "element",  "property", "internal",
                                "hidden",  "shortcut", "weak"};

// Paths of modules are keys of registries.
constexpr std::size_t kLongestText = 250;
constexpr std::uint32_t kUnknownClass = UINT32_MAX;
constexpr std::string_view kBoundFunction = "native_bind";
constexpr std::string_view kEphemeron = "part of key (";

// Numbers of texts that are no names of anything.
constexpr std::uint32_t kNoName = 0;
constexpr std::uint32_t kAnyPlace = 1;

std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::Value> text) {
  const v8::String::Utf8Value utf8(isolate, text);
  return *utf8 == nullptr
             ? std::string()
             : std::string(*utf8, static_cast<std::size_t>(utf8.length()));
}

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// Not in the middle of a character.
std::string Shortened(std::string text) {
  if (text.size() <= kLongestText) return text;
  std::size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return text.substr(0, end);
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

bool IsNamedByContent(NodeType type) {
  switch (type) {
    case NodeType::kString:
    case NodeType::kConsString:
    case NodeType::kSlicedString:
    case NodeType::kHeapNumber:
    case NodeType::kSymbol:
    case NodeType::kBigInt:
    case NodeType::kCode:
      return true;
    default:
      return false;
  }
}

TableLayout LayoutOf(std::uint64_t bytes) {
  constexpr std::uint64_t kArrayHeaderWords = 2;
  constexpr std::uint64_t kTableHeaderWords = 3;
  const std::uint64_t words = bytes / sizeof(void*);
  if (words <= kArrayHeaderWords + kTableHeaderWords) return {};
  const std::uint64_t body = words - kArrayHeaderWords - kTableHeaderWords;
  for (const std::uint32_t per_entry : {3U, 2U}) {
    const std::uint64_t per_bucket = 1 + 2 * per_entry;
    const std::uint64_t buckets = body / per_bucket;
    if (body % per_bucket == 0 && (buckets & (buckets - 1)) == 0) {
      return {static_cast<std::uint32_t>(kTableHeaderWords + buckets),
              per_entry};
    }
  }
  return {};
}

std::optional<std::uint32_t> ParseIndex(const std::string& text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::uint32_t index = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    index = index * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return index;
}

}  // namespace

// Copies V8's snapshot into the graph. Objects of V8's heap have odd ids, dense
// enough for a table; those of embedders even ones, which need not be unique.
class HeapSnapshot::Copy {
 public:
  explicit Copy(HeapSnapshot* to)
      : to_(*to), from_(*to->snapshot_), count_(from_.GetNodesCount()) {}

  bool Run() {
    if (static_cast<std::uint32_t>(count_) >= kMostNodes) return false;
    const std::size_t edge_count = Number();
    if (edge_count >= kNoEdge) return false;
    HeapGraph& graph = to_.graph_;
    graph.Reserve(static_cast<std::size_t>(count_), edge_count);
    for (int i = 0; i < count_; ++i) {
      const v8::HeapGraphNode* node = from_.GetNode(i);
      const auto type = static_cast<NodeType>(node->GetType());
      graph.AddNode(type, Role::kInternal, node->GetId(),
                    node->GetShallowSize());
      const int edges = node->GetChildrenCount();
      for (int k = 0; k < edges; ++k) {
        const v8::HeapGraphEdge* edge = node->GetChild(k);
        graph.AddEdge(static_cast<EdgeType>(edge->GetType()),
                      IndexOf(edge->GetToNode()));
      }
    }
    graph.Finish();
    for (Node node = 0; node < graph.node_count(); ++node) {
      graph.set_role(node, RoleOf(node));
    }
    return true;
  }

 private:
  std::size_t Number() {
    std::size_t edge_count = 0;
    const std::size_t most =
        static_cast<std::size_t>(from_.GetMaxSnapshotJSObjectId() / 2 + 1);
    is_dense_ = most < 16 * static_cast<std::size_t>(count_) + 1'000'000;
    if (is_dense_) table_.resize(most, kNoNode);
    for (int i = 0; i < count_; ++i) {
      const v8::HeapGraphNode* node = from_.GetNode(i);
      edge_count += static_cast<std::size_t>(node->GetChildrenCount());
      const std::uint32_t id = node->GetId();
      if (id % 2 == 1 && is_dense_) {
        if (id / 2 >= table_.size()) table_.resize(id / 2 + 1, kNoNode);
        table_[id / 2] = static_cast<Node>(i);
      } else {
        others_[node] = static_cast<Node>(i);
      }
    }
    return edge_count;
  }

  Node IndexOf(const v8::HeapGraphNode* node) const {
    const std::uint32_t id = node->GetId();
    if (id % 2 == 1 && is_dense_) return table_[id / 2];
    return others_.find(node)->second;
  }

  // Names are asked for only where structure leaves a doubt.
  Role RoleOf(Node node) const {
    const HeapGraph& graph = to_.graph_;
    switch (graph.type(node)) {
      case NodeType::kHidden:
        return Role::kInternal;
      case NodeType::kArray:
        return Role::kStore;
      case NodeType::kCode:
        return Role::kCode;
      case NodeType::kObjectShape:
        // A variable that a module exports lives in a cell.
        return graph.end_edge(node) - graph.first_edge(node) <= 3 &&
                       to_.NodeName(node) == "system / Cell"
                   ? Role::kInternal
                   : Role::kCode;
      case NodeType::kSynthetic:
        return RoleOfRoot(to_.NodeName(node));
      case NodeType::kObject:
        return RefersToCode(node) && StartsWith(to_.NodeName(node), "system /")
                   ? Role::kScope
                   : Role::kValue;
      default:
        return Role::kValue;
    }
  }

  bool RefersToCode(Node node) const {
    const HeapGraph& graph = to_.graph_;
    for (Edge edge = graph.first_edge(node); edge < graph.end_edge(node);
         ++edge) {
      if (graph.edge_type(edge) == EdgeType::kInternal &&
          graph.type(graph.to(edge)) == NodeType::kCode) {
        return true;
      }
    }
    return false;
  }

  HeapSnapshot& to_;
  const v8::HeapSnapshot& from_;
  const int count_;
  bool is_dense_ = true;
  std::vector<Node> table_;
  std::unordered_map<const v8::HeapGraphNode*, Node> others_;
};

HeapSnapshot::HeapSnapshot(v8::Isolate* isolate,
                           const std::vector<v8::Local<v8::Value>>& except)
    : isolate_(isolate), texts_{"", ""}, numbers_{{"", kNoName}} {
  const v8::HandleScope scope(isolate);
  {
    const Stopwatch watch(&snapshot_ms_);
    // A WeakRef's target is kept to the end of the turn in which it was read.
    isolate->ClearKeptObjects();
    snapshot_ = isolate->GetHeapProfiler()->TakeHeapSnapshot();
  }
  const Stopwatch watch(&analysis_ms_);
  is_complete_ = snapshot_ != nullptr && Copy(this).Run();
  if (!is_complete_) return;
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
  for (Node node = 0; node < graph_.node_count(); ++node) {
    if (graph_.id(node) == id) return node;
  }
  return std::nullopt;
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

HeapNodeFacts HeapSnapshot::Describe(Node node) {
  if (!retention_.has_value()) {
    const Stopwatch watch(&analysis_ms_);
    retention_.emplace(graph_);
  }
  HeapNodeFacts facts;
  facts.id = graph_.id(node);
  facts.type = TypeText(graph_.type(node));
  facts.name = Shortened(ReadableName(node));
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
    HeapStep step{kEdgeTypes[static_cast<std::size_t>(graph_.edge_type(edge))],
                  Shortened(EdgeName(from, edge)), Describe(to), std::nullopt};
    if (const std::optional<Node> key = KeyOf(from, edge)) {
      step.key = Describe(*key);
    }
    steps.push_back(std::move(step));
    from = to;
  }
  return steps;
}

std::string HeapSnapshot::TypeText(NodeType type) const {
  const auto index = static_cast<std::size_t>(type);
  return index < kNodeTypes.size() ? kNodeTypes[index] : "";
}

std::uint32_t HeapSnapshot::ClassOf(Node node) {
  if (IsNamedByContent(graph_.type(node))) return kNoName;
  if (classes_.empty()) classes_.resize(graph_.node_count(), kUnknownClass);
  std::uint32_t& number = classes_[node];
  if (number == kUnknownClass) {
    const v8::HandleScope scope(isolate_);
    number = Intern(At(node)->GetName());
  }
  return number;
}

std::uint32_t HeapSnapshot::NameOf(Edge edge) {
  const EdgeType type = graph_.edge_type(edge);
  if (type == EdgeType::kElement || type == EdgeType::kHidden) return kAnyPlace;
  const Node from = graph_.From(edge);
  if (graph_.role(from) == Role::kStore) return kAnyPlace;
  const v8::HandleScope scope(isolate_);
  return Intern(At(from, edge)->GetName());
}

std::uint32_t HeapSnapshot::SlotOf(Edge edge) {
  const Node from = graph_.From(edge);
  const TableLayout layout = LayoutOfTable(from);
  if (layout.per_entry == 0) return 0;
  const std::optional<std::uint32_t> index = ParseIndex(EdgeName(from, edge));
  if (!index || *index < layout.first) return 0;
  return 1 + (*index - layout.first) % layout.per_entry;
}

std::uint32_t HeapSnapshot::Intern(v8::Local<v8::Value> text) {
  const auto [entry, is_new] = numbers_.try_emplace(
      ToUtf8(isolate_, text), static_cast<std::uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(entry->first);
  return entry->second;
}

const v8::HeapGraphNode* HeapSnapshot::At(Node node) const {
  return snapshot_->GetNode(static_cast<int>(node));
}

const v8::HeapGraphEdge* HeapSnapshot::At(Node from, Edge edge) const {
  return At(from)->GetChild(static_cast<int>(edge - graph_.first_edge(from)));
}

std::string HeapSnapshot::NodeName(Node node) const {
  const v8::HandleScope scope(isolate_);
  return ToUtf8(isolate_, At(node)->GetName());
}

std::string HeapSnapshot::ReadableName(Node node) const {
  if (graph_.type(node) == NodeType::kConsString) return RopeText(node);
  std::string name = NodeName(node);
  if (graph_.type(node) == NodeType::kClosure && name == kBoundFunction) {
    return BoundName(node);
  }
  return name;
}

std::string HeapSnapshot::RopeText(Node rope) const {
  std::string text;
  // Ropes are deep, and their ends may be shared: no recursion, and no more
  // nodes than can matter.
  std::vector<Node> rest{rope};
  for (std::size_t i = 0; i < kLongestText && !rest.empty(); ++i) {
    const Node node = rest.back();
    rest.pop_back();
    if (graph_.type(node) != NodeType::kConsString) {
      text += NodeName(node);
      if (text.size() >= kLongestText) break;
      continue;
    }
    if (const auto second = Child(node, "second")) rest.push_back(*second);
    if (const auto first = Child(node, "first")) rest.push_back(*first);
  }
  return text;
}

std::string HeapSnapshot::BoundName(Node function) const {
  const auto target = Child(function, "bound_function");
  std::string name = target ? NodeName(*target) : "";
  if (name == kBoundFunction) name.clear();
  const auto receiver = Child(function, "bound_this");
  if (receiver && graph_.type(*receiver) == NodeType::kObject) {
    const std::string class_name = NodeName(*receiver);
    if (class_name != "Object") {
      return "bound " + class_name + (name.empty() ? "" : "." + name);
    }
  }
  return "bound " + name;
}

std::optional<Node> HeapSnapshot::Child(Node node,
                                        std::string_view edge_name) const {
  for (Edge edge = graph_.first_edge(node); edge != graph_.end_edge(node);
       ++edge) {
    if (graph_.edge_type(edge) == EdgeType::kElement) continue;
    if (EdgeName(node, edge) == edge_name) return graph_.to(edge);
  }
  return std::nullopt;
}

std::string HeapSnapshot::EdgeName(Node from, Edge edge) const {
  const v8::HandleScope scope(isolate_);
  std::string name = ToUtf8(isolate_, At(from, edge)->GetName());
  // V8 says "7 / part of key (...) -> value (...) pair in WeakMap (...)".
  const std::size_t ephemeron = name.find(kEphemeron);
  return ephemeron == std::string::npos ? name : name.substr(ephemeron);
}

std::optional<Node> HeapSnapshot::KeyOf(Node from, Edge edge) {
  if (graph_.edge_type(edge) != EdgeType::kInternal) return std::nullopt;
  const std::string name = EdgeName(from, edge);
  if (StartsWith(name, kEphemeron)) return from;
  const TableLayout layout = LayoutOfTable(from);
  const std::optional<std::uint32_t> index = ParseIndex(name);
  if (layout.per_entry != 3 || !index || *index <= layout.first ||
      (*index - layout.first) % layout.per_entry != 1) {
    return std::nullopt;
  }
  const std::string before = std::to_string(*index - 1);
  for (Edge other = graph_.first_edge(from); other < graph_.end_edge(from);
       ++other) {
    if (graph_.edge_type(other) == EdgeType::kInternal &&
        EdgeName(from, other) == before) {
      return graph_.to(other);
    }
  }
  return std::nullopt;
}

// Elements and properties have stores with names.
TableLayout HeapSnapshot::LayoutOfTable(Node node) {
  if (graph_.role(node) != Role::kStore || ClassOf(node) != kNoName) return {};
  return LayoutOf(graph_.bytes(node));
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
  return ScriptPlace{start.script_id, ScriptNameOf(node), start.line,
                     start.column};
}

// closure -> shared -> script, which is named by its URL.
std::string HeapSnapshot::ScriptNameOf(Node closure) const {
  const auto follow = [&](Node from, std::string_view name) {
    for (Edge edge = graph_.first_edge(from); edge < graph_.end_edge(from);
         ++edge) {
      if (graph_.edge_type(edge) == EdgeType::kInternal &&
          StartsWith(EdgeName(from, edge), name)) {
        return graph_.to(edge);
      }
    }
    return kRootNode;
  };
  const Node script = follow(follow(closure, "shared"), "script");
  return script == kRootNode ? "" : NodeName(script);
}

namespace {

class FileStream final : public v8::OutputStream {
 public:
  explicit FileStream(FILE* file) : file_(file) {}

  int GetChunkSize() override { return 64 * 1024; }
  void EndOfStream() override {}
  WriteResult WriteAsciiChunk(char* data, int size) override {
    const auto bytes = static_cast<std::size_t>(size);
    if (std::fwrite(data, 1, bytes, file_) == bytes) return kContinue;
    error_ = errno;
    return kAbort;
  }
  int error() const { return error_; }

 private:
  FILE* const file_;
  int error_ = 0;
};

}  // namespace

std::string HeapSnapshot::Write(const std::string& file) const {
  const std::string unfinished = file + ".unfinished";
  FILE* const stream = std::fopen(unfinished.c_str(), "we");
  if (stream == nullptr) return std::strerror(errno);
  FileStream output(stream);
  snapshot_->Serialize(&output, v8::HeapSnapshot::kJSON);
  int error = output.error();
  if (std::fclose(stream) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(unfinished.c_str(), file.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) return "";
  std::remove(unfinished.c_str());
  return std::strerror(error);
}

}  // namespace highwater
