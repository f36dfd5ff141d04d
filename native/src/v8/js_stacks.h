// The JavaScript stack of an allocation, cheap while it runs, named afterwards.
#pragma once

#include <v8-profiler.h>
#include <v8.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "track/raw_memory.h"
#include "track/stack_table.h"
#include "v8/gc_phase.h"
#include "v8/sampling_profiler.h"
#include "v8/stack_fingerprint.h"

namespace highwater {

// Stacks by id, as a tree. Lines are those of the calls, not of the functions.
struct NamedStacks {
  std::vector<ProfileNode> nodes;
  // Stack id -> its innermost node; 0, the root, for what has no name.
  std::vector<std::size_t> node_of_stack;
  // Stacks whose sample was not found again. Expected: 0.
  std::size_t unnamed_count = 0;
  // How often V8 was asked, because the fingerprint was new, or to check it.
  std::size_t asked_count = 0;
  // Fingerprints that stood for two stacks. Expected: 0.
  std::size_t mistaken_count = 0;
  // False where this V8 hides the line of the innermost frame.
  bool has_innermost_lines = true;
};

// Three steps make a stack, each only where the one before did not know it:
//
//   fingerprint      0.05 us, every allocation. Our own look at the frames
//   GetStackSample   0.3-2 us. Raw program counters, no lock, no memory: enough
//                    to tell whether a stack is new
//   CollectSample    1-3 us, only for a new one. V8's CPU profiler symbolises
//                    it, with code that has moved since, inlining and lines
//
// A sample carries no mark, but its time: Name() finds it again by the times
// read around the call, which V8's own samples, 10 a second, do not share.
class JsStacks {
 public:
  // Null, with the reason in `*why`, where V8 is not known to be safe for it.
  // `phase` tells when program counters change their meaning.
  static std::unique_ptr<JsStacks> Start(v8::Isolate* isolate, int depth,
                                         bool with_inlining, StackTable* stacks,
                                         const RawMemory& memory,
                                         std::size_t most_stacks,
                                         const GcPhase& phase,
                                         std::string* why);
  ~JsStacks();
  JsStacks(const JsStacks&) = delete;
  JsStacks& operator=(const JsStacks&) = delete;

  // On the isolate's thread, from within an allocation that JavaScript caused;
  // never while V8 collects or is called directly by compiled code:
  // CollectSample would read a stack without an exit frame. Allocates nothing
  // of its own.
  StackId Current();

  // Ends sampling.
  NamedStacks Name();

 private:
  static constexpr int kMostDepth = 64;

  struct Cached {
    std::uint64_t hash = 0;
    StackId id = kNoStack;
  };
  // V8 takes a sample between these two.
  struct Pending {
    StackId id = kNoStack;
    // What JavaScript called; null for V8's own.
    void* callback = nullptr;
    std::int64_t from_us = 0;
    std::int64_t to_us = 0;
  };

  JsStacks(v8::Isolate* isolate, int depth, StackTable* stacks,
           const RawMemory& memory, std::size_t most_stacks, Pending* pending,
           const GcPhase& phase);
  void StartProfiler(bool with_inlining);
  // What V8 itself says.
  StackId Ask();
  v8::Local<v8::String> Title() const;
  void Collect(StackId id, void* callback);
  void NameSamples(const v8::CpuProfile& profile, const void* node_api_callback,
                   NamedStacks* named) const;

  v8::Isolate* const isolate_;
  const int depth_;
  StackTable* const stacks_;
  const RawMemory memory_;
  const std::size_t most_stacks_;
  const GcPhase& phase_;
  Pending* const pending_;
  std::size_t pending_count_ = 0;
  // Stacks of another recording have samples of their own.
  const std::uint64_t serial_;
  v8::CpuProfiler* profiler_ = nullptr;
  StackFingerprint fingerprint_;
  std::size_t hit_count_ = 0;
  std::size_t asked_count_ = 0;
  std::size_t mistaken_count_ = 0;
  std::array<Cached, 4096> by_fingerprint_{};
  std::array<Cached, 4096> by_counters_{};
};

}  // namespace highwater
