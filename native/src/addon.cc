// JS <-> C++ conversion and the export table. The contract is index.d.ts.

#include <napi.h>
#include <node_version.h>
#include <v8.h>

#include <optional>
#include <string>
#include <vector>

#include "linux/process_memory.h"
#include "session.h"
#include "v8/collection.h"
#include "v8/heap_reading.h"
#include "v8/settled_readings.h"

namespace highwater {
namespace {

using Info = const Napi::CallbackInfo&;

Session& ThisSession() {
  return Session::ForThisThread(v8::Isolate::GetCurrent());
}

Napi::Value Throw(Napi::Env env, const char* message) {
  Napi::Error::New(env, message).ThrowAsJavaScriptException();
  return env.Undefined();
}

// Collecting without our flags would abort the process.
bool Held(Napi::Env env) {
  if (ThisSession().held()) return true;
  Throw(env, "highwater: acquire() must come first");
  return false;
}

std::size_t SizeOf(const Napi::Value& value) {
  const double size = value.ToNumber().DoubleValue();
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

LookPlan PlanOf(const Napi::Value& value) {
  const Napi::Object plan = value.ToObject();
  return {SizeOf(plan.Get("everyBytes")), SizeOf(plan.Get("fromBytes")),
          SizeOf(plan.Get("toBytes"))};
}

Napi::Object ToObject(Napi::Env env, const ByteWindow& window) {
  Napi::Object object = Napi::Object::New(env);
  object["allocatedBytes"] = window.allocated_bytes;
  object["peakUsedBytes"] = window.peak_used_bytes;
  object["minorGcCount"] = window.minor_gc_count;
  object["majorGcCount"] = window.major_gc_count;
  object["gcPauseMs"] = window.gc_pause_ms;
  return object;
}

Napi::Object ToObject(Napi::Env env, const PeakWindow& window) {
  Napi::Object object = Napi::Object::New(env);
  object["peakLiveBytes"] = window.peak_live_bytes;
  object["peakAtBytes"] = window.peak_at_bytes;
  object["lookCount"] = window.look_count;
  return object;
}

Napi::Value ToValue(Napi::Env env, const Reading& reading) {
  if (reading.ok()) {
    return Napi::Number::New(env, static_cast<double>(reading.value));
  }
  Napi::Object object = Napi::Object::New(env);
  object["unavailable"] = reading.unavailable;
  return object;
}

Napi::Array ToColumns(Napi::Env env,
                      const std::vector<std::vector<double>>& readings,
                      std::size_t rows) {
  Napi::Array columns = Napi::Array::New(env, readings.size());
  for (std::size_t i = 0; i < readings.size(); ++i) {
    Napi::Float64Array column = Napi::Float64Array::New(env, rows);
    for (std::size_t row = 0; row < rows; ++row) {
      column[row] = row < readings[i].size() ? readings[i][row] : 0;
    }
    columns[static_cast<std::uint32_t>(i)] = column;
  }
  return columns;
}

Napi::Object ToObject(Napi::Env env, const Profile& profile) {
  Napi::Array nodes = Napi::Array::New(env, profile.nodes.size());
  for (std::size_t i = 0; i < profile.nodes.size(); ++i) {
    const ProfileNode& node = profile.nodes[i];
    Napi::Object object = Napi::Object::New(env);
    object["parent"] = node.parent;
    object["functionName"] = node.function_name;
    object["scriptName"] = node.script_name;
    object["scriptId"] = node.script_id;
    object["line"] = node.line;
    object["column"] = node.column;
    nodes[static_cast<std::uint32_t>(i)] = object;
  }
  Napi::Object object = Napi::Object::New(env);
  object["nodes"] = nodes;
  object["counts"] = ToColumns(env, profile.counts, profile.nodes.size());
  object["bytes"] = ToColumns(env, profile.bytes, profile.nodes.size());
  return object;
}

constexpr char kPromiseCode[] = "HIGHWATER_PROMISE";

// Calls info[0] and drops its results at once. False at the first call that did
// not return, whose exception is pending unless a worker is being terminated;
// and at the first that returned a promise, which nobody here could await.
[[nodiscard]] bool CallMany(Info info, double calls) {
  const Napi::Function function = info[0].As<Napi::Function>();
  const Napi::Env env = info.Env();
  const napi_value undefined = env.Undefined();
  for (double i = 0; i < calls; ++i) {
    const Napi::HandleScope scope(env);
    napi_value result;
    if (napi_call_function(env, undefined, function, 0, nullptr, &result) !=
        napi_ok) {
      return false;
    }
    bool is_promise = false;
    if (napi_is_promise(env, result, &is_promise) == napi_ok && is_promise) {
      napi_throw_error(env, kPromiseCode, "the function returned a promise");
      return false;
    }
  }
  return true;
}

Napi::Value Acquire(Info info) {
  return Napi::Boolean::New(info.Env(), ThisSession().Acquire());
}

void Release(Info) { ThisSession().Release(); }

void PinTier(Info) { ThisSession().PinTier(); }

void UnpinTier(Info) { ThisSession().UnpinTier(); }

void CollectGarbage(Info info) {
  if (!Held(info.Env())) return;
  if (info[0].ToString().Utf8Value() == "minor") {
    CollectMinor(v8::Isolate::GetCurrent());
  } else {
    CollectFull(v8::Isolate::GetCurrent());
  }
}

Napi::Value SettleHeap(Info info) {
  if (!Held(info.Env())) return {};
  return Napi::Number::New(
      info.Env(), static_cast<double>(Settle(v8::Isolate::GetCurrent())));
}

Napi::Value UsedHeap(Info info) {
  return Napi::Number::New(
      info.Env(),
      static_cast<double>(UsedHeapBytes(v8::Isolate::GetCurrent())));
}

void Call(Info info) { (void)CallMany(info, info[1].ToNumber().DoubleValue()); }

Napi::Value CloseByteWindow(Info info) {
  const std::optional<ByteWindow> window = ThisSession().CloseByteWindow();
  if (!window) return Throw(info.Env(), "highwater: no byte window is open");
  return ToObject(info.Env(), *window);
}

void OpenByteWindow(Info info) {
  if (Held(info.Env())) ThisSession().OpenByteWindow();
}

Napi::Value CallInByteWindow(Info info) {
  if (!Held(info.Env())) return {};
  const double calls = info[1].ToNumber().DoubleValue();
  ThisSession().OpenByteWindow();
  const bool returned = CallMany(info, calls);
  const std::optional<ByteWindow> window = ThisSession().CloseByteWindow();
  if (!returned || !window) return {};
  return ToObject(info.Env(), *window);
}

Napi::Value CallInSettledRounds(Info info) {
  const Napi::Env env = info.Env();
  if (!Held(env)) return {};
  const Napi::Array lengths = info[1].As<Napi::Array>();
  const bool until_flat = info[2].ToBoolean();
  std::vector<double> round_calls;
  for (std::uint32_t i = 0; i < lengths.Length(); ++i) {
    round_calls.push_back(lengths.Get(i).ToNumber().DoubleValue());
  }
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  SettledReadings readings(isolate, until_flat);
  for (const double calls : round_calls) {
    if (!CallMany(info, calls)) return {};
    readings.Read();
    if (readings.IsDecided()) break;
  }
  const std::vector<double>& bytes = readings.bytes();
  Napi::Array result = Napi::Array::New(env, bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    result[static_cast<std::uint32_t>(i)] = bytes[i];
  }
  return result;
}

Napi::Value ClosePeakWindow(Info info) {
  const std::optional<PeakWindow> window = ThisSession().ClosePeakWindow();
  if (!window) return Throw(info.Env(), "highwater: no peak window is open");
  return ToObject(info.Env(), *window);
}

void OpenPeakWindow(Info info) {
  if (!Held(info.Env())) return;
  ThisSession().OpenPeakWindow(PlanOf(info[0]));
}

Napi::Value CallInPeakWindow(Info info) {
  if (!Held(info.Env())) return {};
  ThisSession().OpenPeakWindow(PlanOf(info[1]));
  const bool returned = CallMany(info, 1);
  const std::optional<PeakWindow> window = ThisSession().ClosePeakWindow();
  if (!returned || !window) return {};
  return ToObject(info.Env(), *window);
}

Napi::Value CallSampled(Info info) {
  if (!Held(info.Env())) return {};
  const double calls = info[1].ToNumber().DoubleValue();
  const int depth = info[2].ToNumber().Int32Value();
  Session& session = ThisSession();
  if (!session.StartSampling(Keep::kAll, depth)) {
    return info.Env().Undefined();
  }
  const bool returned = CallMany(info, calls);
  session.ReadSampling();
  const Profile profile = session.StopSampling();
  if (!returned) return {};
  return ToObject(info.Env(), profile);
}

Napi::Value StartSampling(Info info) {
  if (!Held(info.Env())) return {};
  const Keep keep =
      info[0].ToString().Utf8Value() == "live" ? Keep::kLive : Keep::kAll;
  const int depth = info[1].ToNumber().Int32Value();
  return Napi::Boolean::New(info.Env(),
                            ThisSession().StartSampling(keep, depth));
}

Napi::Value ReadSampling(Info info) {
  return Napi::Number::New(info.Env(), ThisSession().ReadSampling());
}

Napi::Value StopSampling(Info info) {
  return ToObject(info.Env(), ThisSession().StopSampling());
}

Napi::Value GetProcessMemory(Info info) {
  const Napi::Env env = info.Env();
  const ProcessMemory memory = ReadProcessMemory();
  Napi::Object object = Napi::Object::New(env);
  object["rssBytes"] = ToValue(env, memory.rss_bytes);
  object["peakRssBytes"] = ToValue(env, memory.peak_rss_bytes);
  object["pssBytes"] = ToValue(env, memory.pss_bytes);
  object["ussBytes"] = ToValue(env, memory.uss_bytes);
  object["minorFaultCount"] = ToValue(env, memory.minor_fault_count);
  object["majorFaultCount"] = ToValue(env, memory.major_fault_count);
  return object;
}

Napi::Value ResetPeak(Info info) {
  const std::string why = ResetPeakRss();
  if (why.empty()) return info.Env().Undefined();
  return ToValue(info.Env(), Reading::Unavailable(why));
}

template <auto kFunction>
void Export(Napi::Object exports, const char* name) {
  exports[name] = Napi::Function::New<kFunction>(exports.Env(), name);
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Napi::Object build = Napi::Object::New(env);
  build["abi"] = NODE_MODULE_VERSION;
  build["v8"] = v8::V8::GetVersion();
  exports["build"] = build;
  Export<Acquire>(exports, "acquire");
  Export<Release>(exports, "release");
  Export<PinTier>(exports, "pinTier");
  Export<UnpinTier>(exports, "unpinTier");
  Export<CollectGarbage>(exports, "collectGarbage");
  Export<SettleHeap>(exports, "settle");
  Export<UsedHeap>(exports, "usedHeapBytes");
  Export<Call>(exports, "call");
  Export<CallInByteWindow>(exports, "callInByteWindow");
  Export<OpenByteWindow>(exports, "openByteWindow");
  Export<CloseByteWindow>(exports, "closeByteWindow");
  Export<CallInSettledRounds>(exports, "callInSettledRounds");
  Export<CallInPeakWindow>(exports, "callInPeakWindow");
  Export<OpenPeakWindow>(exports, "openPeakWindow");
  Export<ClosePeakWindow>(exports, "closePeakWindow");
  Export<CallSampled>(exports, "callSampled");
  Export<StartSampling>(exports, "startSampling");
  Export<ReadSampling>(exports, "readSampling");
  Export<StopSampling>(exports, "stopSampling");
  Export<GetProcessMemory>(exports, "processMemory");
  Export<ResetPeak>(exports, "resetPeakRss");
  return exports;
}

}  // namespace
}  // namespace highwater

// The macro pastes its second argument into a name, so that has no scope.
using highwater::Init;
NODE_API_MODULE(highwater, Init)
