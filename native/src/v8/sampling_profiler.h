// Every allocation, by the stack that made it.
#pragma once

#include <v8-profiler.h>
#include <v8.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace highwater {

struct ProfileNode {
  std::int32_t parent = -1;  // index into Profile::nodes
  std::string function_name;
  std::string script_name;
  std::int32_t script_id = 0;
  // Where the function starts, 1-based; 0 when V8 does not know.
  std::int32_t line = 0;
  std::int32_t column = 0;
  // File of a native function; "" for JavaScript.
  std::string module = {};
};

// Columns: one row per node, one column per reading. A node that appeared after
// a reading has a shorter column there; missing values are 0.
struct Profile {
  std::vector<ProfileNode> nodes;
  std::vector<std::vector<double>> counts;
  std::vector<std::vector<double>> bytes;
};

enum class Keep {
  kAll,   // what is collected stays in the profile
  kLive,  // and here it drops out
};

// At interval 1 every allocation is a sample; V8's sampling
// heap profiler of one isolate has room for one owner, so Start() may be
// refused.
class SamplingProfiler {
 public:
  // `is_ours` tells objects of a size that the observer itself makes.
  explicit SamplingProfiler(v8::Isolate* isolate,
                            bool (*is_ours)(std::size_t bytes) = nullptr)
      : isolate_(isolate), is_ours_(is_ours) {}
  ~SamplingProfiler();
  SamplingProfiler(const SamplingProfiler&) = delete;
  SamplingProfiler& operator=(const SamplingProfiler&) = delete;

  // With an interval above 1, one object in about that many bytes is sampled,
  // and V8 scales what it says.
  [[nodiscard]] bool Start(Keep keep, int depth, std::uint64_t interval = 1);
  // Returns how many objects the profile holds.
  double Read();
  Profile Stop();

 private:
  std::size_t IndexOf(v8::AllocationProfile::Node* node, std::int32_t parent);
  void Visit(v8::AllocationProfile::Node* node, std::int32_t parent);

  v8::Isolate* const isolate_;
  bool (*const is_ours_)(std::size_t bytes);
  bool running_ = false;
  Profile profile_;
  // V8's node ids are stable from reading to reading.
  std::unordered_map<std::uint32_t, std::size_t> index_of_;
};

}  // namespace highwater
