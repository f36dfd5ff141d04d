// Values of the contract, from what they are in C++.
//
// In a worker that is being terminated every function of Node-API may fail
// without an exception to show for it, and the C++ wrapper ends the process
// then. Here a failed conversion is an absent value.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <string>
#include <vector>

#include "linux/allocator_stats.h"
#include "linux/process_memory.h"
#include "session.h"
#include "v8/collection_census.h"
#include "v8/gc_observer.h"
#include "v8/peak_observer.h"
#include "v8/sampling_profiler.h"

namespace highwater {

napi_value Number(napi_env env, double number);
napi_value Boolean(napi_env env, bool boolean);
napi_value Text(napi_env env, const std::string& text);

// An object under construction.
class Object {
 public:
  explicit Object(napi_env env) : env_(env) {
    napi_create_object(env, &value_);
  }

  Object& Set(const char* name, napi_value value) {
    if (value_ != nullptr && value != nullptr) {
      napi_set_named_property(env_, value_, name, value);
    }
    return *this;
  }
  Object& Set(const char* name, double number) {
    return Set(name, Number(env_, number));
  }
  Object& Set(const char* name, const std::string& text) {
    return Set(name, Text(env_, text));
  }

  napi_value value() const { return value_; }

 private:
  napi_env env_;
  napi_value value_ = nullptr;
};

// An array of `size` values, each made by make(index).
template <typename Make>
napi_value Array(napi_env env, std::size_t size, Make make) {
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, size, &array) != napi_ok) {
    return nullptr;
  }
  for (std::size_t i = 0; i < size; ++i) {
    napi_handle_scope scope = nullptr;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return nullptr;
    napi_value value = make(i);
    if (value != nullptr) {
      napi_set_element(env, array, static_cast<std::uint32_t>(i), value);
    }
    napi_close_handle_scope(env, scope);
  }
  return array;
}

napi_value Numbers(napi_env env, const std::vector<double>& numbers);

napi_value ToValue(napi_env env, const SessionWindow& window);
napi_value ToValue(napi_env env, const NativeReading& reading);
napi_value ToValue(napi_env env, const SessionPeakWindow& window);
napi_value ToValue(napi_env env, const Reading& reading);
napi_value ToValue(napi_env env, const TestReading& reading);
napi_value ToValue(napi_env env, const Profile& profile);
napi_value ToValue(napi_env env, const NativeProfile& finished);
napi_value ToValue(napi_env env, const ProcessMemory& memory);
napi_value ToValue(napi_env env, const AllocatorStats& stats);
napi_value ToValue(napi_env env,
                   const std::vector<GrowingCollection>& collections);

}  // namespace highwater
