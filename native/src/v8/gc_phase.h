// Tells whether V8 is collecting.
#pragma once

#include <v8.h>

#include <cstdint>

namespace highwater {

// Keeps `*depth` above 0 during collections of the isolate, on its own thread.
class GcPhase {
 public:
  GcPhase(v8::Isolate* isolate, std::uint32_t* depth);
  ~GcPhase();
  GcPhase(const GcPhase&) = delete;
  GcPhase& operator=(const GcPhase&) = delete;

  // Collections that may have moved code. In between, a program counter means
  // the same.
  std::uint64_t compaction_count() const { return compaction_count_; }

 private:
  static void Begin(v8::Isolate* isolate, v8::GCType type,
                    v8::GCCallbackFlags flags, void* self);
  static void End(v8::Isolate* isolate, v8::GCType type,
                  v8::GCCallbackFlags flags, void* self);

  v8::Isolate* const isolate_;
  std::uint32_t* const depth_;
  std::uint64_t compaction_count_ = 0;
};

}  // namespace highwater
