#include "process_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "linux/proc_file.h"

namespace highwater {
namespace {

constexpr char kStatus[] = "/proc/self/status";
constexpr char kStatm[] = "/proc/self/statm";
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

// As much of it as there is room for.
std::optional<std::string_view> ReadStart(const char* path,
                                          std::span<char> room,
                                          std::string* why) {
  const Descriptor file(open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t length =
      file.ok() ? read(file.number(), room.data(), room.size()) : -1;
  if (length < 0) {
    *why = FileFailure(path);
    return std::nullopt;
  }
  return std::string_view(room.data(), static_cast<std::size_t>(length));
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

Reading ParseResidentPages(std::string_view statm, std::uint64_t page_bytes) {
  const std::size_t gap = statm.find(' ');
  if (gap != std::string_view::npos) {
    const auto pages = ParseUnsigned(SkipBlanks(statm.substr(gap)));
    if (pages.has_value()) return Reading::Of(*pages * page_bytes);
  }
  return Reading::Unavailable(std::string(kStatm) +
                              " is not in the form proc(5) gives");
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

// With every test: plain calls, without the buffers of a stream. The files are
// not kept open, because a program may close a descriptor that is not its own,
// and what is written would then go to the next file that gets its number.
Reading ReadRss() {
  std::array<char, 256> buffer;
  std::string why;
  const auto statm = ReadStart(kStatm, buffer, &why);
  if (!statm) return Reading::Unavailable(why);
  return ParseResidentPages(*statm,
                            static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
}

Reading ReadPeakRss() {
  std::array<char, 8192> buffer;
  std::string why;
  const auto status = ReadStart(kStatus, buffer, &why);
  if (!status) return Reading::Unavailable(why);
  return ParseKilobyteField(*status, "VmHWM", kStatus);
}

std::string ResetPeakRss() {
  const Descriptor file(open(kClearRefs, O_WRONLY | O_CLOEXEC));
  // "5" resets VmHWM and ru_maxrss and touches no page flags: proc(5).
  if (!file.ok() || write(file.number(), "5", 1) != 1) {
    return FileFailure(kClearRefs);
  }
  return {};
}

}  // namespace highwater
