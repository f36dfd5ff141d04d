#include "raw_pages.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace highwater {

RawMemory RawPages() {
  return {[](std::size_t bytes) -> void* {
            const long address =
                syscall(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            return address == -1 ? nullptr : reinterpret_cast<void*>(address);
          },
          [](void* memory, std::size_t bytes) {
            syscall(SYS_munmap, memory, bytes);
          }};
}

}  // namespace highwater
