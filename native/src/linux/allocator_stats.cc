#include "allocator_stats.h"

#include <dlfcn.h>
#include <malloc.h>

#include <cstdio>
#include <cstdlib>

namespace highwater {
namespace {

// Since glibc 2.33. Its fields have been size_t since; mallinfo's overflow.
struct Mallinfo2 {
  std::size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks,
      fordblks, keepcost;
};
using ReadMallinfo2 = Mallinfo2 (*)();
using WriteMallocInfo = int (*)(int options, FILE* stream);

// Of the C library itself: another allocator may have taken malloc's name.
template <typename Function>
Function InLibc(const char* name) {
  void* const libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  if (libc == nullptr) return nullptr;
  void* const found = dlsym(libc, name);
  dlclose(libc);
  return reinterpret_cast<Function>(found);
}

std::string ReadMallocInfo() {
  const auto write = InLibc<WriteMallocInfo>("malloc_info");
  char* text = nullptr;
  std::size_t length = 0;
  FILE* const stream = open_memstream(&text, &length);
  if (write == nullptr || stream == nullptr) return "";
  write(0, stream);
  std::fclose(stream);
  const std::string copy(text, length);
  std::free(text);
  return copy;
}

}  // namespace

std::uint64_t CountArenas(const std::string& malloc_info) {
  constexpr char kArena[] = "<heap nr=";
  std::uint64_t count = 0;
  for (std::size_t at = malloc_info.find(kArena); at != std::string::npos;
       at = malloc_info.find(kArena, at + 1)) {
    ++count;
  }
  return count;
}

AllocatorStats ReadAllocatorStats() {
  AllocatorStats stats;
  const auto read = InLibc<ReadMallinfo2>("mallinfo2");
  if (read == nullptr) {
    stats.unavailable = "this C library has no mallinfo2 (glibc 2.33)";
    return stats;
  }
  const Mallinfo2 info = read();
  if (info.arena == 0 && info.hblkhd == 0) {
    stats.unavailable =
        "malloc is not glibc's here: another one is in its place";
    return stats;
  }
  stats.arena_bytes = info.arena;
  stats.in_use_bytes = info.uordblks;
  stats.free_bytes = info.fordblks;
  stats.trimmable_bytes = info.keepcost;
  stats.mapped_bytes = info.hblkhd;
  stats.mapped_count = info.hblks;
  stats.arena_count = CountArenas(ReadMallocInfo());
  return stats;
}

}  // namespace highwater
