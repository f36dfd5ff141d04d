// What the kernel says about this process's memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace highwater {

// A number, or why there is none.
struct Reading {
  std::uint64_t value = 0;
  std::string unavailable;  // empty when `value` holds

  static Reading Of(std::uint64_t value) { return {value, {}}; }
  static Reading Unavailable(std::string why) { return {0, std::move(why)}; }
  bool ok() const { return unavailable.empty(); }
};

struct ProcessMemory {
  Reading rss_bytes;
  Reading peak_rss_bytes;
  Reading pss_bytes;
  Reading uss_bytes;
  // Pages that other processes map, too.
  Reading shared_bytes;
  Reading swap_bytes;
  Reading minor_fault_count;
  Reading major_fault_count;
};

ProcessMemory ReadProcessMemory();
// The numbers of it that are read often.
Reading ReadRss();
Reading ReadPeakRss();

// Sets the peak RSS back to the present RSS. Returns why it could not, or "".
std::string ResetPeakRss();

// Pure parsers of /proc texts; the reading carries `source` when a field is
// missing.

// A "Name:   123 kB" line, in bytes.
Reading ParseKilobyteField(std::string_view text, std::string_view field,
                           std::string_view source);
// The second number of /proc/self/statm, which is in pages.
Reading ParseResidentPages(std::string_view statm, std::uint64_t page_bytes);
// Fields 10 (minflt) and 12 (majflt) of /proc/self/stat. The command name in
// field 2 may hold spaces and parentheses.
void ParseFaults(std::string_view stat, Reading* minor, Reading* major);

}  // namespace highwater
