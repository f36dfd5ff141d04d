#include "last_words.h"

#include <uv.h>

#include "linux/ending_signals.h"

namespace highwater {
namespace {

// A signal is the process's: there is one.
struct LastWords {
  napi_env env = nullptr;
  napi_ref listener = nullptr;
  napi_async_cleanup_hook_handle cleanup = nullptr;
  uv_async_t wake{};
};
LastWords last_words;

void Call(const char* name) {
  const napi_env env = last_words.env;
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value listener = nullptr;
  napi_value receiver = nullptr;
  napi_value argument = nullptr;
  napi_get_reference_value(env, last_words.listener, &listener);
  napi_get_undefined(env, &receiver);
  napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &argument);
  napi_call_function(env, receiver, listener, 1, &argument, nullptr);
  napi_close_handle_scope(env, scope);
}

void OnTurn(uv_async_t*) {
  const int signal = ToldSignal();
  if (signal == 0) return;
  Call(NameOfSignal(signal));
  EndBySignal(signal);
}

void OnCleanup(napi_async_cleanup_hook_handle, void*) {
  UnwatchEndingSignals();
  uv_close(reinterpret_cast<uv_handle_t*>(&last_words.wake), [](uv_handle_t*) {
    napi_remove_async_cleanup_hook(last_words.cleanup);
  });
}

}  // namespace

void BeforeEndingSignal(napi_env env, napi_value listener, double patience_ms) {
  if (last_words.env != nullptr) return;
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return;
  if (uv_async_init(loop, &last_words.wake, OnTurn) != 0) return;
  // It keeps no process alive.
  uv_unref(reinterpret_cast<uv_handle_t*>(&last_words.wake));
  last_words.env = env;
  napi_create_reference(env, listener, 1, &last_words.listener);
  napi_add_async_cleanup_hook(env, OnCleanup, nullptr, &last_words.cleanup);
  // uv_async_send may be called in a signal handler.
  WatchEndingSignals([] { uv_async_send(&last_words.wake); }, patience_ms);
}

}  // namespace highwater
