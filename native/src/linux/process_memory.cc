#include "process_memory.h"

#include <charconv>
#include <cstdio>
#include <optional>

#include "linux/proc_file.h"

namespace highwater {
namespace {

constexpr char kStatus[] = "/proc/self/status";
constexpr char kSmapsRollup[] = "/proc/self/smaps_rollup";
constexpr char kStat[] = "/proc/self/stat";
constexpr char kClearRefs[] = "/proc/self/clear_refs";

std::optional<std::uint64_t> ParseUnsigned(std::string_view text) {
  std::uint64_t value = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

std::string_view SkipBlanks(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t");
  return start == std::string_view::npos ? std::string_view{}
                                         : text.substr(start);
}

Reading Sum(const Reading& a, const Reading& b) {
  if (!a.ok()) return a;
  if (!b.ok()) return b;
  return Reading::Of(a.value + b.value);
}

}  // namespace

Reading ParseKilobyteField(std::string_view text, std::string_view field,
                           std::string_view source) {
  const std::string label = std::string(field) + ":";
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    const std::string_view line = text.substr(at, end - at);
    if (line.substr(0, label.size()) == label) {
      const auto value = ParseUnsigned(SkipBlanks(line.substr(label.size())));
      if (value.has_value()) return Reading::Of(*value * 1024);
      break;
    }
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return Reading::Unavailable(std::string(source) + " has no readable " +
                              std::string(field));
}

void ParseFaults(std::string_view stat, Reading* minor, Reading* major) {
  *minor = *major = Reading::Unavailable(std::string(kStat) +
                                         " is not in the form proc(5) gives");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return;
  std::string_view rest = stat.substr(name_end + 1);
  for (int field = 3; !(rest = SkipBlanks(rest)).empty(); ++field) {
    const std::size_t end = rest.find_first_of(" \n");
    const auto value = ParseUnsigned(rest.substr(0, end));
    if (field == 10 && value.has_value()) *minor = Reading::Of(*value);
    if (field == 12 && value.has_value()) *major = Reading::Of(*value);
    if (end == std::string_view::npos || field == 12) return;
    rest = rest.substr(end + 1);
  }
}

ProcessMemory ReadProcessMemory() {
  ProcessMemory memory;
  std::string why;
  if (const auto status = ReadFile(kStatus, &why)) {
    memory.rss_bytes = ParseKilobyteField(*status, "VmRSS", kStatus);
    memory.peak_rss_bytes = ParseKilobyteField(*status, "VmHWM", kStatus);
  } else {
    memory.rss_bytes = memory.peak_rss_bytes = Reading::Unavailable(why);
  }
  if (const auto rollup = ReadFile(kSmapsRollup, &why)) {
    memory.pss_bytes = ParseKilobyteField(*rollup, "Pss", kSmapsRollup);
    memory.uss_bytes =
        Sum(ParseKilobyteField(*rollup, "Private_Clean", kSmapsRollup),
            ParseKilobyteField(*rollup, "Private_Dirty", kSmapsRollup));
    memory.shared_bytes =
        Sum(ParseKilobyteField(*rollup, "Shared_Clean", kSmapsRollup),
            ParseKilobyteField(*rollup, "Shared_Dirty", kSmapsRollup));
    memory.swap_bytes = ParseKilobyteField(*rollup, "Swap", kSmapsRollup);
  } else {
    memory.pss_bytes = memory.uss_bytes = memory.shared_bytes =
        memory.swap_bytes = Reading::Unavailable(why);
  }
  if (const auto stat = ReadFile(kStat, &why)) {
    ParseFaults(*stat, &memory.minor_fault_count, &memory.major_fault_count);
  } else {
    memory.minor_fault_count = memory.major_fault_count =
        Reading::Unavailable(why);
  }
  return memory;
}

Reading ReadPeakRss() {
  std::string why;
  const auto status = ReadFile(kStatus, &why);
  if (!status) return Reading::Unavailable(why);
  return ParseKilobyteField(*status, "VmHWM", kStatus);
}

std::string ResetPeakRss() {
  const OpenFile file(std::fopen(kClearRefs, "we"));
  if (file == nullptr) return FileFailure(kClearRefs);
  // "5" resets VmHWM and ru_maxrss and touches no page flags: proc(5).
  if (std::fputs("5", file.get()) < 0 || std::fflush(file.get()) != 0) {
    return FileFailure(kClearRefs);
  }
  return {};
}

}  // namespace highwater
