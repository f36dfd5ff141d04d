#include "sampling_profiler.h"

#include <memory>
#include <numeric>
#include <utility>

namespace highwater {
namespace {

std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::String> text) {
  const v8::String::Utf8Value utf8(isolate, text);
  return *utf8 == nullptr
             ? std::string()
             : std::string(*utf8, static_cast<std::size_t>(utf8.length()));
}

void Put(std::vector<double>* column, std::size_t index, double value) {
  if (column->size() <= index) column->resize(index + 1, 0);
  (*column)[index] += value;
}

}  // namespace

SamplingProfiler::~SamplingProfiler() {
  if (running_) isolate_->GetHeapProfiler()->StopSamplingHeapProfiler();
}

bool SamplingProfiler::Start(Keep keep, int depth, std::uint64_t interval) {
  const auto flags = static_cast<v8::HeapProfiler::SamplingFlags>(
      keep == Keep::kAll
          ? v8::HeapProfiler::kSamplingIncludeObjectsCollectedByMajorGC |
                v8::HeapProfiler::kSamplingIncludeObjectsCollectedByMinorGC
          : v8::HeapProfiler::kSamplingNoFlags);
  running_ = isolate_->GetHeapProfiler()->StartSamplingHeapProfiler(
      interval, depth, flags);
  return running_;
}

double SamplingProfiler::Read() {
  if (!running_) return 0;
  const v8::HandleScope scope(isolate_);
  const std::unique_ptr<v8::AllocationProfile> profile(
      isolate_->GetHeapProfiler()->GetAllocationProfile());
  if (profile == nullptr) return 0;
  profile_.counts.emplace_back(profile_.nodes.size(), 0.0);
  profile_.bytes.emplace_back(profile_.nodes.size(), 0.0);
  Visit(profile->GetRootNode(), -1);
  const std::vector<double>& counts = profile_.counts.back();
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

Profile SamplingProfiler::Stop() {
  if (running_) isolate_->GetHeapProfiler()->StopSamplingHeapProfiler();
  running_ = false;
  return std::exchange(profile_, {});
}

std::size_t SamplingProfiler::IndexOf(v8::AllocationProfile::Node* node,
                                      std::int32_t parent) {
  const auto [entry, is_new] =
      index_of_.try_emplace(node->node_id, profile_.nodes.size());
  if (is_new) {
    profile_.nodes.push_back({parent, ToUtf8(isolate_, node->name),
                              ToUtf8(isolate_, node->script_name),
                              node->script_id, node->line_number,
                              node->column_number});
  }
  return entry->second;
}

// Recursion is bounded by the stack depth given to Start().
void SamplingProfiler::Visit(v8::AllocationProfile::Node* node,
                             std::int32_t parent) {
  const std::size_t index = IndexOf(node, parent);
  for (const v8::AllocationProfile::Allocation& allocation :
       node->allocations) {
    if (is_ours_ != nullptr && is_ours_(allocation.size)) continue;
    const double count = allocation.count;
    Put(&profile_.counts.back(), index, count);
    Put(&profile_.bytes.back(), index,
        count * static_cast<double>(allocation.size));
  }
  for (v8::AllocationProfile::Node* child : node->children) {
    Visit(child, static_cast<std::int32_t>(index));
  }
}

}  // namespace highwater
