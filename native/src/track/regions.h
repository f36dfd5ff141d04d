// A set of address ranges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "track/raw_memory.h"

namespace highwater {

struct Region {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::size_t bytes() const { return end - begin; }
};

// Sorted and disjoint; neighbours stay apart, so that what was added as one
// keeps its beginning. Not for many threads at once.
class Regions {
 public:
  explicit Regions(const RawMemory& memory) : memory_(memory) {}
  ~Regions() { Release(); }
  Regions(const Regions&) = delete;
  Regions& operator=(const Regions&) = delete;

  // Adds what of the range is not in the set yet, calling visit(region) for
  // each part.
  template <typename Visit>
  void Add(Region range, Visit visit) {
    std::size_t at = FirstEndingAfter(range.begin);
    while (range.begin < range.end) {
      const std::uintptr_t next =
          at < count_ ? regions_[at].begin : UINTPTR_MAX;
      const Region gap{range.begin, std::min(range.end, next)};
      if (gap.begin < gap.end) {
        if (!Insert(at, gap)) return;
        visit(gap);
        ++at;
      }
      if (at >= count_) return;
      range.begin = std::max(gap.end, regions_[at].end);
      ++at;
    }
  }

  // Takes the range out, calling visit(whole, cut) for every region that had
  // part of it.
  template <typename Visit>
  void Remove(Region range, Visit visit) {
    std::size_t at = FirstEndingAfter(range.begin);
    while (at < count_ && regions_[at].begin < range.end) {
      const Region whole = regions_[at];
      const Region cut{std::max(whole.begin, range.begin),
                       std::min(whole.end, range.end)};
      Erase(at);
      if (whole.begin < cut.begin && Insert(at, {whole.begin, cut.begin})) ++at;
      if (cut.end < whole.end && Insert(at, {cut.end, whole.end})) ++at;
      visit(whole, cut);
    }
  }

  // Calls visit(part) for what of the range is in the set.
  template <typename Visit>
  void Intersect(Region range, Visit visit) const {
    for (std::size_t at = FirstEndingAfter(range.begin);
         at < count_ && regions_[at].begin < range.end; ++at) {
      visit(Region{std::max(regions_[at].begin, range.begin),
                   std::min(regions_[at].end, range.end)});
    }
  }

  // The first part of the range that is not in the set; empty without one.
  Region FirstGap(Region range) const {
    std::size_t at = FirstEndingAfter(range.begin);
    while (at < count_ && regions_[at].begin <= range.begin) {
      range.begin = regions_[at++].end;
    }
    if (at < count_) range.end = std::min(range.end, regions_[at].begin);
    return range.begin < range.end ? range : Region{};
  }

  void Clear() { count_ = 0; }
  std::size_t count() const { return count_; }

 private:
  std::size_t FirstEndingAfter(std::uintptr_t address) const {
    return static_cast<std::size_t>(
        std::upper_bound(regions_, regions_ + count_, address,
                         [](std::uintptr_t value, const Region& region) {
                           return value < region.end;
                         }) -
        regions_);
  }

  // False without memory.
  bool Insert(std::size_t at, Region region) {
    if (count_ == capacity_ && !Grow()) return false;
    std::copy_backward(regions_ + at, regions_ + count_, regions_ + count_ + 1);
    regions_[at] = region;
    ++count_;
    return true;
  }

  void Erase(std::size_t at) {
    std::copy(regions_ + at + 1, regions_ + count_, regions_ + at);
    --count_;
  }

  bool Grow() {
    const std::size_t capacity = capacity_ == 0 ? 256 : 2 * capacity_;
    auto* const regions =
        static_cast<Region*>(memory_.take(capacity * sizeof(Region)));
    if (regions == nullptr) return false;
    std::copy_n(regions_, count_, regions);
    Release();
    regions_ = regions;
    capacity_ = capacity;
    return true;
  }

  void Release() {
    if (regions_ != nullptr) {
      memory_.give_back(regions_, capacity_ * sizeof(Region));
    }
  }

  const RawMemory memory_;
  Region* regions_ = nullptr;
  std::size_t count_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace highwater
