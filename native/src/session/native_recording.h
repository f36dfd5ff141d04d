// Records native memory for one environment, from Start() until destroyed.
#pragma once

#include <v8.h>

#include <memory>
#include <string>
#include <vector>

#include "track/allocation_tracker.h"
#include "v8/gc_phase.h"
#include "v8/js_stacks.h"

namespace highwater {

struct NativePlan {
  Detail detail = Detail::kCounters;
  // Frames by which stacks are told apart.
  int depth = 32;
  // Code may be optimised, and calls inlined.
  bool with_inlining = false;
  // The functions between JavaScript and the allocation, too.
  bool with_native_frames = false;
};

// Which of a site's numbers.
enum class SiteNumber { kAllocated, kLive, kAtPeak };

struct NativeProfile {
  Profile profile;
  NamedStacks stacks;
};

class NativeRecording {
 public:
  // Null, with the reason in `*why`, where it can't be done.
  static std::unique_ptr<NativeRecording> Start(v8::Isolate* isolate,
                                                const NativePlan& plan,
                                                std::string* why);
  ~NativeRecording();
  NativeRecording(const NativeRecording&) = delete;
  NativeRecording& operator=(const NativeRecording&) = delete;

  NativeReading Read() const { return recorder_->Read(); }
  void LowerMark() { recorder_->LowerMark(); }

  // Remembers a number of every site, by stack.
  void ReadSites(SiteNumber number);
  // All that were read, in order. The end of the stacks.
  NativeProfile Finish();

 private:
  // By stack id.
  struct Column {
    std::vector<double> counts;
    std::vector<double> bytes;
  };

  explicit NativeRecording(v8::Isolate* isolate);
  bool Begin(v8::Isolate* isolate, const NativePlan& plan, std::string* why);
  StackId CurrentStack();
  // By stack id: whether any reading has something of it.
  std::vector<bool> UsedStacks() const;

  bool has_hooks_ = false;
  bool with_native_frames_ = false;
  Recorder* recorder_ = nullptr;
  GcPhase gc_phase_;
  std::unique_ptr<JsStacks> stacks_;
  std::vector<Column> columns_;
};

}  // namespace highwater
