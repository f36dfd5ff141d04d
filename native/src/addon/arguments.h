// What a function was called with.
//
// In a worker that is being terminated every function of Node-API may fail
// without an exception to show for it: a failed conversion is an absent value.
#pragma once

#include <node_api.h>
#include <v8.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "track/allocation_tracker.h"
#include "v8/peak_observer.h"

namespace highwater {

constexpr std::size_t kMostArguments = 4;

inline v8::Local<v8::Value> ToV8(napi_value value) {
  static_assert(sizeof(v8::Local<v8::Value>) == sizeof(napi_value));
  v8::Local<v8::Value> local;
  std::memcpy(static_cast<void*>(&local), &value, sizeof(value));
  return local;
}

inline napi_value ToNapi(v8::Local<v8::Value> local) {
  napi_value value = nullptr;
  std::memcpy(&value, static_cast<void*>(&local), sizeof(value));
  return value;
}

// Missing arguments read as 0, "" or undefined.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    std::size_t count = values_.size();
    napi_get_cb_info(env, info, &count, values_.data(), nullptr, &data_);
  }

  napi_env env() const { return env_; }
  // What the function was created with.
  void* data() const { return data_; }
  napi_value operator[](std::size_t index) const { return values_[index]; }

  double Number(std::size_t index) const { return ToNumber(values_[index]); }

  LookPlan Plan(std::size_t index) const {
    return {Size(values_[index], "everyBytes"),
            Size(values_[index], "fromBytes"), Size(values_[index], "toBytes")};
  }

  bool Is(std::size_t index, const char* text) const {
    std::array<char, 16> buffer{};
    napi_get_value_string_utf8(env_, values_[index], buffer.data(),
                               buffer.size(), nullptr);
    return std::string(buffer.data()) == text;
  }

  // Absent if it is none of the three.
  std::optional<Detail> RecordingDetail(std::size_t index) const {
    if (Is(index, "counters")) return Detail::kCounters;
    if (Is(index, "blocks")) return Detail::kBlocks;
    if (Is(index, "stacks")) return Detail::kStacks;
    return std::nullopt;
  }

  std::string Text(std::size_t index) const {
    std::size_t length = 0;
    if (napi_get_value_string_utf8(env_, values_[index], nullptr, 0, &length) !=
        napi_ok) {
      return "";
    }
    std::string text(length + 1, '\0');
    napi_get_value_string_utf8(env_, values_[index], text.data(), text.size(),
                               &length);
    text.resize(length);
    return text;
  }

  bool Flag(std::size_t index) const {
    bool value = false;
    napi_get_value_bool(env_, values_[index], &value);
    return value;
  }

  std::vector<napi_value> Elements(std::size_t index) const {
    std::uint32_t length = 0;
    napi_get_array_length(env_, values_[index], &length);
    std::vector<napi_value> elements(length, nullptr);
    for (std::uint32_t i = 0; i < length; ++i) {
      napi_get_element(env_, values_[index], i, &elements[i]);
    }
    return elements;
  }

  std::vector<double> Numbers(std::size_t index) const {
    std::vector<double> numbers;
    for (napi_value element : Elements(index)) {
      numbers.push_back(ToNumber(element));
    }
    return numbers;
  }

 private:
  std::size_t Size(napi_value plan, const char* name) const {
    napi_value value = nullptr;
    napi_get_named_property(env_, plan, name, &value);
    const double size = ToNumber(value);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }

  double ToNumber(napi_value value) const {
    double number = 0;
    if (value != nullptr) napi_get_value_double(env_, value, &number);
    return number;
  }

  napi_env env_;
  std::array<napi_value, kMostArguments> values_{};
  void* data_ = nullptr;
};

}  // namespace highwater
