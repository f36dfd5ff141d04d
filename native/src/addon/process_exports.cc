// What the process and its event loop have.

#include <string>

#include "addon/event_loop.h"
#include "addon/exports.h"
#include "addon/last_words.h"
#include "addon/values.h"
#include "linux/allocator_stats.h"
#include "linux/process_memory.h"

namespace highwater {
namespace {

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

constexpr Export kExports[] = {
    {"processMemory", Callback<GetProcessMemory>},
    {"allocatorStats", Callback<GetAllocatorStats>},
    {"resetPeakRss", Callback<ResetPeak>},
    {"beforeEndingSignal", Callback<ListenBeforeEndingSignal>},
    {"hasWaitingTurn", Callback<GetHasWaitingTurn>},
    {"closingHandles", Callback<GetClosingHandles>},
};

}  // namespace

std::span<const Export> ProcessExports() { return kExports; }

}  // namespace highwater
