#include "js_stacks.h"

#include <v8-unwinder.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "v8/innermost_lines.h"
#include "v8/registers.h"
#include "v8/threads.h"

namespace highwater {
namespace {

// Its samples are not wanted, but its ticks empty the queue of 2 kB a sample.
constexpr int kTickUs = 100'000;
// V8 counts its microseconds from one earlier.
constexpr std::int64_t kClockSkewUs = 1;
// Of stacks known by their fingerprint, one in so many is asked of V8 again.
constexpr std::size_t kHitsPerCheck = 64;
// An addon's function, whose own name V8 does not tell.
constexpr char kNodeApi[] = "(Node-API)";

std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// All functions of Node-API share one callback, so V8's profiler gives all of
// them the name of one. The addon's own are such functions: called from one.
const void* NodeApiCallback(v8::Isolate* isolate) {
  v8::RegisterState state;
  FillRegisters(&state);
  std::array<void*, 1> frame;
  v8::SampleInfo info{};
  isolate->GetStackSample(state, frame.data(), frame.size(), &info);
  return info.external_callback_entry;
}

std::atomic<std::uint64_t> last_serial{0};

struct Sample {
  std::int64_t time_us = 0;
  const v8::CpuProfileNode* node = nullptr;
  int line = 0;
};

// Samples are queued in the order they were taken, ticks in between.
std::vector<Sample> SamplesOf(const v8::CpuProfile& profile, bool* has_lines) {
  const std::vector<int> lines = InnermostLines(profile);
  *has_lines = !lines.empty();
  std::vector<Sample> samples;
  for (int i = 0; i < profile.GetSamplesCount(); ++i) {
    samples.push_back({profile.GetSampleTimestamp(i) - kClockSkewUs,
                       profile.GetSample(i),
                       lines.empty() ? 0 : lines[static_cast<std::size_t>(i)]});
  }
  std::stable_sort(
      samples.begin(), samples.end(),
      [](const Sample& a, const Sample& b) { return a.time_us < b.time_us; });
  return samples;
}

// Functions of V8 and of addons have no script.
std::string TextOf(const char* text) { return text == nullptr ? "" : text; }

std::string ScriptOf(const v8::CpuProfileNode& node) {
  return TextOf(node.GetScriptResourceNameStr());
}

// Builds the tree of calls: V8's own is one of functions.
class CallTree {
 public:
  explicit CallTree(std::vector<ProfileNode>* nodes) : nodes_(*nodes) {
    nodes_.push_back({-1, "(root)", "", 0, 0, 0});
  }

  std::size_t Add(const Sample& sample, bool is_in_node_api) {
    // Innermost first; of each node the line in its caller.
    std::vector<std::pair<const v8::CpuProfileNode*, int>> frames;
    const bool has_script = !ScriptOf(*sample.node).empty();
    int line = has_script ? sample.line : 0;
    for (const v8::CpuProfileNode* node = sample.node;
         node->GetParent() != nullptr; node = node->GetParent()) {
      frames.emplace_back(node, line);
      line = node->GetLineNumber();
    }
    std::int32_t at = 0;
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
      const bool is_innermost = std::next(frame) == frames.rend();
      at = Child(at, *frame->first, frame->second,
                 is_in_node_api && is_innermost && !has_script);
    }
    return static_cast<std::size_t>(at);
  }

 private:
  std::int32_t Child(std::int32_t parent, const v8::CpuProfileNode& node,
                     int line, bool is_node_api) {
    const auto key = std::make_tuple(parent, node.GetNodeId(), line);
    const auto known = children_.find(key);
    if (known != children_.end()) return known->second;
    const auto index = static_cast<std::int32_t>(nodes_.size());
    nodes_.push_back(
        {parent, is_node_api ? kNodeApi : TextOf(node.GetFunctionNameStr()),
         ScriptOf(node), node.GetScriptId(), std::max(0, line), 0});
    children_.emplace(key, index);
    return index;
  }

  std::vector<ProfileNode>& nodes_;
  std::map<std::tuple<std::int32_t, unsigned, int>, std::int32_t> children_;
};

}  // namespace

std::unique_ptr<JsStacks> JsStacks::Start(
    v8::Isolate* isolate, int depth, bool with_inlining, StackTable* stacks,
    const RawMemory& memory, std::size_t most_stacks, const GcPhase& phase,
    std::string* why) {
  v8::RegisterState state;
  if (!FillRegisters(&state)) {
    *why = "stacks of native memory are known on x64 only";
    return nullptr;
  }
  if (DirectCallWord(isolate) == nullptr) {
    *why = std::string("V8 ") + v8::V8::GetVersion() +
           " is new to highwater: it does not know when its stack may be read";
    return nullptr;
  }
  auto* const pending =
      static_cast<Pending*>(memory.take(most_stacks * sizeof(Pending)));
  if (pending == nullptr) {
    *why = "no memory for stacks";
    return nullptr;
  }
  std::unique_ptr<JsStacks> started(new JsStacks(isolate, depth, stacks, memory,
                                                 most_stacks, pending, phase));
  started->StartProfiler(with_inlining);
  return started;
}

JsStacks::JsStacks(v8::Isolate* isolate, int depth, StackTable* stacks,
                   const RawMemory& memory, std::size_t most_stacks,
                   Pending* pending, const GcPhase& phase)
    : isolate_(isolate),
      depth_(std::clamp(depth, 1, kMostDepth)),
      stacks_(stacks),
      memory_(memory),
      most_stacks_(most_stacks),
      phase_(phase),
      pending_(pending),
      serial_(++last_serial),
      fingerprint_(isolate, depth_) {}

JsStacks::~JsStacks() {
  if (profiler_ != nullptr) {
    const v8::HandleScope scope(isolate_);
    profiler_->StopProfiling(Title());
    profiler_->Dispose();
  }
  memory_.give_back(pending_, most_stacks_ * sizeof(Pending));
}

v8::Local<v8::String> JsStacks::Title() const {
  return v8::String::NewFromUtf8Literal(isolate_, "highwater");
}

void JsStacks::StartProfiler(bool with_inlining) {
  const v8::HandleScope scope(isolate_);
  profiler_ = v8::CpuProfiler::New(isolate_);
  // Lines of inlined calls cost optimised code some memory: only where there is
  // such code.
  if (with_inlining) {
    v8::CpuProfiler::UseDetailedSourcePositionsForProfiling(isolate_);
  }
  profiler_->SetSamplingInterval(kTickUs);
  profiler_->StartProfiling(
      Title(), v8::CpuProfilingOptions(v8::kCallerLineNumbers,
                                       v8::CpuProfilingOptions::kNoSampleLimit,
                                       kTickUs));
}

StackId JsStacks::Current() {
  const std::uint64_t seen = fingerprint_.Read();
  if (seen == 0) return Ask();
  const std::uint64_t hash = seen + phase_.compaction_count();
  Cached& cached = by_fingerprint_[hash % by_fingerprint_.size()];
  const bool is_known = cached.hash == hash;
  if (is_known && ++hit_count_ % kHitsPerCheck != 0) return cached.id;
  const StackId id = Ask();
  if (is_known && id != cached.id) {
    ++mistaken_count_;
    fingerprint_.Distrust();
  }
  // No stack and V8's own are answers for this moment.
  if (id != kNoStack && id != kStackOfV8) cached = {hash, id};
  return id;
}

StackId JsStacks::Ask() {
  ++asked_count_;
  v8::RegisterState state;
  FillRegisters(&state);
  std::array<void*, kMostDepth> frames;
  v8::SampleInfo info{};
  isolate_->GetStackSample(state, frames.data(),
                           static_cast<std::size_t>(depth_), &info);
  fingerprint_.Check(info);
  // Marking in steps is no collection with a beginning and an end.
  if (info.vm_state == v8::GC) return kStackOfV8;
  if (info.frames_count == 0) return kNoStack;
  // The native function that JavaScript called is the innermost frame.
  const std::uint64_t context =
      (serial_ << 32) + phase_.compaction_count() * 31 +
      reinterpret_cast<std::uintptr_t>(isolate_) * 7 +
      reinterpret_cast<std::uintptr_t>(info.external_callback_entry);
  const StackKey key{reinterpret_cast<const std::uintptr_t*>(frames.data()),
                     info.frames_count, context, kNoStack};
  const std::uint64_t hash = StackTable::HashOf(key);
  Cached& cached = by_counters_[hash % by_counters_.size()];
  if (cached.hash == hash) return cached.id;
  const Interned interned = stacks_->Intern(key);
  if (interned.is_new) Collect(interned.id, info.external_callback_entry);
  cached = {hash, interned.id};
  return interned.id;
}

// Only for a stack that is new: V8 locks its profilers in CollectSample, and
// allocates, with the same JavaScript below it, both before it takes that lock
// elsewhere and while it holds it. The first of these has made the stack known.
void JsStacks::Collect(StackId id, void* callback) {
  if (pending_count_ == most_stacks_) return;
  Pending& pending = pending_[pending_count_++];
  pending.id = id;
  pending.callback = callback;
  pending.from_us = NowUs();
  v8::CpuProfiler::CollectSample(isolate_);
  pending.to_us = NowUs();
}

NamedStacks JsStacks::Name() {
  NamedStacks named;
  named.asked_count = asked_count_;
  named.mistaken_count = mistaken_count_;
  named.node_of_stack.assign(stacks_->last() + 1, 0);
  const v8::HandleScope scope(isolate_);
  // V8 notes what is called only while it profiles.
  const void* const node_api_callback = NodeApiCallback(isolate_);
  v8::CpuProfile* const profile = profiler_->StopProfiling(Title());
  if (profile != nullptr) {
    NameSamples(*profile, node_api_callback, &named);
  } else {
    named.nodes.push_back({-1, "(root)", "", 0, 0, 0});
    named.unnamed_count = pending_count_;
  }
  // With all of its profiles.
  profiler_->Dispose();
  profiler_ = nullptr;
  return named;
}

void JsStacks::NameSamples(const v8::CpuProfile& profile,
                           const void* node_api_callback,
                           NamedStacks* named) const {
  const std::vector<Sample> samples =
      SamplesOf(profile, &named->has_innermost_lines);
  CallTree tree(&named->nodes);
  auto next = samples.begin();
  for (const Pending* pending = pending_; pending < pending_ + pending_count_;
       ++pending) {
    while (next != samples.end() && next->time_us < pending->from_us) ++next;
    if (next == samples.end() || next->time_us > pending->to_us) {
      ++named->unnamed_count;
      continue;
    }
    named->node_of_stack[pending->id] =
        tree.Add(*next++, pending->callback != nullptr &&
                              pending->callback == node_api_callback);
  }
}

}  // namespace highwater
