// Functions that call others for JavaScript, without a frame of JavaScript of
// our own on the stack.
#pragma once

#include <node_api.h>

#include "addon/arguments.h"

namespace highwater {

// bodyCaller(prepare) of the contract.
napi_value MakeBodyCaller(Arguments arguments);
// unmeasured(fn) of the contract.
napi_value MakeUnmeasured(Arguments arguments);

}  // namespace highwater
