#include "linux/wasm_regions.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "check.h"

namespace highwater {
namespace {

constexpr char kMaps[] =
    "00400000-01000000 r-xp 00000000 08:01 1234   /usr/bin/node\n"
    "7d0000000000-7d0001000000 rw-p 00000000 00:00 0 \n"
    "7d0001000000-7d0280000000 ---p 00000000 00:00 0 \n"
    "7e0000000000-7e0000010000 rw-p 00000000 00:00 0 \n"
    "7e0000010000-7e0008000000 ---p 00000000 00:00 0 \n"
    "7f0000000000-7f0000010000 rw-p 00000000 08:01 99     /tmp/file\n"
    "7f0000010000-7f0280000000 ---p 00000000 00:00 0 \n";

TEST(FindsMemoryBeforeALargeGuard) {
  const std::vector<WasmRegion> regions = WasmRegionsIn(kMaps);
  CHECK_EQ(regions.size(), 1u);
  CHECK_EQ(regions[0].address, 0x7d0000000000u);
  CHECK_EQ(regions[0].bytes, 16u << 20);
}

TEST(FindsNoneInATextThatIsNone) {
  CHECK(WasmRegionsIn("").empty());
  CHECK(WasmRegionsIn("no maps\n\n-\n12-").empty());
}

TEST(FindsNoneWhereSomethingLiesBetween) {
  CHECK(WasmRegionsIn("7d00-7e00 rw-p 00000000 00:00 0 \n"
                      "7f00-7d0280000000 ---p 00000000 00:00 0 \n")
            .empty());
}

// Memory with a guard behind it, as V8 reserves it.
class Reserved {
 public:
  explicit Reserved(std::size_t bytes)
      : address_(static_cast<char*>(
            mmap(nullptr, kAll, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
    // On its own: the kernel joins neighbours that are alike.
    mprotect(address_, bytes, PROT_READ | PROT_WRITE);
  }
  ~Reserved() { munmap(address_, kAll); }
  Reserved(const Reserved&) = delete;
  Reserved& operator=(const Reserved&) = delete;

  char* address() const { return address_; }

 private:
  static constexpr std::size_t kAll = std::size_t{8} << 30;
  char* const address_;
};

TEST(CountsThePagesThatWereTouched) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const Reserved reserved(64 << 20);
  const auto address = reinterpret_cast<std::uintptr_t>(reserved.address());
  const auto find = [&] {
    for (const WasmRegion& region : WasmRegions()) {
      if (region.address == address) return region;
    }
    return WasmRegion{};
  };
  CHECK_EQ(find().bytes, 64u << 20);
  CHECK_EQ(TouchedBytes(find()), 0u);
  // Some of them far beyond what is asked for at once.
  for (const std::size_t at : {0u, 1u, 5000u, 16000u}) {
    reserved.address()[at * page] = 1;
  }
  CHECK_EQ(TouchedBytes(find()), 4u * page);
}

TEST(CountsNothingOfWhatIsGone) {
  WasmRegion gone;
  {
    const Reserved reserved(1 << 20);
    reserved.address()[0] = 1;
    gone = {reinterpret_cast<std::uintptr_t>(reserved.address()), 1 << 20};
  }
  CHECK_EQ(TouchedBytes(gone), 0u);
}

}  // namespace
}  // namespace highwater
