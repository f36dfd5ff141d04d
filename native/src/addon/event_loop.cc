#include "event_loop.h"

namespace highwater {
namespace {

struct Waiting {
  ClosingHandles closing{};
  bool has_immediates = false;
};

Waiting Look(napi_env env) {
  Waiting waiting;
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return waiting;
  uv_walk(
      loop,
      [](uv_handle_t* handle, void* data) {
        auto* const found = static_cast<Waiting*>(data);
        const uv_handle_type type = uv_handle_get_type(handle);
        // Node keeps an idle handle active while immediates wait.
        if (type == UV_IDLE && uv_is_active(handle) != 0) {
          found->has_immediates = true;
        }
        if (uv_is_closing(handle) != 0) ++found->closing[type];
      },
      &waiting);
  return waiting;
}

}  // namespace

ClosingHandles CountClosingHandles(napi_env env) { return Look(env).closing; }

bool HasWaitingTurn(napi_env env) {
  const Waiting waiting = Look(env);
  if (waiting.has_immediates) return true;
  for (const std::size_t count : waiting.closing) {
    if (count > 0) return true;
  }
  return false;
}

}  // namespace highwater
