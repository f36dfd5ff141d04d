// JS <-> C++ conversion and the export table. The contract is index.d.ts.
//
// Written with Node-API's C functions: in a worker that is being terminated
// every one of them may fail without an exception to show for it, and the C++
// wrapper ends the process then. Here a failed conversion is an absent value.

#include <node_api.h>
#include <node_version.h>
#include <v8.h>

#include <array>
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

constexpr char kPromiseCode[] = "HIGHWATER_PROMISE";
constexpr std::size_t kMostArguments = 3;

// What a function was called with. Missing arguments read as 0, "" or
// undefined.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    std::size_t count = values_.size();
    napi_get_cb_info(env, info, &count, values_.data(), nullptr, nullptr);
  }

  napi_env env() const { return env_; }
  napi_value operator[](std::size_t index) const { return values_[index]; }

  double Number(std::size_t index) const { return ToNumber(values_[index]); }

  std::size_t Size(const char* name) const {
    napi_value value = nullptr;
    napi_get_named_property(env_, values_[plan_index_], name, &value);
    const double size = ToNumber(value);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }

  LookPlan Plan(std::size_t index) {
    plan_index_ = index;
    return {Size("everyBytes"), Size("fromBytes"), Size("toBytes")};
  }

  bool Is(std::size_t index, const char* text) const {
    std::array<char, 16> buffer{};
    napi_get_value_string_utf8(env_, values_[index], buffer.data(),
                               buffer.size(), nullptr);
    return std::string(buffer.data()) == text;
  }

  bool Flag(std::size_t index) const {
    bool value = false;
    napi_get_value_bool(env_, values_[index], &value);
    return value;
  }

  std::vector<double> Numbers(std::size_t index) const {
    std::uint32_t length = 0;
    napi_get_array_length(env_, values_[index], &length);
    std::vector<double> numbers;
    for (std::uint32_t i = 0; i < length; ++i) {
      napi_value value = nullptr;
      napi_get_element(env_, values_[index], i, &value);
      numbers.push_back(ToNumber(value));
    }
    return numbers;
  }

 private:
  double ToNumber(napi_value value) const {
    double number = 0;
    if (value != nullptr) napi_get_value_double(env_, value, &number);
    return number;
  }

  napi_env env_;
  std::array<napi_value, kMostArguments> values_{};
  std::size_t plan_index_ = 0;
};

napi_value Number(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

napi_value Boolean(napi_env env, bool boolean) {
  napi_value value = nullptr;
  napi_get_boolean(env, boolean, &value);
  return value;
}

napi_value Text(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

// An object under construction.
class Object {
 public:
  explicit Object(napi_env env) : env_(env) {
    napi_create_object(env, &value_);
  }

  Object& Set(const char* name, napi_value value) {
    if (value_ != nullptr && value != nullptr) {
      napi_set_named_property(env_, value_, name, value);
    }
    return *this;
  }
  Object& Set(const char* name, double number) {
    return Set(name, Number(env_, number));
  }
  Object& Set(const char* name, const std::string& text) {
    return Set(name, Text(env_, text));
  }

  napi_value value() const { return value_; }

 private:
  napi_env env_;
  napi_value value_ = nullptr;
};

// An array of `size` values, each made by make(index).
template <typename Make>
napi_value Array(napi_env env, std::size_t size, Make make) {
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, size, &array) != napi_ok) {
    return nullptr;
  }
  for (std::size_t i = 0; i < size; ++i) {
    napi_value value = make(i);
    if (value != nullptr) {
      napi_set_element(env, array, static_cast<std::uint32_t>(i), value);
    }
  }
  return array;
}

napi_value ToValue(napi_env env, const ByteWindow& window) {
  return Object(env)
      .Set("allocatedBytes", window.allocated_bytes)
      .Set("peakUsedBytes", window.peak_used_bytes)
      .Set("minorGcCount", window.minor_gc_count)
      .Set("majorGcCount", window.major_gc_count)
      .Set("gcPauseMs", window.gc_pause_ms)
      .value();
}

napi_value ToValue(napi_env env, const PeakWindow& window) {
  return Object(env)
      .Set("peakLiveBytes", window.peak_live_bytes)
      .Set("peakAtBytes", window.peak_at_bytes)
      .Set("lookCount", window.look_count)
      .value();
}

napi_value ToValue(napi_env env, const Reading& reading) {
  if (reading.ok()) return Number(env, static_cast<double>(reading.value));
  return Object(env).Set("unavailable", reading.unavailable).value();
}

// A Float64Array of `rows` numbers; those beyond the column are 0.
napi_value ToColumn(napi_env env, const std::vector<double>& column,
                    std::size_t rows) {
  void* data = nullptr;
  napi_value buffer = nullptr;
  napi_value result = nullptr;
  if (napi_create_arraybuffer(env, rows * sizeof(double), &data, &buffer) !=
          napi_ok ||
      napi_create_typedarray(env, napi_float64_array, rows, buffer, 0,
                             &result) != napi_ok) {
    return nullptr;
  }
  auto* numbers = static_cast<double*>(data);
  for (std::size_t row = 0; row < rows; ++row) {
    numbers[row] = row < column.size() ? column[row] : 0;
  }
  return result;
}

napi_value ToValue(napi_env env, const Profile& profile) {
  const auto columns = [&](const std::vector<std::vector<double>>& readings) {
    return Array(env, readings.size(), [&](std::size_t i) {
      return ToColumn(env, readings[i], profile.nodes.size());
    });
  };
  const auto node = [&](std::size_t i) {
    const ProfileNode& from = profile.nodes[i];
    return Object(env)
        .Set("parent", from.parent)
        .Set("functionName", from.function_name)
        .Set("scriptName", from.script_name)
        .Set("scriptId", from.script_id)
        .Set("line", from.line)
        .Set("column", from.column)
        .value();
  };
  return Object(env)
      .Set("nodes", Array(env, profile.nodes.size(), node))
      .Set("counts", columns(profile.counts))
      .Set("bytes", columns(profile.bytes))
      .value();
}

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

// Calls the first argument and drops its results at once. False at the first
// call that did not return, whose exception is pending unless a worker is being
// terminated; and at the first that returned a promise, which nobody here could
// await.
[[nodiscard]] bool CallMany(const Arguments& arguments, double calls) {
  const napi_env env = arguments.env();
  napi_value undefined = nullptr;
  if (napi_get_undefined(env, &undefined) != napi_ok) return false;
  for (double i = 0; i < calls; ++i) {
    napi_handle_scope scope = nullptr;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
    napi_value result = nullptr;
    const bool returned = napi_call_function(env, undefined, arguments[0], 0,
                                             nullptr, &result) == napi_ok;
    bool is_promise = false;
    if (returned) napi_is_promise(env, result, &is_promise);
    napi_close_handle_scope(env, scope);
    if (!returned) return false;
    if (is_promise) {
      napi_throw_error(env, kPromiseCode, "the function returned a promise");
      return false;
    }
  }
  return true;
}

napi_value Acquire(Arguments arguments) {
  return Boolean(arguments.env(), ThisSession().Acquire());
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
  const std::optional<ByteWindow> window = ThisSession().CloseByteWindow();
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
  const std::optional<ByteWindow> window = ThisSession().CloseByteWindow();
  if (!returned || !window) return nullptr;
  return ToValue(arguments.env(), *window);
}

napi_value CallInSettledRounds(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  const napi_env env = arguments.env();
  const std::vector<double> lengths = arguments.Numbers(1);
  SettledReadings readings(v8::Isolate::GetCurrent(), arguments.Flag(2));
  for (const double calls : lengths) {
    if (!CallMany(arguments, calls)) return nullptr;
    readings.Read();
    if (readings.IsDecided()) break;
  }
  const std::vector<double>& bytes = readings.bytes();
  return Array(env, bytes.size(),
               [&](std::size_t i) { return Number(env, bytes[i]); });
}

napi_value OpenPeakWindow(Arguments arguments) {
  if (Held(arguments)) ThisSession().OpenPeakWindow(arguments.Plan(0));
  return nullptr;
}

napi_value ClosePeakWindow(Arguments arguments) {
  const std::optional<PeakWindow> window = ThisSession().ClosePeakWindow();
  if (window) return ToValue(arguments.env(), *window);
  napi_throw_error(arguments.env(), nullptr,
                   "highwater: no peak window is open");
  return nullptr;
}

napi_value CallInPeakWindow(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  ThisSession().OpenPeakWindow(arguments.Plan(1));
  const bool returned = CallMany(arguments, 1);
  const std::optional<PeakWindow> window = ThisSession().ClosePeakWindow();
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

napi_value GetProcessMemory(Arguments arguments) {
  const napi_env env = arguments.env();
  const ProcessMemory memory = ReadProcessMemory();
  return Object(env)
      .Set("rssBytes", ToValue(env, memory.rss_bytes))
      .Set("peakRssBytes", ToValue(env, memory.peak_rss_bytes))
      .Set("pssBytes", ToValue(env, memory.pss_bytes))
      .Set("ussBytes", ToValue(env, memory.uss_bytes))
      .Set("minorFaultCount", ToValue(env, memory.minor_fault_count))
      .Set("majorFaultCount", ToValue(env, memory.major_fault_count))
      .value();
}

napi_value ResetPeak(Arguments arguments) {
  const std::string why = ResetPeakRss();
  if (why.empty()) return nullptr;
  return ToValue(arguments.env(), Reading::Unavailable(why));
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
    {"processMemory", Callback<GetProcessMemory>},
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
