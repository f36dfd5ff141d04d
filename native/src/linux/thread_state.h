// What the hooks know of the thread they run on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "track/recorder.h"
#include "track/stack_table.h"

namespace highwater {

// Finds the stack of the running JavaScript; kStackOfV8 when V8 is at work on
// its own account.
using StackSource = StackId (*)(void* data);

// Hears what Node's executable maps on this thread.
class MapSink {
 public:
  virtual void Mapped(std::uintptr_t address, std::size_t bytes) = 0;
  virtual void Unmapped(std::uintptr_t address, std::size_t bytes) = 0;

 protected:
  ~MapSink() = default;
};

struct ThreadState {
  enum class Kind : std::uint8_t {
    kUnknown,
    kShared,
    kV8,
    // A thread of JavaScript that measures nothing itself, or of our own.
    kIgnored,
  };

  // Inside the tracker: nothing at all is recorded, a lock may be held.
  bool is_tracking = false;
  // More than 0: what is allocated is our own work, or V8's for us. What dies
  // is recorded.
  std::uint32_t quiet = 0;
  // More than 0: V8 collects garbage.
  std::uint32_t collecting = 0;
  Kind kind = Kind::kUnknown;
  std::uint8_t looks = 0;
  // This thread runs an environment's JavaScript.
  bool is_environment = false;
  // Of the session that records on this thread.
  Recorder* recorder = nullptr;
  // Not 0 while V8's compiled code calls V8's C++ directly.
  const std::uintptr_t* direct_call = nullptr;
  // Whether V8 asks for memory of its own now, where the session can tell.
  bool (*is_v8_at_own_work)(void* data) = nullptr;
  void* v8_data = nullptr;
  StackSource stack_source = nullptr;
  void* stack_source_data = nullptr;
  MapSink* map_sink = nullptr;
};

ThreadState& ThisThread();

// While it lives, this thread's allocations are ours and nobody else's.
class QuietScope {
 public:
  QuietScope() { ++ThisThread().quiet; }
  ~QuietScope() { --ThisThread().quiet; }
  QuietScope(const QuietScope&) = delete;
  QuietScope& operator=(const QuietScope&) = delete;
};

}  // namespace highwater
