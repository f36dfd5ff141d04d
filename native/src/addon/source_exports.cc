// Where code is written.

#include <optional>

#include "addon/exports.h"
#include "addon/values.h"
#include "linux/thread_state.h"
#include "v8/written_at.h"

namespace highwater {
namespace {

napi_value ToValue(napi_env env, const std::optional<WrittenAt>& at) {
  if (!at) return nullptr;
  return Object(env)
      .Set("scriptId", at->script_id)
      .Set("scriptName", at->script_name)
      .Set("line", at->line)
      .Set("column", at->column)
      .Set("sourceMapUrl", at->source_map_url)
      .value();
}

napi_value CallerIn(Arguments arguments) {
  const QuietScope quiet;
  return ToValue(arguments.env(),
                 InnermostFrameIn(v8::Isolate::GetCurrent(), arguments.Text(0),
                                  arguments.Flag(1)));
}

napi_value StartOfFunction(Arguments arguments) {
  const QuietScope quiet;
  const v8::Local<v8::Value> value = ToV8(arguments[0]);
  if (value.IsEmpty() || !value->IsFunction()) return nullptr;
  return ToValue(arguments.env(),
                 StartOf(v8::Isolate::GetCurrent(), value.As<v8::Function>(),
                         arguments.Flag(1)));
}

constexpr Export kExports[] = {
    {"callerIn", Callback<CallerIn>},
    {"startOf", Callback<StartOfFunction>},
};

}  // namespace

std::span<const Export> SourceExports() { return kExports; }

}  // namespace highwater
