#include "line_ends.h"

#include <dlfcn.h>
#include <v8-local-handle.h>
#include <v8-persistent-handle.h>
#include <v8-version.h>

#include <vector>

namespace highwater {
namespace {

// V8's debugging interface has no public header, but Node 20 exports it. These
// change nothing of a program, as attaching a debugger would: the first lists
// scripts, the second keeps a table of 8 bytes a line for one.
class Script;

struct Position {
  int line;
  int column;
  bool is_empty;
};

using Scripts = std::vector<v8::Global<Script>>;
using ListScripts = void (*)(v8::Isolate*, Scripts&);
using PositionOf = Position (*)(const Script*, int offset);
using IsWasm = bool (*)(const Script*);

constexpr char kListScripts[] =
    "_ZN2v85debug16GetLoadedScriptsEPNS_7IsolateERSt6vectorINS_6GlobalINS0_"
    "6ScriptEEESaIS6_EE";
constexpr char kPositionOf[] = "_ZNK2v85debug6Script17GetSourceLocationEi";
constexpr char kIsWasm[] = "_ZNK2v85debug6Script6IsWasmEv";

constexpr bool kKeepsNoLineEnds = V8_MAJOR_VERSION == 11;

template <typename Function>
Function Find(const char* symbol) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, symbol));
}

}  // namespace

bool PrepareLineEnds(v8::Isolate* isolate) {
  if constexpr (!kKeepsNoLineEnds) return true;
  static const auto list = Find<ListScripts>(kListScripts);
  static const auto position_of = Find<PositionOf>(kPositionOf);
  static const auto is_wasm = Find<IsWasm>(kIsWasm);
  if (list == nullptr || position_of == nullptr || is_wasm == nullptr) {
    return false;
  }
  const v8::HandleScope scope(isolate);
  Scripts scripts;
  list(isolate, scripts);
  for (const v8::Global<Script>& script : scripts) {
    const v8::HandleScope script_scope(isolate);
    const v8::Local<Script> local = script.Get(isolate);
    if (!is_wasm(*local)) position_of(*local, 0);
  }
  return true;
}

}  // namespace highwater
