// What is on the heap: which objects, how old, and what holds them.

#include <vector>

#include "addon/exports.h"
#include "addon/heap_graph_value.h"
#include "addon/values.h"
#include "linux/thread_state.h"
#include "linux/wasm_regions.h"
#include "v8/own_keys.h"
#include "v8/wasm_memory.h"

namespace highwater {
namespace {

napi_value MarkObjects(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  return Number(arguments.env(), ThisSession().MarkObjects(arguments.Flag(0)));
}

napi_value ObjectId(Arguments arguments) {
  if (arguments[0] == nullptr) return nullptr;
  const std::uint32_t id = ThisSession().IdOf(ToV8(arguments[0]));
  return id == 0 ? nullptr : Number(arguments.env(), id);
}

napi_value CountByAge(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  return Numbers(arguments.env(), ThisSession().CountByAge());
}

napi_value BytesByAge(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  return Numbers(arguments.env(), ThisSession().BytesByAge());
}

napi_value ForgetObjectIds(Arguments) {
  ThisSession().ForgetObjectIds();
  return nullptr;
}

napi_value TakeCensus(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  Session& session = ThisSession();
  const v8::HandleScope scope(session.isolate());
  session.TakeCensus(session.isolate()->GetCurrentContext(), arguments.Flag(0));
  return nullptr;
}

napi_value GrowingCollections(Arguments arguments) {
  return ToValue(arguments.env(), ThisSession().GrowingCollections());
}

napi_value OwnKeyCount(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  v8::Isolate* isolate = ThisSession().isolate();
  const v8::HandleScope scope(isolate);
  const auto id = static_cast<v8::SnapshotObjectId>(arguments.Number(0));
  return Number(arguments.env(),
                CountOwnKeys(isolate, isolate->GetCurrentContext(), id));
}

napi_value WasmMemories(Arguments arguments) {
  const napi_env env = arguments.env();
  const QuietScope quiet;
  const std::vector<WasmRegion> regions = WasmRegions();
  return Array(env, regions.size(), [&](std::size_t i) {
    return Object(env)
        .Set("address", static_cast<double>(regions[i].address))
        .Set("touchedBytes", static_cast<double>(TouchedBytes(regions[i])))
        .value();
  });
}

napi_value WasmMemoryAddress(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  const auto id = static_cast<v8::SnapshotObjectId>(arguments.Number(0));
  const std::uintptr_t address =
      AddressOfWasmMemory(ThisSession().isolate(), id);
  return Number(arguments.env(), static_cast<double>(address));
}

napi_value CaptureHeap(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  return CaptureHeapGraph(arguments, ThisSession());
}

constexpr Export kExports[] = {
    {"markObjects", Callback<MarkObjects>},
    {"objectId", Callback<ObjectId>},
    {"countByAge", Callback<CountByAge>},
    {"bytesByAge", Callback<BytesByAge>},
    {"forgetObjectIds", Callback<ForgetObjectIds>},
    {"takeCensus", Callback<TakeCensus>},
    {"growingCollections", Callback<GrowingCollections>},
    {"ownKeyCount", Callback<OwnKeyCount>},
    {"wasmMemories", Callback<WasmMemories>},
    {"wasmMemoryAddress", Callback<WasmMemoryAddress>},
    {"captureHeap", Callback<CaptureHeap>},
};

}  // namespace

std::span<const Export> HeapExports() { return kExports; }

}  // namespace highwater
