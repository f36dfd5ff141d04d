// The functions of the addon, in groups; the contract is index.d.ts.
#pragma once

#include <node_api.h>

#include <span>

#include "addon/arguments.h"
#include "session.h"

namespace highwater {

struct Export {
  const char* name;
  napi_callback callback;
};

template <napi_value (*kFunction)(Arguments)>
napi_value Callback(napi_env env, napi_callback_info info) {
  return kFunction(Arguments(env, info));
}

std::span<const Export> MeasuringExports();
std::span<const Export> HeapExports();
std::span<const Export> NativeMemoryExports();
std::span<const Export> ProcessExports();
std::span<const Export> SourceExports();

Session& ThisSession();

// Whether somebody holds the session; throws if not. Collecting without our
// flags would abort the process.
bool Held(const Arguments& arguments);

}  // namespace highwater
