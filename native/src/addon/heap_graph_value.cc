#include "heap_graph_value.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "addon/values.h"

namespace highwater {
namespace {

constexpr std::size_t kMostContents = 8;

double ToDouble(std::uint64_t bytes) { return static_cast<double>(bytes); }

napi_value ToValue(napi_env env, const ScriptPlace& place) {
  return Object(env)
      .Set("scriptId", place.script_id)
      .Set("scriptName", place.script_name)
      .Set("line", place.line)
      .Set("column", place.column)
      .value();
}

napi_value ToValue(napi_env env, const HeapNodeFacts& facts) {
  Object object(env);
  object.Set("id", facts.id)
      .Set("type", facts.type)
      .Set("name", facts.name)
      .Set("shallowBytes", ToDouble(facts.shallow_bytes))
      .Set("retainedBytes", ToDouble(facts.retained_bytes));
  if (facts.place) object.Set("place", ToValue(env, *facts.place));
  return object.value();
}

napi_value ToValue(napi_env env, const std::vector<HeapStep>& path) {
  return Array(env, path.size(), [&](std::size_t i) {
    const HeapStep& step = path[i];
    Object object(env);
    object.Set("edgeType", step.edge_type)
        .Set("edgeName", step.edge_name)
        .Set("node", ToValue(env, step.node));
    if (step.key) object.Set("key", ToValue(env, *step.key));
    return object.value();
  });
}

napi_value ToValue(napi_env env, const HeapSnapshot& snapshot,
                   const std::vector<ClassTally>& classes, std::size_t most) {
  return Array(env, std::min(classes.size(), most), [&](std::size_t i) {
    const ClassTally& tally = classes[i];
    return Object(env)
        .Set("type", SnapshotNames::TypeText(tally.type))
        .Set("name", snapshot.NameText(tally.name))
        .Set("count", ToDouble(tally.count))
        .Set("shallowBytes", ToDouble(tally.bytes))
        .value();
  });
}

napi_value Classes(Arguments arguments, HeapSnapshot& snapshot) {
  const auto after = static_cast<std::uint32_t>(arguments.Number(0));
  return ToValue(arguments.env(), snapshot, snapshot.Classes(after), SIZE_MAX);
}

napi_value SurvivorGroups(Arguments arguments, HeapSnapshot& snapshot) {
  const napi_env env = arguments.env();
  std::vector<std::uint32_t> later;
  for (const double mark : arguments.Numbers(0)) {
    later.push_back(static_cast<std::uint32_t>(mark));
  }
  if (later.empty()) return Array(env, 0, [](std::size_t) { return nullptr; });
  const std::uint32_t after = later.front();
  later.erase(later.begin());
  const auto fewest = static_cast<std::uint64_t>(arguments.Number(1));
  const std::vector<SurvivorGroup> groups =
      snapshot.Groups(after, fewest, later);
  return Array(env, groups.size(), [&](std::size_t i) {
    const SurvivorGroup& group = groups[i];
    const std::vector<Edge> path = snapshot.PathToSurvivor(after, group.sample);
    return Object(env)
        .Set("type", SnapshotNames::TypeText(group.type))
        .Set("name", snapshot.NameText(group.name))
        .Set("count", ToDouble(group.count))
        .Set("counts", Array(env, group.counts.size(),
                             [&](std::size_t at) {
                               return Number(env, ToDouble(group.counts[at]));
                             }))
        .Set("olderCount", ToDouble(group.older))
        .Set("shallowBytes", ToDouble(group.bytes))
        .Set("retainedBytes", ToDouble(group.retained_bytes))
        .Set("path", ToValue(env, snapshot.Describe(path)))
        .Set("firstNew", static_cast<double>(snapshot.OldSteps(after, path)))
        .Set("contents", ToValue(env, snapshot, group.contents, kMostContents))
        .value();
  });
}

napi_value GrownStores(Arguments arguments, HeapSnapshot& snapshot) {
  const napi_env env = arguments.env();
  const auto after = static_cast<std::uint32_t>(arguments.Number(0));
  const std::vector<GrownStore> stores = snapshot.GrownStores(after);
  const auto most = static_cast<std::size_t>(arguments.Number(1));
  return Array(env, std::min(stores.size(), most), [&](std::size_t i) {
    const std::vector<Edge> path =
        snapshot.PathToSurvivor(after, stores[i].store);
    return Object(env)
        .Set("storeBytes", ToDouble(stores[i].bytes))
        .Set("path", ToValue(env, snapshot.Describe(path)))
        .Set("firstNew", static_cast<double>(snapshot.OldSteps(after, path)))
        .value();
  });
}

std::optional<Node> NodeArgument(const Arguments& arguments,
                                 const HeapSnapshot& snapshot) {
  return snapshot.Find(static_cast<std::uint32_t>(arguments.Number(0)));
}

napi_value IdOf(Arguments arguments, HeapSnapshot& snapshot) {
  if (arguments[0] == nullptr) return nullptr;
  const std::optional<Node> node = snapshot.Find(ToV8(arguments[0]));
  if (!node) return nullptr;
  return Number(arguments.env(), snapshot.graph().id(*node));
}

napi_value IdsOf(Arguments arguments, HeapSnapshot& snapshot) {
  const napi_env env = arguments.env();
  const std::vector<std::uint32_t> ids = snapshot.IdsOf(arguments.Text(0));
  return Array(env, ids.size(),
               [&](std::size_t i) { return Number(env, ids[i]); });
}

napi_value FindNode(Arguments arguments, HeapSnapshot& snapshot) {
  const std::optional<Node> node = NodeArgument(arguments, snapshot);
  if (!node) return nullptr;
  return ToValue(arguments.env(), snapshot.Describe(*node));
}

napi_value PathTo(Arguments arguments, HeapSnapshot& snapshot) {
  const std::optional<Node> node = NodeArgument(arguments, snapshot);
  if (!node) return nullptr;
  const std::optional<std::vector<Edge>> path = snapshot.PathTo(*node);
  if (!path) return nullptr;
  return ToValue(arguments.env(), snapshot.Describe(*path));
}

napi_value PathsTo(Arguments arguments, HeapSnapshot& snapshot) {
  const napi_env env = arguments.env();
  std::vector<std::vector<Edge>> paths;
  if (const std::optional<Node> node = NodeArgument(arguments, snapshot)) {
    const auto limit = static_cast<std::size_t>(arguments.Number(1));
    paths = snapshot.paths().PathsTo(*node, limit);
  }
  return Array(env, paths.size(), [&](std::size_t i) {
    return ToValue(env, snapshot.Describe(paths[i]));
  });
}

napi_value PendingCallsOf(Arguments arguments, HeapSnapshot& snapshot) {
  const napi_env env = arguments.env();
  std::vector<std::vector<HeapStep>> calls;
  if (const std::optional<Node> node = NodeArgument(arguments, snapshot)) {
    calls = snapshot.CallsThatSee(*node);
  }
  return Array(env, calls.size(),
               [&](std::size_t i) { return ToValue(env, calls[i]); });
}

napi_value Write(Arguments arguments, HeapSnapshot& snapshot) {
  const std::string file = arguments.Text(0);
  const std::string problem = snapshot.Write(file);
  if (!problem.empty()) {
    const std::string message =
        "highwater: cannot write the heap snapshot " + file + ": " + problem;
    napi_throw_error(arguments.env(), nullptr, message.c_str());
  }
  return nullptr;
}

napi_value AnalysisMs(Arguments arguments, HeapSnapshot& snapshot) {
  return Number(arguments.env(), snapshot.analysis_ms());
}

std::uintptr_t NumberOf(const Arguments& arguments) {
  return reinterpret_cast<std::uintptr_t>(arguments.data());
}

// The graph belongs to the session: its object knows only its number, and may
// outlive it.
template <napi_value (*kFunction)(Arguments, HeapSnapshot&)>
napi_value Callback(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  HeapSnapshot* snapshot = Session::ForThisThread(v8::Isolate::GetCurrent())
                               .FindHeap(NumberOf(arguments));
  if (snapshot != nullptr) return kFunction(arguments, *snapshot);
  napi_throw_error(env, nullptr,
                   "highwater: this heap graph has been disposed of");
  return nullptr;
}

napi_value Dispose(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Session::ForThisThread(v8::Isolate::GetCurrent())
      .DisposeHeap(NumberOf(arguments));
  return nullptr;
}

struct Method {
  const char* name;
  napi_callback callback;
};

constexpr Method kMethods[] = {
    {"classes", Callback<Classes>},
    {"survivors", Callback<SurvivorGroups>},
    {"grownStores", Callback<GrownStores>},
    {"idOf", Callback<IdOf>},
    {"idsOf", Callback<IdsOf>},
    {"node", Callback<FindNode>},
    {"path", Callback<PathTo>},
    {"paths", Callback<PathsTo>},
    {"pendingCalls", Callback<PendingCallsOf>},
    {"write", Callback<Write>},
    {"dispose", Dispose},
};

}  // namespace

napi_value CaptureHeapGraph(const Arguments& arguments, Session& session) {
  const napi_env env = arguments.env();
  std::vector<v8::Local<v8::Value>> except;
  for (napi_value value : arguments.Elements(0)) {
    if (value != nullptr) except.push_back(ToV8(value));
  }
  TooLarge too_large;
  const std::uintptr_t number =
      session.CaptureHeap(except, arguments.Number(1), &too_large);
  HeapSnapshot* const snapshot = session.FindHeap(number);
  if (snapshot == nullptr) {
    return Object(env)
        .Set("objectCount", ToDouble(too_large.object_count))
        .Set("estimatedMs", too_large.estimated_ms)
        .value();
  }
  Object object(env);
  object.Set("nodeCount", snapshot->graph().node_count())
      .Set("edgeCount", snapshot->graph().edge_count())
      .Set("totalBytes", ToDouble(snapshot->graph().total_bytes()))
      .Set("snapshotMs", snapshot->snapshot_ms());
  void* const data = reinterpret_cast<void*>(number);
  for (const Method& method : kMethods) {
    napi_value function = nullptr;
    napi_create_function(env, method.name, NAPI_AUTO_LENGTH, method.callback,
                         data, &function);
    object.Set(method.name, function);
  }
  // It grows with what is asked.
  const napi_property_descriptor analysis_ms{
      "analysisMs", nullptr, nullptr,         Callback<AnalysisMs>,
      nullptr,      nullptr, napi_enumerable, data};
  napi_define_properties(env, object.value(), 1, &analysis_ms);
  return object.value();
}

}  // namespace highwater
