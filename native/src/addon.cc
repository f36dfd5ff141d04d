// What the addon does for JavaScript: the contract is index.d.ts, the functions
// are in addon/.

#include <node_api.h>
#include <node_version.h>
#include <v8.h>

#include <span>
#include <string>

#include "addon/exports.h"
#include "addon/values.h"

namespace highwater {

Session& ThisSession() {
  return Session::ForThisThread(v8::Isolate::GetCurrent());
}

bool Held(const Arguments& arguments) {
  if (ThisSession().held()) return true;
  napi_throw_error(arguments.env(), nullptr,
                   "highwater: acquire() must come first");
  return false;
}

namespace {

napi_value Init(napi_env env, napi_value exports) {
  for (const std::span<const Export> group :
       {MeasuringExports(), HeapExports(), NativeMemoryExports(),
        ProcessExports(), SourceExports()}) {
    for (const Export& entry : group) {
      napi_value function = nullptr;
      napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback,
                           nullptr, &function);
      napi_set_named_property(env, exports, entry.name, function);
    }
  }
  napi_set_named_property(env, exports, "build",
                          Object(env)
                              .Set("abi", NODE_MODULE_VERSION)
                              .Set("v8", std::string(v8::V8::GetVersion()))
                              .value());
  return exports;
}

}  // namespace
}  // namespace highwater

NAPI_MODULE_INIT() { return highwater::Init(env, exports); }
