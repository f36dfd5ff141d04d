#include "flags.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>

namespace highwater {
namespace {

struct FlagChange {
  const char* set;
  const char* restore;
};

// A large object on pages kept from an earlier one would not be mapped, and
// mappings are how one is seen that dies between two collections. Older V8
// keeps none, and complains about flags that it does not know.
#if V8_MAJOR_VERSION >= 14
constexpr FlagChange kLargePages{"--no-large-page-pool", "--large-page-pool"};
#else
constexpr FlagChange kLargePages{"", ""};
#endif

// Only flags that V8 reads afresh each time it decides. Those of concurrent or
// incremental marking are not: changed while a marking runs, they abort
// Node 20.
constexpr std::array kMeasurementChanges{
    FlagChange{"--expose-gc", "--no-expose-gc"},
    FlagChange{"--no-flush-bytecode", "--flush-bytecode"},
    FlagChange{"--no-minor-gc-task", "--minor-gc-task"},
    FlagChange{"--no-memory-reducer", "--memory-reducer"},
    // At interval 1 only about one 16-byte object in 10 million would be
    // missed, but "exact" means exact.
    FlagChange{"--sampling-heap-profiler-suppress-randomness",
               "--no-sampling-heap-profiler-suppress-randomness"},
    kLargePages,
};

// A tier's compiler can be asked whether it is on (V8 has no public getter for
// a flag, but these natives answer in all supported versions). Maglev's default
// differs between Node versions, so it must be asked.
struct Compiler {
  FlagChange change;
  const char* is_on;  // V8 native
};

constexpr std::array kCompilers{
    Compiler{{"--no-turbofan", "--turbofan"}, "%IsTurbofanEnabled()"},
    Compiler{{"--no-maglev", "--maglev"}, "%IsMaglevEnabled()"},
    // Sparkplug allocates as the interpreter does, but its code is allocated in
    // the window.
    Compiler{{"--no-sparkplug", "--sparkplug"}, "%IsSparkplugEnabled()"},
};

// Waits for the compilations under way and installs them: one that finished
// after optimised code was thrown away would be optimised code again.
constexpr char kFinishCompilations[] = "%FinalizeOptimization()";

constexpr FlagChange kGlobal{"--gc-global", "--no-gc-global"};

constexpr FlagChange kNatives{"--allow-natives-syntax",
                              "--no-allow-natives-syntax"};

void SetFlag(const char* flag) { v8::V8::SetFlagsFromString(flag); }

std::string WithDashes(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c == '_') c = '-';
  }
  return result;
}

// The process's own command line and NODE_OPTIONS, one option per line.
std::string ReadStartOptions() {
  std::string options;
  if (FILE* file = std::fopen("/proc/self/cmdline", "re")) {
    char chunk[4096];
    for (std::size_t got; (got = std::fread(chunk, 1, sizeof chunk, file));) {
      options.append(chunk, got);
    }
    std::fclose(file);
  }
  options.push_back(' ');
  if (const char* node_options = std::getenv("NODE_OPTIONS")) {
    options.append(node_options);
  }
  for (char& c : options) {
    if (c == '\0' || c == ' ' || c == '\t') c = '\n';
  }
  return WithDashes("\n" + options + "\n");
}

bool StartedWith(const char* flag) {
  static const std::string options = ReadStartOptions();
  return options.find("\n" + std::string(flag) + "\n") != std::string::npos;
}

// What the user started the process with is not taken back.
void Restore(const FlagChange& change) {
  if (!StartedWith(change.set)) SetFlag(change.restore);
}

bool Evaluate(v8::Isolate* isolate, const char* expression, bool otherwise) {
  const v8::HandleScope scope(isolate);
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const v8::TryCatch ignore_errors(isolate);
  v8::Local<v8::String> source;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> result;
  if (!v8::String::NewFromUtf8(isolate, expression).ToLocal(&source) ||
      !v8::Script::Compile(context, source).ToLocal(&script) ||
      !script->Run(context).ToLocal(&result)) {
    return otherwise;
  }
  return result->BooleanValue(isolate);
}

std::mutex holders_mutex;
int measurement_holders = 0;
int pin_holders = 0;
int global_holders = 0;
std::array<bool, kCompilers.size()> compiler_was_on{};

}  // namespace

MeasurementFlags::MeasurementFlags() {
  const std::scoped_lock lock(holders_mutex);
  if (measurement_holders++ > 0) return;
  for (const FlagChange& change : kMeasurementChanges) SetFlag(change.set);
}

MeasurementFlags::~MeasurementFlags() {
  const std::scoped_lock lock(holders_mutex);
  if (--measurement_holders > 0) return;
  for (const FlagChange& change : kMeasurementChanges) Restore(change);
}

GlobalCollections::GlobalCollections() {
  const std::scoped_lock lock(holders_mutex);
  if (global_holders++ == 0) SetFlag(kGlobal.set);
}

GlobalCollections::~GlobalCollections() {
  const std::scoped_lock lock(holders_mutex);
  if (--global_holders == 0) Restore(kGlobal);
}

TierPin::TierPin(v8::Isolate* isolate) {
  const std::scoped_lock lock(holders_mutex);
  SetFlag(kNatives.set);
  if (pin_holders++ == 0) {
    for (std::size_t i = 0; i < kCompilers.size(); ++i) {
      compiler_was_on[i] = Evaluate(isolate, kCompilers[i].is_on, false);
    }
    for (const Compiler& compiler : kCompilers) SetFlag(compiler.change.set);
  }
  Evaluate(isolate, kFinishCompilations, false);
  Restore(kNatives);
}

TierPin::~TierPin() {
  const std::scoped_lock lock(holders_mutex);
  if (--pin_holders > 0) return;
  for (std::size_t i = 0; i < kCompilers.size(); ++i) {
    if (compiler_was_on[i]) SetFlag(kCompilers[i].change.restore);
  }
}

}  // namespace highwater
