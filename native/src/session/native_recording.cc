#include "session/native_recording.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "linux/alloc_hooks.h"
#include "linux/block_recording.h"
#include "linux/native_frames.h"
#include "linux/raw_pages.h"
#include "linux/thread_kind.h"
#include "linux/thread_root.h"
#include "linux/thread_state.h"
#include "session/native_stacks.h"
#include "v8/own_work.h"
#include "v8/threads.h"

namespace highwater {
namespace {

std::atomic<std::uintptr_t> root_of_v8_threads{0};

// Once for the process; asked again when it could not be found.
void LearnWhichThreadsAreV8s(v8::Isolate* isolate) {
  if (root_of_v8_threads.load() == 0) {
    const v8::HandleScope scope(isolate);
    RunOnV8Thread(
        isolate->GetCurrentContext(),
        [](void* root) {
          static_cast<std::atomic<std::uintptr_t>*>(root)->store(
              FindThreadRoot().executable_function);
        },
        &root_of_v8_threads);
  }
  LearnThreads(root_of_v8_threads.load(), HasIsolate);
}

}  // namespace

std::unique_ptr<NativeRecording> NativeRecording::Start(v8::Isolate* isolate,
                                                        const NativePlan& plan,
                                                        std::string* why) {
  const QuietScope quiet;
  std::unique_ptr<NativeRecording> started(new NativeRecording(isolate));
  if (!started->Begin(isolate, plan, why)) return nullptr;
  return started;
}

NativeRecording::NativeRecording(v8::Isolate* isolate)
    : gc_phase_(isolate, &ThisThread().collecting) {}

bool NativeRecording::Begin(v8::Isolate* isolate, const NativePlan& plan,
                            std::string* why) {
  LearnWhichThreadsAreV8s(isolate);
  *why = InstallHooks();
  if (!why->empty()) return false;
  has_hooks_ = true;
  if (plan.detail >= Detail::kStacks) {
    stacks_ = JsStacks::Start(isolate, plan.depth, plan.with_inlining,
                              &Tracker().stacks(), RawPages(), kMostStacks,
                              gc_phase_, why);
    if (stacks_ == nullptr) return false;
  }
  recorder_ = Tracker().Start(plan.detail);
  if (recorder_ == nullptr) {
    *why = "too many threads record native memory at once";
    return false;
  }
  ThreadState& thread = ThisThread();
  thread.direct_call = DirectCallWord(isolate);
  thread.v8_data = isolate;
  thread.is_v8_at_own_work = [](void* data) {
    return IsV8AtOwnWork(static_cast<v8::Isolate*>(data));
  };
  if (stacks_ != nullptr) {
    if (plan.with_native_frames) {
      with_native_frames_ = true;
      recording::native_frame_users.fetch_add(1);
    }
    thread.stack_source_data = this;
    thread.stack_source = [](void* recording) {
      return static_cast<NativeRecording*>(recording)->CurrentStack();
    };
  }
  thread.recorder = recorder_;
  return true;
}

NativeRecording::~NativeRecording() {
  const QuietScope quiet;
  ThreadState& thread = ThisThread();
  thread.recorder = nullptr;
  thread.stack_source = nullptr;
  thread.direct_call = nullptr;
  thread.is_v8_at_own_work = nullptr;
  stacks_.reset();
  columns_ = {};
  if (with_native_frames_) recording::native_frame_users.fetch_sub(1);
  if (recorder_ != nullptr) Tracker().Stop(recorder_);
  if (has_hooks_) RemoveHooks();
}

StackId NativeRecording::CurrentStack() {
  const StackId javascript = stacks_->Current();
  if (!with_native_frames_ || javascript == kStackOfV8) return javascript;
  return AddNativeFrames(javascript, &Tracker().stacks());
}

void NativeRecording::ReadSites(SiteNumber number) {
  const QuietScope quiet;
  Column column;
  const std::size_t count = Tracker().stacks().last() + 1;
  column.counts.resize(count, 0);
  column.bytes.resize(count, 0);
  recorder_->ForEachSite([&](const SiteReading& site) {
    if (site.stack >= count) return;
    double& bytes = column.bytes[site.stack];
    double& blocks = column.counts[site.stack];
    switch (number) {
      case SiteNumber::kAllocated:
        bytes = static_cast<double>(site.allocated_bytes);
        blocks = static_cast<double>(site.allocated_count);
        break;
      case SiteNumber::kLive:
        bytes = static_cast<double>(site.live_bytes);
        blocks = static_cast<double>(site.live_count);
        break;
      case SiteNumber::kAtPeak:
        bytes = static_cast<double>(site.at_peak_bytes);
        break;
    }
  });
  columns_.push_back(std::move(column));
}

std::vector<bool> NativeRecording::UsedStacks() const {
  std::vector<bool> is_used;
  for (const Column& column : columns_) {
    is_used.resize(std::max(is_used.size(), column.bytes.size()));
    for (std::size_t stack = 0; stack < column.bytes.size(); ++stack) {
      if (column.bytes[stack] != 0) is_used[stack] = true;
    }
  }
  return is_used;
}

NativeProfile NativeRecording::Finish() {
  const QuietScope quiet;
  NativeProfile finished;
  if (stacks_ == nullptr) return finished;
  ThisThread().stack_source = nullptr;
  finished.stacks = stacks_->Name();
  stacks_.reset();
  if (with_native_frames_) {
    NameNativeFrames(Tracker().stacks(), UsedStacks(), &finished.stacks);
  }
  const std::vector<std::size_t>& node_of = finished.stacks.node_of_stack;
  finished.profile.nodes = std::move(finished.stacks.nodes);
  const std::size_t node_count = finished.profile.nodes.size();
  const auto by_node = [&](const std::vector<double>& by_stack) {
    std::vector<double> sums(node_count, 0);
    for (std::size_t stack = 0; stack < by_stack.size(); ++stack) {
      sums[stack < node_of.size() ? node_of[stack] : 0] += by_stack[stack];
    }
    return sums;
  };
  for (const Column& column : columns_) {
    finished.profile.counts.push_back(by_node(column.counts));
    finished.profile.bytes.push_back(by_node(column.bytes));
  }
  columns_.clear();
  return finished;
}

}  // namespace highwater
