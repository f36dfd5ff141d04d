#include "threads.h"

#include <node.h>
#include <v8-internal.h>
#include <v8-platform.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "v8/known_v8.h"

namespace highwater {
namespace {

// Outlives whoever waits for it.
struct Completion {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_done = false;
};

class Job final : public v8::Task {
 public:
  Job(void (*job)(void*), void* data, std::shared_ptr<Completion> completion)
      : job_(job), data_(data), completion_(std::move(completion)) {}

  void Run() override {
    job_(data_);
    const std::lock_guard<std::mutex> lock(completion_->mutex);
    completion_->is_done = true;
    completion_->changed.notify_all();
  }

 private:
  void (*const job_)(void*);
  void* const data_;
  const std::shared_ptr<Completion> completion_;
};

}  // namespace

bool RunOnV8Thread(v8::Local<v8::Context> context, void (*job)(void* data),
                   void* data) {
  node::Environment* const environment = node::GetCurrentEnvironment(context);
  if (environment == nullptr) return false;
  v8::Platform* const platform = node::GetMultiIsolatePlatform(environment);
  if (platform == nullptr || platform->NumberOfWorkerThreads() == 0) {
    return false;
  }
  const auto completion = std::make_shared<Completion>();
  platform->CallOnWorkerThread(std::make_unique<Job>(job, data, completion));
  std::unique_lock<std::mutex> lock(completion->mutex);
  return completion->changed.wait_for(lock, std::chrono::seconds(1),
                                      [&] { return completion->is_done; });
}

bool HasIsolate() { return v8::Isolate::TryGetCurrent() != nullptr; }

const std::uintptr_t* DirectCallWord(v8::Isolate* isolate) {
  if constexpr (!kIsKnownV8) return nullptr;
  return reinterpret_cast<const std::uintptr_t*>(
      reinterpret_cast<const char*>(isolate) +
      v8::internal::Internals::kIsolateFastCCallCallerFpOffset);
}

}  // namespace highwater
