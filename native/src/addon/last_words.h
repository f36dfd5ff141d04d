// Calls JavaScript before a signal ends the process.
#pragma once

#include <node_api.h>

namespace highwater {

// Once in a process, from its main thread. `listener` is called with the name
// of the signal in a turn of the event loop; then the signal ends the process,
// and it does so without the call when no turn comes in time.
void BeforeEndingSignal(napi_env env, napi_value listener, double patience_ms);

}  // namespace highwater
