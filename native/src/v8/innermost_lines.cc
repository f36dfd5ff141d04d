#include "innermost_lines.h"

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace highwater {
namespace {

using Word = std::uintptr_t;

// libstdc++'s deque: a map of chunks of at most 512 bytes.
//   first iterator: current element, first and end of its chunk, place in map
constexpr std::size_t kChunkBytes = 512;
constexpr std::size_t kIteratorWords = 4;
constexpr std::size_t kMostProfileWords = 96;

// The beginning of V8's record of a sample, the same since V8 9.
struct Record {
  const v8::CpuProfileNode* node;
  std::int64_t timestamp;
  int line;
};

class Records {
 public:
  explicit Records(const v8::CpuProfile& profile)
      : profile_(profile), count_(profile.GetSamplesCount()) {}

  // Whether the words at `iterator` are the begin of the deque of the records.
  bool FindAt(const Word* iterator) {
    const Word current = iterator[0];
    first_ = iterator[1];
    const Word end = iterator[2];
    map_ = reinterpret_cast<const Word*>(iterator[3]);
    const bool is_plausible =
        current != 0 && current % sizeof(Word) == 0 && first_ <= current &&
        current < end && end - first_ <= kChunkBytes &&
        end - first_ > kChunkBytes / 2 && iterator[3] > 4096 &&
        iterator[3] % sizeof(Word) == 0;
    if (!is_plausible || *map_ != first_ || !Fits(current, 0)) return false;
    stride_ = StrideFrom(current, end);
    if (stride_ == 0) return false;
    offset_ = (current - first_) / stride_;
    return true;
  }

  // Empty unless every record says what its getters say.
  std::vector<int> Lines() const {
    std::vector<int> lines;
    lines.reserve(static_cast<std::size_t>(count_));
    const std::size_t per_chunk = kChunkBytes / stride_;
    for (int i = 0; i < count_; ++i) {
      const std::size_t at = offset_ + static_cast<std::size_t>(i);
      const Word record = map_[at / per_chunk] + (at % per_chunk) * stride_;
      if (!Fits(record, i)) return {};
      lines.push_back(reinterpret_cast<const Record*>(record)->line);
    }
    return lines;
  }

 private:
  bool Fits(Word address, int index) const {
    const auto* const record = reinterpret_cast<const Record*>(address);
    return record->node == profile_.GetSample(index) &&
           record->timestamp == profile_.GetSampleTimestamp(index);
  }

  std::size_t StrideFrom(Word current, Word end) const {
    for (std::size_t stride = sizeof(Record); stride <= 64;
         stride += sizeof(Word)) {
      if (current + stride + sizeof(Record) <= end &&
          Fits(current + stride, 1)) {
        return stride;
      }
    }
    return 0;
  }

  const v8::CpuProfile& profile_;
  const int count_;
  Word first_ = 0;
  const Word* map_ = nullptr;
  std::size_t stride_ = 0;
  std::size_t offset_ = 0;
};

}  // namespace

std::vector<int> InnermostLines(const v8::CpuProfile& profile) {
  if (profile.GetSamplesCount() < 2) return {};
  const auto* const words = reinterpret_cast<const Word*>(&profile);
  // Nothing behind the object is read.
  const std::size_t size =
      malloc_usable_size(const_cast<v8::CpuProfile*>(&profile)) / sizeof(Word);
  const std::size_t end = std::min(size, kMostProfileWords);
  for (std::size_t at = 2; at + kIteratorWords <= end; ++at) {
    Records records(profile);
    if (!records.FindAt(words + at)) continue;
    return records.Lines();
  }
  return {};
}

}  // namespace highwater
