#include "snapshot_names.h"

#include <array>
#include <utility>

namespace highwater {
namespace {

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

// V8 does not name the fields of a FinalizationRegistry.
constexpr std::string_view kClearedCells = "5";
constexpr std::string_view kWeakCell = "system / WeakCell";

constexpr std::string_view kRunningTask = "current_microtask";

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

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
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

std::string SnapshotNames::TypeText(NodeType type) {
  const auto index = static_cast<std::size_t>(type);
  return index < kNodeTypes.size() ? kNodeTypes[index] : "";
}

std::string SnapshotNames::TypeText(EdgeType type) {
  return kEdgeTypes[static_cast<std::size_t>(type)];
}

std::uint32_t SnapshotNames::ClassOf(Node node) {
  if (IsNamedByContent(graph_.type(node))) return kNoName;
  if (classes_.empty()) classes_.resize(graph_.node_count(), kUnknownClass);
  std::uint32_t& number = classes_[node];
  if (number == kUnknownClass) {
    const v8::HandleScope scope(isolate_);
    number = Intern(At(node)->GetName());
  }
  return number;
}

std::uint32_t SnapshotNames::NameOf(Edge edge) {
  const EdgeType type = graph_.edge_type(edge);
  if (type == EdgeType::kElement || type == EdgeType::kHidden) return kAnyPlace;
  const Node from = graph_.From(edge);
  if (graph_.role(from) == Role::kStore) return kAnyPlace;
  const v8::HandleScope scope(isolate_);
  return Intern(At(from, edge)->GetName());
}

std::uint32_t SnapshotNames::SlotOf(Edge edge) {
  const Node from = graph_.From(edge);
  const TableLayout layout = LayoutOfTable(from);
  if (layout.per_entry == 0) return 0;
  const std::optional<std::uint32_t> index =
      ParseIndex(FullEdgeName(from, edge));
  if (!index || *index < layout.first) return 0;
  return 1 + (*index - layout.first) % layout.per_entry;
}

// Node's list of the timers of one duration. What a timer is must not depend on
// whether it is the first of its duration.
bool SnapshotNames::IsBookOfRuntime(Node node) {
  return graph_.type(node) == NodeType::kObject &&
         Text(ClassOf(node)) == "TimersList";
}

std::uint32_t SnapshotNames::HopsToCallback(Node node) {
  const NodeType type = graph_.type(node);
  if (type != NodeType::kObject && type != NodeType::kHidden) return 0;
  const std::string& name = Text(ClassOf(node));
  if (type == NodeType::kHidden) {
    return EndsWith(name, "Task") && node != RunningTask() ? 1 : 0;
  }
  if (name == "Timeout" || name == "Immediate") return 1;
  if (name == "FinalizationRegistry") return HasDueCells(node) ? 1 : 0;
  // Of `process.nextTick`: queue -> list -> { callback }.
  if (name == "FixedCircularBuffer") return 3;
  // Node's requests: a function of theirs, or what they keep for it.
  const bool is_request = StartsWith(name, "FSReq") ||
                          EndsWith(name, "ReqWrap") || EndsWith(name, "Job");
  return is_request ? 2 : 0;
}

// The microtask that runs at this moment, the test itself for one, waits for
// nothing.
Node SnapshotNames::RunningTask() {
  if (running_task_) return *running_task_;
  running_task_ = kNoNode;
  for (Node node = 0; node < graph_.node_count(); ++node) {
    if (graph_.type(node) != NodeType::kSynthetic ||
        graph_.role(node) != Role::kRoot) {
      continue;
    }
    for (Edge edge = graph_.first_edge(node); edge < graph_.end_edge(node);
         ++edge) {
      if (graph_.type(graph_.to(edge)) == NodeType::kHidden &&
          FullEdgeName(node, edge) == kRunningTask) {
        running_task_ = graph_.to(edge);
      }
    }
  }
  return *running_task_;
}

// Some of its targets have died.
bool SnapshotNames::HasDueCells(Node registry) const {
  for (Edge edge = graph_.first_edge(registry);
       edge < graph_.end_edge(registry); ++edge) {
    if (FullEdgeName(registry, edge) == kClearedCells &&
        NodeName(graph_.to(edge)) == kWeakCell) {
      return true;
    }
  }
  return false;
}

std::uint32_t SnapshotNames::Intern(v8::Local<v8::Value> text) {
  const auto [entry, is_new] = numbers_.try_emplace(
      ToUtf8(isolate_, text), static_cast<std::uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(entry->first);
  return entry->second;
}

const v8::HeapGraphNode* SnapshotNames::At(Node node) const {
  return snapshot_.GetNode(static_cast<int>(node));
}

const v8::HeapGraphEdge* SnapshotNames::At(Node from, Edge edge) const {
  return At(from)->GetChild(static_cast<int>(edge - graph_.first_edge(from)));
}

std::string SnapshotNames::NodeName(Node node) const {
  const v8::HandleScope scope(isolate_);
  return ToUtf8(isolate_, At(node)->GetName());
}

std::string SnapshotNames::ReadableName(Node node) const {
  if (graph_.type(node) == NodeType::kConsString) {
    return Shortened(RopeText(node));
  }
  std::string name = NodeName(node);
  if (graph_.type(node) == NodeType::kClosure && name == kBoundFunction) {
    name = BoundName(node);
  }
  return Shortened(std::move(name));
}

std::string SnapshotNames::RopeText(Node rope) const {
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

std::string SnapshotNames::BoundName(Node function) const {
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

std::optional<Node> SnapshotNames::Child(Node node,
                                         std::string_view edge_name) const {
  for (Edge edge = graph_.first_edge(node); edge != graph_.end_edge(node);
       ++edge) {
    if (graph_.edge_type(edge) == EdgeType::kElement) continue;
    if (FullEdgeName(node, edge) == edge_name) return graph_.to(edge);
  }
  return std::nullopt;
}

std::string SnapshotNames::EdgeName(Node from, Edge edge) const {
  return Shortened(FullEdgeName(from, edge));
}

std::string SnapshotNames::FullEdgeName(Node from, Edge edge) const {
  const v8::HandleScope scope(isolate_);
  std::string name = ToUtf8(isolate_, At(from, edge)->GetName());
  // V8 says "7 / part of key (...) -> value (...) pair in WeakMap (...)".
  const std::size_t ephemeron = name.find(kEphemeron);
  return ephemeron == std::string::npos ? name : name.substr(ephemeron);
}

std::optional<Node> SnapshotNames::KeyOf(Node from, Edge edge) {
  if (graph_.edge_type(edge) != EdgeType::kInternal) return std::nullopt;
  const std::string name = FullEdgeName(from, edge);
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
        FullEdgeName(from, other) == before) {
      return graph_.to(other);
    }
  }
  return std::nullopt;
}

// Elements and properties have stores with names.
TableLayout SnapshotNames::LayoutOfTable(Node node) {
  if (graph_.role(node) != Role::kStore || ClassOf(node) != kNoName) return {};
  return LayoutOf(graph_.bytes(node));
}

// closure -> shared -> script, which is named by its URL.
std::string SnapshotNames::ScriptNameOf(Node closure) const {
  const auto follow = [&](Node from, std::string_view name) {
    for (Edge edge = graph_.first_edge(from); edge < graph_.end_edge(from);
         ++edge) {
      if (graph_.edge_type(edge) == EdgeType::kInternal &&
          StartsWith(FullEdgeName(from, edge), name)) {
        return graph_.to(edge);
      }
    }
    return kRootNode;
  };
  const Node script = follow(follow(closure, "shared"), "script");
  return script == kRootNode ? "" : NodeName(script);
}

}  // namespace highwater
