// From where to where the code of a loaded file lies.
#pragma once

#include <link.h>

#include <cstdint>

namespace highwater {

struct CodeRange {
  std::uintptr_t begin = UINTPTR_MAX;
  std::uintptr_t end = 0;
  bool Contains(std::uintptr_t address) const {
    return begin <= address && address < end;
  }
};

inline CodeRange CodeRangeOf(const dl_phdr_info& info) {
  CodeRange range;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const auto& header = info.dlpi_phdr[i];
    if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
    const std::uintptr_t begin = info.dlpi_addr + header.p_vaddr;
    if (begin < range.begin) range.begin = begin;
    if (begin + header.p_memsz > range.end) range.end = begin + header.p_memsz;
  }
  return range;
}

}  // namespace highwater
