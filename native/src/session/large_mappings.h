// The largest piece that V8 has mapped at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "linux/thread_state.h"

namespace highwater {

// An object too large for V8's pages has a mapping of its own, and at the
// moment of that it is alive, whatever becomes of it before anybody can
// collect. V8 maps more than it needs and gives back what it can't align.
class LargeMappings final : public MapSink {
 public:
  explicit LargeMappings(ThreadState* thread) : thread_(thread) {
    thread_->map_sink = this;
  }
  ~LargeMappings() { thread_->map_sink = nullptr; }
  LargeMappings(const LargeMappings&) = delete;
  LargeMappings& operator=(const LargeMappings&) = delete;

  void Mapped(std::uintptr_t address, std::size_t bytes) override {
    Settle();
    begin_ = address;
    end_ = address + bytes;
  }

  void Unmapped(std::uintptr_t address, std::size_t bytes) override {
    const std::uintptr_t end = address + bytes;
    if (address <= begin_ && end_ <= end) {
      Settle();
    } else if (address <= begin_ && begin_ < end) {
      begin_ = end;
    } else if (begin_ < address && end_ <= end) {
      end_ = std::min(end_, address);
    }
  }

  // 0 when there was none that is larger than a page of V8.
  std::size_t largest_bytes() const { return Larger(largest_, end_ - begin_); }

 private:
  // With what it may be mapped too large at first.
  static constexpr std::size_t kPageBytes = 512 * 1024;

  static std::size_t Larger(std::size_t known, std::size_t bytes) {
    return bytes > kPageBytes ? std::max(known, bytes) : known;
  }

  void Settle() {
    largest_ = largest_bytes();
    begin_ = end_ = 0;
  }

  ThreadState* const thread_;
  std::uintptr_t begin_ = 0;
  std::uintptr_t end_ = 0;
  std::size_t largest_ = 0;
};

}  // namespace highwater
