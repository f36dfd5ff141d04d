// What the event loop still has to do.
#pragma once

#include <node_api.h>

namespace highwater {

// Whether immediates (Node-API runs finalizers in them) or closing handles wait
// for the next turn of this environment's loop.
bool HasWaitingTurn(napi_env env);

}  // namespace highwater
