#include "v8/written_at.h"

namespace highwater {
namespace {

// A test is written some frames below the runner's own functions that note it.
constexpr int kFramesLookedAt = 24;

std::string TextOf(v8::Isolate* isolate, v8::Local<v8::Value> name) {
  if (name.IsEmpty() || !name->IsString()) return {};
  const v8::String::Utf8Value text(isolate, name);
  return *text == nullptr
             ? std::string()
             : std::string(*text, static_cast<std::size_t>(text.length()));
}

}  // namespace

std::optional<WrittenAt> InnermostFrameIn(v8::Isolate* isolate,
                                          std::string_view path,
                                          bool with_map) {
  const v8::HandleScope scope(isolate);
  const v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(
      isolate, kFramesLookedAt, v8::StackTrace::kDetailed);
  for (int i = 0; i < stack->GetFrameCount(); ++i) {
    const v8::Local<v8::StackFrame> frame =
        stack->GetFrame(isolate, static_cast<std::uint32_t>(i));
    std::string name = TextOf(isolate, frame->GetScriptName());
    if (!name.ends_with(path)) continue;
    return WrittenAt{
        frame->GetScriptId(), std::move(name), frame->GetLineNumber(),
        frame->GetColumn(),
        with_map ? TextOf(isolate, frame->GetScriptSourceMappingURL()) : ""};
  }
  return std::nullopt;
}

std::optional<WrittenAt> StartOf(v8::Isolate* isolate,
                                 v8::Local<v8::Function> function,
                                 bool with_map) {
  const v8::HandleScope scope(isolate);
  const int line = function->GetScriptLineNumber();
  const v8::ScriptOrigin origin = function->GetScriptOrigin();
  std::string name = TextOf(isolate, origin.ResourceName());
  if (line < 0 || name.empty()) return std::nullopt;
  return WrittenAt{function->ScriptId(), std::move(name), line + 1,
                   function->GetScriptColumnNumber() + 1,
                   with_map ? TextOf(isolate, origin.SourceMapUrl()) : ""};
}

}  // namespace highwater
