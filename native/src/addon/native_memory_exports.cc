// Recording native memory.

#include <optional>
#include <string>
#include <vector>

#include "addon/exports.h"
#include "addon/values.h"
#include "linux/alloc_hooks.h"

namespace highwater {
namespace {

napi_value StartNative(Arguments arguments) {
  if (!Held(arguments)) return nullptr;
  const std::optional<Detail> detail = arguments.RecordingDetail(0);
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

constexpr Export kExports[] = {
    {"startNative", Callback<StartNative>},
    {"readNative", Callback<ReadNative>},
    {"readNativeSites", Callback<ReadNativeSites>},
    {"stopNative", Callback<StopNative>},
    {"nativeHooks", Callback<NativeHooks>},
};

}  // namespace

std::span<const Export> NativeMemoryExports() { return kExports; }

}  // namespace highwater
