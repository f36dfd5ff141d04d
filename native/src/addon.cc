// The export table: what the addon does for JavaScript. The contract is
// index.d.ts; values are converted in addon/.

#include <node_api.h>
#include <node_version.h>
#include <v8.h>

#include <optional>
#include <string>
#include <vector>

#include "addon/arguments.h"
#include "addon/event_loop.h"
#include "addon/heap_graph_value.h"
#include "addon/last_words.h"
#include "addon/values.h"
#include "linux/alloc_hooks.h"
#include "linux/allocator_stats.h"
#include "linux/process_memory.h"
#include "linux/thread_state.h"
#include "linux/wasm_regions.h"
#include "session.h"
#include "v8/collection.h"
#include "v8/heap_reading.h"
#include "v8/own_keys.h"
#include "v8/settled_readings.h"
#include "v8/wasm_memory.h"

namespace highwater {
namespace {

constexpr char kPromiseCode[] = "HIGHWATER_PROMISE";

Session& ThisSession() {
  return Session::ForThisThread(v8::Isolate::GetCurrent());
}

// Collecting without our flags would abort the process.
bool Held(const Arguments& arguments) {
  if (ThisSession().held()) return true;
  napi_throw_error(arguments.env(), nullptr,
                   "highwater: acquire() must come first");
  return false;
}

bool OpenQuietly(napi_env env, napi_handle_scope* scope) {
  const QuietScope quiet;
  return napi_open_handle_scope(env, scope) == napi_ok;
}

void CloseQuietly(napi_env env, napi_handle_scope scope) {
  const QuietScope quiet;
  napi_close_handle_scope(env, scope);
}

// Calls the first argument and drops its results at once. False at the first
// call that did not return, whose exception is pending unless a worker is being
// terminated; and at the first that returned a promise, which nobody here could
// await.
[[nodiscard]] bool CallMany(const Arguments& arguments, double calls) {
  const napi_env env = arguments.env();
  napi_value undefined = nullptr;
  if (napi_get_undefined(env, &undefined) != napi_ok) return false;
  for (double i = 0; i < calls; ++i) {
    // Node-API allocates a block for each scope.
    napi_handle_scope scope = nullptr;
    if (!OpenQuietly(env, &scope)) return false;
    napi_value result = nullptr;
    const bool returned = napi_call_function(env, undefined, arguments[0], 0,
                                             nullptr, &result) == napi_ok;
    bool is_promise = false;
    if (returned) napi_is_promise(env, result, &is_promise);
    CloseQuietly(env, scope);
    if (!returned) return false;
    if (is_promise) {
      napi_throw_error(env, kPromiseCode, "the function returned a promise");
      return false;
    }
  }
  return true;
}

napi_value Acquire(Arguments arguments) {
  return Boolean(arguments.env(), ThisSession().Acquire(arguments.Flag(0)));
}

napi_value Release(Arguments) {
  ThisSession().Release();
  return nullptr;
}

napi_value PinTier(Arguments) {
  ThisSession().PinTier();
  return nullptr;
}

napi_value UnpinTier(Arguments) {
  ThisSession().UnpinTier();
  return nullptr;
}

napi_value CollectGarbage(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  if (arguments.Is(0, "minor")) {
    CollectMinor(v8::Isolate::GetCurrent());
  } else {
    CollectFull(v8::Isolate::GetCurrent());
  }
  return nullptr;
}

napi_value SettleHeap(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  return Number(arguments.env(),
                static_cast<double>(Settle(v8::Isolate::GetCurrent())));
}

napi_value UsedHeap(Arguments arguments) {
  return Number(arguments.env(),
                static_cast<double>(UsedHeapBytes(v8::Isolate::GetCurrent())));
}

napi_value Call(Arguments arguments) {
  (void)CallMany(arguments, arguments.Number(1));
  return nullptr;
}

napi_value OpenByteWindow(Arguments arguments) {
  if (Held(arguments)) ThisSession().OpenByteWindow();
  return nullptr;
}

napi_value CloseByteWindow(Arguments arguments) {
  const std::optional<SessionWindow> window = ThisSession().CloseByteWindow();
  if (window) return ToValue(arguments.env(), *window);
  napi_throw_error(arguments.env(), nullptr,
                   "highwater: no byte window is open");
  return nullptr;
}

napi_value CallInByteWindow(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  const double calls = arguments.Number(1);
  ThisSession().OpenByteWindow();
  const bool returned = CallMany(arguments, calls);
  const std::optional<SessionWindow> window = ThisSession().CloseByteWindow();
  if (!returned || !window) return nullptr;
  return ToValue(arguments.env(), *window);
}

napi_value CallInSettledRounds(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  const napi_env env = arguments.env();
  Session& session = ThisSession();
  const std::vector<double> lengths = arguments.Numbers(1);
  const bool until_flat = arguments.Flag(2);
  std::vector<double> native;
  std::optional<SettledReadings> readings;
  const auto read = [&] {
    const QuietScope quiet;
    if (readings) {
      readings->Read();
    } else {
      readings.emplace(session.isolate(), until_flat);
    }
    if (!session.ReadNative()) return;
    // A collection leaves the stores of dead ArrayBuffers to another thread;
    // the next one waits for it.
    if (!until_flat) CollectFull(session.isolate());
    native.push_back(session.ReadNative()->HeldBytes());
  };
  read();
  for (const double calls : lengths) {
    if (!CallMany(arguments, calls)) return nullptr;
    read();
    if (readings->IsDecided()) break;
  }
  const auto to_array = [&](const std::vector<double>& numbers) {
    return Array(env, numbers.size(),
                 [&](std::size_t i) { return Number(env, numbers[i]); });
  };
  Object value(env);
  value.Set("heap", to_array(readings->bytes()));
  if (!native.empty()) value.Set("native", to_array(native));
  return value.value();
}

napi_value OpenPeakWindow(Arguments arguments) {
  if (Held(arguments)) ThisSession().OpenPeakWindow(arguments.Plan(0));
  return nullptr;
}

napi_value ClosePeakWindow(Arguments arguments) {
  const std::optional<SessionPeakWindow> window =
      ThisSession().ClosePeakWindow();
  if (window) return ToValue(arguments.env(), *window);
  napi_throw_error(arguments.env(), nullptr,
                   "highwater: no peak window is open");
  return nullptr;
}

napi_value CallInPeakWindow(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  ThisSession().OpenPeakWindow(arguments.Plan(1));
  const bool returned = CallMany(arguments, 1);
  const std::optional<SessionPeakWindow> window =
      ThisSession().ClosePeakWindow();
  if (!returned || !window) return nullptr;
  return ToValue(arguments.env(), *window);
}

napi_value CallSampled(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  Session& session = ThisSession();
  const int depth = static_cast<int>(arguments.Number(2));
  if (!session.StartSampling(Keep::kAll, depth)) return nullptr;
  const bool returned = CallMany(arguments, arguments.Number(1));
  session.ReadSampling();
  const Profile profile = session.StopSampling();
  return returned ? ToValue(arguments.env(), profile) : nullptr;
}

napi_value StartSampling(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  const Keep keep = arguments.Is(0, "live") ? Keep::kLive : Keep::kAll;
  const int depth = static_cast<int>(arguments.Number(1));
  return Boolean(arguments.env(), ThisSession().StartSampling(keep, depth));
}

napi_value ReadSampling(Arguments arguments) {
  return Number(arguments.env(), ThisSession().ReadSampling());
}

napi_value StopSampling(Arguments arguments) {
  return ToValue(arguments.env(), ThisSession().StopSampling());
}

napi_value MarkObjects(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  return Number(arguments.env(), ThisSession().MarkObjects(arguments.Flag(0)));
}

napi_value ObjectId(Arguments arguments) {
  if (arguments[0] == nullptr) return nullptr;
  const std::uint32_t id = ThisSession().IdOf(ToV8(arguments[0]));
  return id == 0 ? nullptr : Number(arguments.env(), id);
}

napi_value Numbers(napi_env env, const std::vector<double>& numbers) {
  return Array(env, numbers.size(),
               [&](std::size_t i) { return Number(env, numbers[i]); });
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

std::optional<Detail> DetailOf(const Arguments& arguments, std::size_t index) {
  if (arguments.Is(index, "counters")) return Detail::kCounters;
  if (arguments.Is(index, "blocks")) return Detail::kBlocks;
  if (arguments.Is(index, "stacks")) return Detail::kStacks;
  return std::nullopt;
}

napi_value StartNative(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  const std::optional<Detail> detail = DetailOf(arguments, 0);
  if (!detail) {
    napi_throw_error(arguments.env(), nullptr,
                     "highwater: startNative takes 'counters', 'blocks' or "
                     "'stacks'");
    return nullptr;
  }
  NativePlan plan;
  plan.detail = *detail;
  plan.depth = static_cast<int>(arguments.Number(1));
  plan.with_inlining = arguments.Flag(2);
  plan.with_native_frames = arguments.Flag(3);
  const std::string why = ThisSession().StartNative(plan);
  if (why.empty()) return nullptr;
  return ToValue(arguments.env(), Reading::Unavailable(why));
}

napi_value ReadNative(Arguments arguments) {
  const std::optional<NativeReading> reading = ThisSession().ReadNative();
  return reading ? ToValue(arguments.env(), *reading) : nullptr;
}

napi_value ReadNativeSites(Arguments arguments) {
  const SiteNumber number = arguments.Is(0, "live")   ? SiteNumber::kLive
                            : arguments.Is(0, "peak") ? SiteNumber::kAtPeak
                                                      : SiteNumber::kAllocated;
  ThisSession().ReadNativeSites(number);
  return nullptr;
}

napi_value StopNative(Arguments arguments) {
  const NativeProfile finished = ThisSession().StopNative();
  if (finished.profile.nodes.empty()) return nullptr;
  return ToValue(arguments.env(), finished);
}

napi_value OpenTestWindow(Arguments arguments) {
  TestPlan plan;
  plan.native = DetailOf(arguments, 0);
  const double look_from_bytes = arguments.Number(1);
  if (look_from_bytes > 0) {
    plan.look_from_bytes = static_cast<std::size_t>(look_from_bytes);
  }
  plan.is_exact = arguments.Is(2, "full");
  plan.is_young_first = arguments.Is(2, "young");
  const double interval_bytes = arguments.Number(3);
  if (interval_bytes >= 1) {
    plan.sampling_interval_bytes = static_cast<std::uint64_t>(interval_bytes);
  }
  ThisSession().OpenTestWindow(plan);
  return nullptr;
}

napi_value CloseTestWindow(Arguments arguments) {
  const std::optional<TestReading> reading = ThisSession().CloseTestWindow();
  return reading ? ToValue(arguments.env(), *reading) : nullptr;
}

napi_value EndTestWindows(Arguments) {
  ThisSession().EndTestWindows();
  return nullptr;
}

napi_value NativeHooks(Arguments arguments) {
  const napi_env env = arguments.env();
  const HookState state = ReadHookState();
  const std::vector<std::string> slots = DescribeHooks();
  return Object(env)
      .Set("slotCount", static_cast<double>(state.slot_count))
      .Set("refusedCount", static_cast<double>(state.refused_count))
      .Set("slots", Array(env, slots.size(),
                          [&](std::size_t i) { return Text(env, slots[i]); }))
      .Set("v8Internal", ToValue(env, Tracker().ReadV8()))
      .Set("unattributed", ToValue(env, Tracker().ReadUnattributed()))
      .value();
}

napi_value GetProcessMemory(Arguments arguments) {
  return ToValue(arguments.env(), ReadProcessMemory());
}

napi_value GetAllocatorStats(Arguments arguments) {
  return ToValue(arguments.env(), ReadAllocatorStats());
}

napi_value ResetPeak(Arguments arguments) {
  const std::string why = ResetPeakRss();
  if (why.empty()) return nullptr;
  return ToValue(arguments.env(), Reading::Unavailable(why));
}

napi_value ListenBeforeEndingSignal(Arguments arguments) {
  BeforeEndingSignal(arguments.env(), arguments[0], arguments.Number(1));
  return nullptr;
}

napi_value GetHasWaitingTurn(Arguments arguments) {
  return Boolean(arguments.env(), HasWaitingTurn(arguments.env()));
}

napi_value GetClosingHandles(Arguments arguments) {
  const ClosingHandles closing = CountClosingHandles(arguments.env());
  Object counts(arguments.env());
  for (std::size_t type = 0; type < closing.size(); ++type) {
    if (closing[type] == 0) continue;
    counts.Set(uv_handle_type_name(static_cast<uv_handle_type>(type)),
               static_cast<double>(closing[type]));
  }
  return counts.value();
}

template <napi_value (*kFunction)(Arguments)>
napi_value Callback(napi_env env, napi_callback_info info) {
  return kFunction(Arguments(env, info));
}

struct Export {
  const char* name;
  napi_callback callback;
};

constexpr Export kExports[] = {
    {"acquire", Callback<Acquire>},
    {"release", Callback<Release>},
    {"pinTier", Callback<PinTier>},
    {"unpinTier", Callback<UnpinTier>},
    {"collectGarbage", Callback<CollectGarbage>},
    {"settle", Callback<SettleHeap>},
    {"usedHeapBytes", Callback<UsedHeap>},
    {"call", Callback<Call>},
    {"callInByteWindow", Callback<CallInByteWindow>},
    {"openByteWindow", Callback<OpenByteWindow>},
    {"closeByteWindow", Callback<CloseByteWindow>},
    {"callInSettledRounds", Callback<CallInSettledRounds>},
    {"callInPeakWindow", Callback<CallInPeakWindow>},
    {"openPeakWindow", Callback<OpenPeakWindow>},
    {"closePeakWindow", Callback<ClosePeakWindow>},
    {"callSampled", Callback<CallSampled>},
    {"startSampling", Callback<StartSampling>},
    {"readSampling", Callback<ReadSampling>},
    {"stopSampling", Callback<StopSampling>},
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
    {"startNative", Callback<StartNative>},
    {"readNative", Callback<ReadNative>},
    {"readNativeSites", Callback<ReadNativeSites>},
    {"stopNative", Callback<StopNative>},
    {"openTestWindow", Callback<OpenTestWindow>},
    {"closeTestWindow", Callback<CloseTestWindow>},
    {"endTestWindows", Callback<EndTestWindows>},
    {"nativeHooks", Callback<NativeHooks>},
    {"closingHandles", Callback<GetClosingHandles>},
    {"hasWaitingTurn", Callback<GetHasWaitingTurn>},
    {"beforeEndingSignal", Callback<ListenBeforeEndingSignal>},
    {"processMemory", Callback<GetProcessMemory>},
    {"allocatorStats", Callback<GetAllocatorStats>},
    {"resetPeakRss", Callback<ResetPeak>},
};

napi_value Init(napi_env env, napi_value exports) {
  for (const Export& entry : kExports) {
    napi_value function = nullptr;
    napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback,
                         nullptr, &function);
    napi_set_named_property(env, exports, entry.name, function);
  }
  napi_set_named_property(env, exports, "build",
                          Object(env)
                              .Set("abi", NODE_MODULE_VERSION)
                              .Set("v8", std::string(v8::V8::GetVersion()))
                              .value());
  return exports;
}

}  // namespace
}  // namespace highwater

NAPI_MODULE_INIT() { return highwater::Init(env, exports); }
