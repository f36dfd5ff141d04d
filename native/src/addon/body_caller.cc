#include "addon/body_caller.h"

#include <v8.h>

#include <optional>
#include <vector>

#include "addon/exports.h"
#include "linux/thread_state.h"
#include "v8/random_draws.h"

namespace highwater {
namespace {

using Value = v8::Local<v8::Value>;

// BodyPlan of the contract.
struct BodyPlan {
  Value self;
  std::vector<Value> arguments;
  v8::Local<v8::Function> body;
  v8::Local<v8::Function> returned;
  v8::Local<v8::Function> threw;
};

class PlanReader {
 public:
  PlanReader(v8::Isolate* isolate, v8::Local<v8::Context> context,
             v8::Local<v8::Object> plan)
      : isolate_(isolate), context_(context), plan_(plan) {}

  bool Read(const char* name, Value* value) const {
    v8::Local<v8::String> key;
    return v8::String::NewFromUtf8(isolate_, name,
                                   v8::NewStringType::kInternalized)
               .ToLocal(&key) &&
           plan_->Get(context_, key).ToLocal(value);
  }

  bool Read(const char* name, v8::Local<v8::Function>* function) const {
    Value value;
    if (!Read(name, &value) || !value->IsFunction()) return false;
    *function = value.As<v8::Function>();
    return true;
  }

  bool Read(const char* name, std::vector<Value>* elements) const {
    Value value;
    if (!Read(name, &value) || !value->IsArray()) return false;
    const auto array = value.As<v8::Array>();
    for (std::uint32_t i = 0; i < array->Length(); ++i) {
      Value element;
      if (!array->Get(context_, i).ToLocal(&element)) return false;
      elements->push_back(element);
    }
    return true;
  }

 private:
  v8::Isolate* const isolate_;
  const v8::Local<v8::Context> context_;
  const v8::Local<v8::Object> plan_;
};

// Nothing with an exception that is pending, or when a worker is being
// terminated.
std::optional<BodyPlan> Prepare(const v8::FunctionCallbackInfo<v8::Value>& info,
                                v8::Local<v8::Context> context) {
  const QuietScope quiet;
  std::vector<Value> arguments;
  for (int i = 0; i < info.Length(); ++i) arguments.push_back(info[i]);
  Value plan;
  if (!info.Data()
           .As<v8::Function>()
           ->Call(context, info.This(), info.Length(), arguments.data())
           .ToLocal(&plan) ||
      !plan->IsObject()) {
    return std::nullopt;
  }
  const PlanReader reader(info.GetIsolate(), context, plan.As<v8::Object>());
  BodyPlan read;
  const bool is_whole = reader.Read("self", &read.self) &&
                        reader.Read("args", &read.arguments) &&
                        reader.Read("body", &read.body) &&
                        reader.Read("returned", &read.returned) &&
                        reader.Read("threw", &read.threw);
  return is_whole ? std::optional(std::move(read)) : std::nullopt;
}

void CallBody(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* const isolate = info.GetIsolate();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Session& session = ThisSession();
  // Of the body that this is called in, if it is in one.
  session.PauseTestWindow();
  session.BeginPreparing();
  std::optional<BodyPlan> plan = Prepare(info, context);
  session.EndPreparing();
  if (!plan) {
    session.ResumeTestWindow();
    return;
  }

  const Value undefined = v8::Undefined(isolate);
  Value result;
  Value error;
  {
    const v8::TryCatch attempt(isolate);
    // Until the body returns: between its awaits runners draw, too.
    const RandomDraws draws(plan->body);
    session.ResumeTestWindow();
    const bool has_returned =
        plan->body
            ->Call(context, plan->self,
                   static_cast<int>(plan->arguments.size()),
                   plan->arguments.data())
            .ToLocal(&result);
    session.PauseTestWindow();
    if (draws.HasDrawn()) session.NoteRandomDraw();
    // Where the body is such a caller itself, without JavaScript in between,
    // what is thrown in it reaches this handler, and the call still returns.
    if (!has_returned || attempt.HasCaught()) {
      // A worker that is being terminated: no JavaScript runs any more.
      if (attempt.HasTerminated()) return;
      error = attempt.Exception();
    }
  }
  if (!error.IsEmpty()) {
    // What this throws is thrown instead.
    if (plan->threw->Call(context, undefined, 1, &error).IsEmpty()) return;
    isolate->ThrowException(error);
    return;
  }
  Value answer;
  if (plan->returned->Call(context, undefined, 1, &result).ToLocal(&answer)) {
    info.GetReturnValue().Set(answer);
  }
  session.ResumeTestWindow();
}

void CallUnmeasured(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  Session& session = ThisSession();
  session.PauseTestWindow();
  std::vector<Value> arguments;
  for (int i = 0; i < info.Length(); ++i) arguments.push_back(info[i]);
  Value result;
  if (info.Data()
          .As<v8::Function>()
          ->Call(context, info.This(), info.Length(), arguments.data())
          .ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  }
  session.ResumeTestWindow();
}

// Of the world of the tests, which in Jest is not that of the addon.
napi_value FunctionAround(napi_value function, v8::FunctionCallback callback) {
  const Value inner = ToV8(function);
  v8::Local<v8::Context> context;
  v8::Local<v8::Function> outer;
  if (!inner->IsFunction() ||
      !inner.As<v8::Object>()->GetCreationContext().ToLocal(&context) ||
      !v8::Function::New(context, callback, inner, 0,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&outer)) {
    return nullptr;
  }
  return ToNapi(outer);
}

}  // namespace

napi_value MakeBodyCaller(Arguments arguments) {
  LearnRandomPlace(ThisSession().isolate());
  return FunctionAround(arguments[0], CallBody);
}

napi_value MakeUnmeasured(Arguments arguments) {
  return FunctionAround(arguments[0], CallUnmeasured);
}

}  // namespace highwater
