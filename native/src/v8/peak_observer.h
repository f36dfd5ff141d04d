// The high-water mark of what is live, garbage left out.
#pragma once

#include <v8.h>

#include <cstddef>
#include <cstdint>

namespace highwater {

// When to look, in bytes allocated since the window opened.
struct LookPlan {
  std::size_t every_bytes = 0;
  std::size_t from_bytes = 0;
  std::size_t to_bytes = 0;
  // Collects nothing before from_bytes have been allocated: the start is what
  // is in use then, garbage included. Looks become rarer where they are many,
  // or find far more than from_bytes.
  bool is_lazy = false;
};

struct PeakWindow {
  double peak_live_bytes = 0;
  double peak_at_bytes = 0;
  double allocated_bytes = 0;
  std::uint32_t look_count = 0;
};

// What is live is known after a full collection, and that can be made only at a
// safe point. V8 makes a scavenge when its young generation is full, so the
// observer decides when that is, by filling it with garbage first:
//
//   fill, leaving the way to the next look
//     ▲                  │ the code under test allocates that much
//     │                  ▼
//     │      scavenge ends ──► interrupt requested
//     │                              │ next safe point
//     └── live recorded ◄── full GC ─┘
//
// V8 checks for interrupts at every call, but only now and then in a loop that
// calls nothing, and never inside a builtin. For such code there is a plan of
// one look, every_bytes 0: the first scavenge of a window knows what is live of
// what the window allocated, since nothing of it is old yet. It reads too much
// by the buffers it has opened to promote into.
//
// The looks fall at the same places every time, so the number does not depend
// on V8's heap sizing. What is both born and dropped between two looks is not
// seen; the used peak of a byte window is its upper bound.
class PeakObserver {
 public:
  // Called when a look is wanted; must have Look() called at a safe point.
  using RequestLook = void (*)(v8::Isolate* isolate);

  // Begins with a full collection, unless the plan is lazy.
  PeakObserver(v8::Isolate* isolate, const LookPlan& plan, RequestLook request);
  ~PeakObserver();
  PeakObserver(const PeakObserver&) = delete;
  PeakObserver& operator=(const PeakObserver&) = delete;

  PeakWindow Close();
  void Look();

 private:
  static void Prologue(v8::Isolate* isolate, v8::GCType type,
                       v8::GCCallbackFlags flags, void* self);
  static void Epilogue(v8::Isolate* isolate, v8::GCType type,
                       v8::GCCallbackFlags flags, void* self);
  void Detach();
  void RecordLive(std::size_t live_bytes);
  // To the next look.
  std::size_t WayBytes() const;
  // Puts the next scavenge where the next look is due.
  void AimAtNextLook();

  v8::Isolate* const isolate_;
  const LookPlan plan_;
  const RequestLook request_look_;
  bool attached_ = true;
  bool look_pending_ = false;
  bool scavenged_ = false;
  // Collections and fillings of our own are not the code under test.
  bool busy_ = false;
  std::size_t start_bytes_ = 0;
  std::size_t last_used_bytes_ = 0;
  std::size_t allocated_bytes_ = 0;
  std::size_t next_look_bytes_ = 0;
  std::size_t peak_live_bytes_ = 0;
  std::size_t peak_at_bytes_ = 0;
  std::uint32_t look_count_ = 0;
};

}  // namespace highwater
