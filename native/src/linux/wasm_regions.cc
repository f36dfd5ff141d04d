#include "wasm_regions.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "linux/proc_file.h"

namespace highwater {
namespace {

constexpr std::size_t kLeastGuardBytes = std::size_t{4} << 30;
constexpr std::size_t kPagesAtOnce = 4096;

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool is_private_memory = false;  // rw-p, of no file
  bool is_guard = false;           // ---p
};

// "7f00-7f10 rw-p 00000000 00:00 0    [heap]"
bool Parse(std::string_view line, Mapping* mapping) {
  const char* const end = line.data() + line.size();
  auto parsed = std::from_chars(line.data(), end, mapping->begin, 16);
  if (parsed.ptr == end || *parsed.ptr != '-') return false;
  parsed = std::from_chars(parsed.ptr + 1, end, mapping->end, 16);
  const std::string_view rest(parsed.ptr,
                              static_cast<std::size_t>(end - parsed.ptr));
  constexpr std::string_view kNoFile = " 00000000 00:00 0";
  const bool is_of_none =
      rest.size() >= 5 && rest.substr(5, kNoFile.size()) == kNoFile;
  mapping->is_private_memory = is_of_none && rest.substr(0, 5) == " rw-p";
  mapping->is_guard = is_of_none && rest.substr(0, 5) == " ---p";
  return true;
}

}  // namespace

std::vector<WasmRegion> WasmRegionsIn(std::string_view maps) {
  std::vector<WasmRegion> regions;
  Mapping before;
  while (!maps.empty()) {
    const std::size_t length = maps.find('\n');
    Mapping mapping;
    if (Parse(maps.substr(0, length), &mapping)) {
      if (mapping.is_guard && before.is_private_memory &&
          mapping.begin == before.end &&
          mapping.end - mapping.begin >= kLeastGuardBytes) {
        regions.push_back({before.begin, before.end - before.begin});
      }
      before = mapping;
    }
    if (length == std::string_view::npos) break;
    maps.remove_prefix(length + 1);
  }
  return regions;
}

std::vector<WasmRegion> WasmRegions() {
  std::string why;
  const std::optional<std::string> maps = ReadFile("/proc/self/maps", &why);
  if (!maps) return {};
  return WasmRegionsIn(*maps);
}

std::uint64_t TouchedBytes(const WasmRegion& region) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::array<unsigned char, kPagesAtOnce> present;
  std::uint64_t touched = 0;
  for (std::size_t at = 0; at < region.bytes; at += kPagesAtOnce * page) {
    const std::size_t bytes = std::min(kPagesAtOnce * page, region.bytes - at);
    auto* const address = reinterpret_cast<void*>(region.address + at);
    if (mincore(address, bytes, present.data()) != 0) return touched * page;
    const std::size_t pages = (bytes + page - 1) / page;
    touched += static_cast<std::uint64_t>(
        std::count_if(present.begin(), present.begin() + pages,
                      [](unsigned char flags) { return (flags & 1) != 0; }));
  }
  return touched * page;
}

}  // namespace highwater
