// Calls of the user's function, what they are measured in, and tests' windows.

#include <optional>
#include <string>
#include <vector>

#include "addon/body_caller.h"
#include "addon/exports.h"
#include "addon/values.h"
#include "linux/thread_state.h"
#include "v8/collection.h"
#include "v8/heap_reading.h"
#include "v8/settled_readings.h"

namespace highwater {
namespace {

constexpr char kPromiseCode[] = "HIGHWATER_PROMISE";

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
  Object value(env);
  value.Set("heap", Numbers(env, readings->bytes()));
  if (!native.empty()) value.Set("native", Numbers(env, native));
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

napi_value OpenTestWindow(Arguments arguments) {
  TestPlan plan;
  plan.native = arguments.RecordingDetail(0);
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

napi_value OpenHooksWindow(Arguments) {
  ThisSession().OpenHooksWindow();
  return nullptr;
}

napi_value CloseHooksWindow(Arguments arguments) {
  const std::optional<double> bytes = ThisSession().CloseHooksWindow();
  return bytes ? Number(arguments.env(), *bytes) : nullptr;
}

napi_value CloseTestWindow(Arguments arguments) {
  const std::optional<TestReading> reading = ThisSession().CloseTestWindow();
  return reading ? ToValue(arguments.env(), *reading) : nullptr;
}

napi_value EndTestWindows(Arguments) {
  ThisSession().EndTestWindows();
  return nullptr;
}

constexpr Export kExports[] = {
    {"acquire", Callback<Acquire>},
    {"release", Callback<Release>},
    {"pinTier", Callback<PinTier>},
    {"unpinTier", Callback<UnpinTier>},
    {"collectGarbage", Callback<CollectGarbage>},
    {"settle", Callback<SettleHeap>},
    {"usedHeapBytes", Callback<UsedHeap>},
    {"call", Callback<Call>},
    {"openByteWindow", Callback<OpenByteWindow>},
    {"closeByteWindow", Callback<CloseByteWindow>},
    {"callInByteWindow", Callback<CallInByteWindow>},
    {"callInSettledRounds", Callback<CallInSettledRounds>},
    {"openPeakWindow", Callback<OpenPeakWindow>},
    {"closePeakWindow", Callback<ClosePeakWindow>},
    {"callInPeakWindow", Callback<CallInPeakWindow>},
    {"callSampled", Callback<CallSampled>},
    {"startSampling", Callback<StartSampling>},
    {"readSampling", Callback<ReadSampling>},
    {"stopSampling", Callback<StopSampling>},
    {"openTestWindow", Callback<OpenTestWindow>},
    {"closeTestWindow", Callback<CloseTestWindow>},
    {"bodyCaller", Callback<MakeBodyCaller>},
    {"unmeasured", Callback<MakeUnmeasured>},
    {"openHooksWindow", Callback<OpenHooksWindow>},
    {"closeHooksWindow", Callback<CloseHooksWindow>},
    {"endTestWindows", Callback<EndTestWindows>},
};

}  // namespace

std::span<const Export> MeasuringExports() { return kExports; }

}  // namespace highwater
