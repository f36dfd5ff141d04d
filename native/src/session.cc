#include "session.h"

#include <dlfcn.h>
#include <node.h>

#include <utility>

#include "linux/thread_state.h"

namespace highwater {
namespace {

thread_local Session* session_of_this_thread = nullptr;

// V8 may still hold an interrupt of ours when a worker's environment, the last
// to use the addon, unloads it.
void KeepThisLibraryLoaded() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&KeepThisLibraryLoaded), &info) != 0) {
    dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

}  // namespace

Session& Session::ForThisThread(v8::Isolate* isolate) {
  if (session_of_this_thread == nullptr) {
    KeepThisLibraryLoaded();
    session_of_this_thread = new Session(isolate);
    ThisThread().is_environment = true;
    node::AddEnvironmentCleanupHook(isolate, TearDown, session_of_this_thread);
  }
  return *session_of_this_thread;
}

void Session::TearDown(void* data) {
  session_of_this_thread = nullptr;
  ThisThread().is_environment = false;
  delete static_cast<Session*>(data);
}

bool Session::Acquire(bool with_kept_ids) {
  if (held()) return false;
  if (!with_kept_ids) ForgetObjectIds();
  if (test_windows_.has_value()) test_windows_->Interrupt();
  hooks_window_.reset();
  flags_.emplace();
  return true;
}

void Session::Release() {
  heaps_.clear();
  census_.reset();
  if (!are_ids_kept_) object_ids_.reset();
  sampling_profiler_.reset();
  large_mappings_.reset();
  peak_observer_.reset();
  gc_observer_.reset();
  native_.reset();
  tier_pin_.reset();
  flags_.reset();
}

void Session::PinTier() {
  if (!tier_pin_.has_value()) tier_pin_.emplace(isolate_);
}

// Observing costs V8 a few blocks, before and after the native reading.
void Session::OpenByteWindow() {
  const QuietScope quiet;
  gc_observer_.emplace(isolate_);
  if (native_ == nullptr) return;
  native_->LowerMark();
  native_before_ = native_->Read();
}

std::optional<SessionWindow> Session::CloseByteWindow() {
  if (!gc_observer_.has_value()) return std::nullopt;
  SessionWindow window;
  window.native = ReadNative();
  if (window.native) {
    window.native->allocated_bytes -= native_before_.allocated_bytes;
    window.native->allocated_count -= native_before_.allocated_count;
    window.native->older_freed_bytes -= native_before_.older_freed_bytes;
    window.native->peak_bytes -= native_before_.live_bytes;
    window.native->mapped_peak_bytes -= native_before_.mapped_bytes;
  }
  const QuietScope quiet;
  window.heap = gc_observer_->Close();
  gc_observer_.reset();
  return window;
}

std::string Session::StartNative(const NativePlan& plan) {
  native_.reset();
  std::string why;
  native_ = NativeRecording::Start(isolate_, plan, &why);
  return why;
}

void Session::ReadNativeSites(SiteNumber number) {
  if (native_ != nullptr) native_->ReadSites(number);
}

NativeProfile Session::StopNative() {
  if (native_ == nullptr) return {};
  NativeProfile finished = native_->Finish();
  native_.reset();
  return finished;
}

std::optional<NativeReading> Session::ReadNative() const {
  if (native_ == nullptr) return std::nullopt;
  return native_->Read();
}

void Session::OpenPeakWindow(const LookPlan& plan) {
  peak_observer_.emplace(isolate_, plan, [](v8::Isolate* isolate) {
    isolate->RequestInterrupt(OnInterrupt, session_of_this_thread);
  });
  if (native_ != nullptr) large_mappings_.emplace(&ThisThread());
}

std::optional<SessionPeakWindow> Session::ClosePeakWindow() {
  if (!peak_observer_.has_value()) return std::nullopt;
  SessionPeakWindow window;
  if (large_mappings_.has_value()) {
    window.largest_object_bytes =
        static_cast<double>(large_mappings_->largest_bytes());
  }
  large_mappings_.reset();
  window.heap = peak_observer_->Close();
  peak_observer_.reset();
  return window;
}

void Session::OnInterrupt(v8::Isolate*, void* data) {
  // The interrupt may arrive after its window, or its session, has gone.
  if (data != session_of_this_thread || data == nullptr) return;
  auto* session = static_cast<Session*>(data);
  if (session->peak_observer_.has_value()) session->peak_observer_->Look();
  if (session->test_windows_.has_value()) session->test_windows_->Look();
}

void Session::OpenTestWindow(TestPlan plan) {
  plan.is_paused = preparing_ > 0;
  if (!test_windows_.has_value()) test_windows_.emplace(isolate_);
  test_windows_->Open(plan, [](v8::Isolate* isolate) {
    isolate->RequestInterrupt(OnInterrupt, session_of_this_thread);
  });
  // Somebody measures already: nothing here would be the test's alone.
  if (held()) test_windows_->Interrupt();
}

std::optional<TestReading> Session::CloseTestWindow() {
  if (!test_windows_.has_value()) return std::nullopt;
  return test_windows_->Close();
}

void Session::OpenHooksWindow() {
  const QuietScope quiet;
  if (!held()) hooks_window_.emplace(isolate_);
}

std::optional<double> Session::CloseHooksWindow() {
  if (!hooks_window_.has_value()) return std::nullopt;
  const QuietScope quiet;
  const double allocated_bytes = hooks_window_->Close().allocated_bytes;
  hooks_window_.reset();
  return allocated_bytes;
}

bool Session::StartSampling(Keep keep, int depth) {
  sampling_profiler_.emplace(isolate_);
  if (sampling_profiler_->Start(keep, depth)) return true;
  sampling_profiler_.reset();
  return false;
}

double Session::ReadSampling() {
  return sampling_profiler_.has_value() ? sampling_profiler_->Read() : 0;
}

Profile Session::StopSampling() {
  if (!sampling_profiler_.has_value()) return {};
  Profile profile = sampling_profiler_->Stop();
  sampling_profiler_.reset();
  return profile;
}

std::uint32_t Session::MarkObjects(bool keep) {
  are_ids_kept_ = are_ids_kept_ || keep;
  if (!object_ids_.has_value()) object_ids_.emplace(isolate_);
  return object_ids_->Mark();
}

std::vector<double> Session::CountByAge() {
  if (!object_ids_.has_value()) return {};
  return object_ids_->CountByAge();
}

std::vector<double> Session::BytesByAge() {
  if (!object_ids_.has_value()) return {};
  return object_ids_->BytesByAge();
}

void Session::ForgetObjectIds() {
  for (const auto& [number, heap] : heaps_) heap->ForgetIds();
  object_ids_.reset();
  are_ids_kept_ = false;
}

std::uint32_t Session::IdOf(v8::Local<v8::Value> value) const {
  return object_ids_.has_value() ? object_ids_->IdOf(value) : 0;
}

void Session::TakeCensus(v8::Local<v8::Context> context, bool is_first) {
  if (is_first || !census_.has_value()) census_.emplace(isolate_);
  census_->Take(context);
}

std::vector<GrowingCollection> Session::GrowingCollections() const {
  if (!census_.has_value()) return {};
  return census_->Growing();
}

std::uintptr_t Session::CaptureHeap(
    const std::vector<v8::Local<v8::Value>>& except, double most_ms,
    TooLarge* too_large) {
  // A snapshot gives ids, too.
  if (!object_ids_.has_value()) object_ids_.emplace(isolate_);
  auto heap = std::make_unique<HeapSnapshot>(isolate_, except, most_ms);
  const std::uintptr_t number = ++last_heap_;
  if (heap->is_complete()) {
    heaps_.emplace(number, std::move(heap));
  } else {
    *too_large = heap->too_large().value_or(TooLarge{});
    ForgetObjectIds();
  }
  return number;
}

HeapSnapshot* Session::FindHeap(std::uintptr_t number) {
  const auto found = heaps_.find(number);
  return found == heaps_.end() ? nullptr : found->second.get();
}

}  // namespace highwater
