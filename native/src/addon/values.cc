#include "values.h"

namespace highwater {
namespace {

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

const char* NameOf(CollectionKind kind) {
  switch (kind) {
    case CollectionKind::kArray:
      return "Array";
    case CollectionKind::kMap:
      return "Map";
    case CollectionKind::kSet:
      return "Set";
  }
  return "";
}

Object ToObject(napi_env env, const Profile& profile) {
  const auto columns = [&](const std::vector<std::vector<double>>& readings) {
    return Array(env, readings.size(), [&](std::size_t i) {
      return ToColumn(env, readings[i], profile.nodes.size());
    });
  };
  const auto node = [&](std::size_t i) {
    const ProfileNode& from = profile.nodes[i];
    Object object(env);
    object.Set("parent", from.parent)
        .Set("functionName", from.function_name)
        .Set("scriptName", from.script_name)
        .Set("scriptId", from.script_id)
        .Set("line", from.line)
        .Set("column", from.column);
    if (!from.module.empty()) object.Set("module", from.module);
    return object.value();
  };
  return Object(env)
      .Set("nodes", Array(env, profile.nodes.size(), node))
      .Set("counts", columns(profile.counts))
      .Set("bytes", columns(profile.bytes));
}

}  // namespace

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

napi_value Numbers(napi_env env, const std::vector<double>& numbers) {
  return Array(env, numbers.size(),
               [&](std::size_t i) { return Number(env, numbers[i]); });
}

napi_value ToValue(napi_env env, const SessionWindow& window) {
  const ByteWindow& heap = window.heap;
  Object value(env);
  value.Set("allocatedBytes", heap.allocated_bytes)
      .Set("peakUsedBytes", heap.peak_used_bytes)
      .Set("minorGcCount", heap.minor_gc_count)
      .Set("majorGcCount", heap.major_gc_count)
      .Set("gcPauseMs", heap.gc_pause_ms);
  if (window.native) value.Set("native", ToValue(env, *window.native));
  return value.value();
}

napi_value ToValue(napi_env env, const NativeReading& reading) {
  return Object(env)
      .Set("allocatedBytes", static_cast<double>(reading.allocated_bytes))
      .Set("allocatedCount", static_cast<double>(reading.allocated_count))
      .Set("liveBytes", static_cast<double>(reading.live_bytes))
      .Set("liveCount", static_cast<double>(reading.live_count))
      .Set("peakBytes", static_cast<double>(reading.peak_bytes))
      .Set("olderFreedBytes", static_cast<double>(reading.older_freed_bytes))
      .Set("heldBytes", reading.HeldBytes())
      .Set("mappedBytes", static_cast<double>(reading.mapped_bytes))
      .Set("mappedPeakBytes", static_cast<double>(reading.mapped_peak_bytes))
      .value();
}

napi_value ToValue(napi_env env, const TestReading& reading) {
  Object value(env);
  value.Set("isInterrupted", Boolean(env, reading.is_interrupted));
  if (reading.is_interrupted) return value.value();
  value.Set("allocatedBytes", reading.heap.allocated_bytes)
      .Set("peakUsedBytes", reading.heap.peak_used_bytes)
      .Set("gcPauseMs", reading.heap.gc_pause_ms)
      .Set("drawsRandom", Boolean(env, reading.draws_random))
      .Set("peakRssBytes", ToValue(env, reading.peak_rss_bytes));
  if (reading.peak_live_bytes) {
    value.Set("peakLiveBytes", *reading.peak_live_bytes);
  }
  if (reading.native) value.Set("native", ToValue(env, *reading.native));
  if (reading.profile) value.Set("profile", ToValue(env, *reading.profile));
  if (!reading.native_unavailable.empty()) {
    value.Set("nativeUnavailable", reading.native_unavailable);
  }
  return value.value();
}

napi_value ToValue(napi_env env, const SessionPeakWindow& window) {
  return Object(env)
      .Set("peakLiveBytes", window.heap.peak_live_bytes)
      .Set("peakAtBytes", window.heap.peak_at_bytes)
      .Set("lookCount", window.heap.look_count)
      .Set("largestObjectBytes", window.largest_object_bytes)
      .value();
}

napi_value ToValue(napi_env env, const Reading& reading) {
  if (reading.ok()) return Number(env, static_cast<double>(reading.value));
  return Object(env).Set("unavailable", reading.unavailable).value();
}

napi_value ToValue(napi_env env, const Profile& profile) {
  return ToObject(env, profile).value();
}

napi_value ToValue(napi_env env, const NativeProfile& finished) {
  const NamedStacks& stacks = finished.stacks;
  return ToObject(env, finished.profile)
      .Set("unnamedCount", static_cast<double>(stacks.unnamed_count))
      .Set("askedCount", static_cast<double>(stacks.asked_count))
      .Set("mistakenCount", static_cast<double>(stacks.mistaken_count))
      .Set("hasInnermostLines", Boolean(env, stacks.has_innermost_lines))
      .value();
}

napi_value ToValue(napi_env env, const ProcessMemory& memory) {
  return Object(env)
      .Set("rssBytes", ToValue(env, memory.rss_bytes))
      .Set("peakRssBytes", ToValue(env, memory.peak_rss_bytes))
      .Set("pssBytes", ToValue(env, memory.pss_bytes))
      .Set("ussBytes", ToValue(env, memory.uss_bytes))
      .Set("sharedBytes", ToValue(env, memory.shared_bytes))
      .Set("swapBytes", ToValue(env, memory.swap_bytes))
      .Set("minorFaultCount", ToValue(env, memory.minor_fault_count))
      .Set("majorFaultCount", ToValue(env, memory.major_fault_count))
      .value();
}

napi_value ToValue(napi_env env, const AllocatorStats& stats) {
  if (!stats.unavailable.empty()) {
    return ToValue(env, Reading::Unavailable(stats.unavailable));
  }
  return Object(env)
      .Set("arenaBytes", static_cast<double>(stats.arena_bytes))
      .Set("arenaCount", static_cast<double>(stats.arena_count))
      .Set("inUseBytes", static_cast<double>(stats.in_use_bytes))
      .Set("freeBytes", static_cast<double>(stats.free_bytes))
      .Set("trimmableBytes", static_cast<double>(stats.trimmable_bytes))
      .Set("mappedBytes", static_cast<double>(stats.mapped_bytes))
      .Set("mappedCount", static_cast<double>(stats.mapped_count))
      .value();
}

napi_value ToValue(napi_env env,
                   const std::vector<GrowingCollection>& collections) {
  const auto collection = [&](std::size_t i) {
    const GrowingCollection& from = collections[i];
    return Object(env)
        .Set("id", static_cast<double>(from.id))
        .Set("kind", NameOf(from.kind))
        .Set("sizes",
             Array(env, from.sizes.size(),
                   [&](std::size_t at) { return Number(env, from.sizes[at]); }))
        .value();
  };
  return Array(env, collections.size(), collection);
}

}  // namespace highwater
