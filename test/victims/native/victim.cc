// An addon whose allocations are known to the byte. Pure Node-API, so that one
// binary serves every Node.

#include <malloc.h>
#include <node_api.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

// Kept from being optimised away, and until they are freed.
std::vector<void*>* kept = nullptr;
void* volatile last = nullptr;

void* Hold(void* block) {
  last = block;
  return block;
}

double Argument(napi_env env, napi_callback_info info) {
  std::size_t count = 1;
  napi_value value = nullptr;
  napi_get_cb_info(env, info, &count, &value, nullptr, nullptr);
  double number = 0;
  napi_get_value_double(env, value, &number);
  return number;
}

// Blocks of 64 KiB, of which the second half is freed in the end.
napi_value KeepHalf(napi_env env, napi_callback_info info) {
  const auto count = static_cast<std::size_t>(Argument(env, info));
  for (std::size_t i = 0; i < count; ++i) {
    void* const block = Hold(std::malloc(64 << 10));
    if (i < count / 2) {
      (*kept)[i] = block;
    } else {
      std::free(block);
    }
  }
  return nullptr;
}

// `count` blocks alive at once, then none.
napi_value RiseAndFall(napi_env env, napi_callback_info info) {
  const auto count = static_cast<std::size_t>(Argument(env, info));
  for (std::size_t i = 0; i < count; ++i) {
    (*kept)[i] = Hold(std::malloc(64 << 10));
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::free((*kept)[i]);
    (*kept)[i] = nullptr;
  }
  return nullptr;
}

napi_value ReallocChain(napi_env env, napi_callback_info info) {
  const int steps = static_cast<int>(Argument(env, info));
  void* block = std::malloc(16);
  for (int i = 1; i <= steps; ++i) block = Hold(std::realloc(block, 16UL << i));
  std::free(block);
  return nullptr;
}

// calloc, aligned_alloc, posix_memalign, memalign: 1,000 bytes each.
napi_value EveryKind(napi_env, napi_callback_info) {
  void* blocks[4] = {std::calloc(10, 100), std::aligned_alloc(8, 1000), nullptr,
                     memalign(64, 1000)};
  if (posix_memalign(&blocks[2], 32, 1000) != 0) std::abort();
  for (void* block : blocks) std::free(Hold(block));
  return nullptr;
}

napi_value FailingRealloc(napi_env, napi_callback_info) {
  void* const block = std::malloc(5'000);
  volatile std::size_t too_much = PTRDIFF_MAX;
  if (std::realloc(block, too_much) != nullptr) std::abort();
  std::free(Hold(block));
  return nullptr;
}

// 4 threads of its own, each with 100 blocks of 1,000 bytes.
napi_value Threads(napi_env, napi_callback_info) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 100; ++n) {
        void* volatile block = std::malloc(1'000);
        std::free(block);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return nullptr;
}

// `count` blocks of 1,000 bytes of this thread that another one frees, and as
// many the other way round.
napi_value Exchange(napi_env env, napi_callback_info info) {
  const auto count = static_cast<std::size_t>(Argument(env, info));
  std::vector<void*> ours(count);
  std::vector<void*> theirs(count);
  for (void*& block : ours) block = std::malloc(1'000);
  std::thread([&] {
    for (void*& block : theirs) block = std::realloc(std::malloc(500), 1'000);
    for (void* block : ours) std::free(block);
  }).join();
  for (void* block : theirs) std::free(block);
  return nullptr;
}

// One block that nobody frees.
napi_value Leak(napi_env env, napi_callback_info info) {
  Hold(std::malloc(static_cast<std::size_t>(Argument(env, info))));
  return nullptr;
}

// Virtual memory that no page stands behind.
napi_value Untouched(napi_env env, napi_callback_info info) {
  std::free(Hold(std::malloc(static_cast<std::size_t>(Argument(env, info)))));
  return nullptr;
}

napi_value Map(napi_env env, napi_callback_info info) {
  const auto bytes = static_cast<std::size_t>(Argument(env, info));
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(Hold(memory), bytes);
  return nullptr;
}

// Pairs of malloc(64) and free, for the benchmark.
napi_value Pairs(napi_env env, napi_callback_info info) {
  for (double i = Argument(env, info); i > 0; --i) {
    std::free(Hold(std::malloc(64)));
  }
  return nullptr;
}

struct Work {
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;
};

// Does `execute` in Node's pool, and promises its end.
napi_value WorkInPool(napi_env env, napi_async_execute_callback execute) {
  napi_value promise = nullptr;
  napi_value name = nullptr;
  auto* const work = new Work;
  napi_create_promise(env, &work->deferred, &promise);
  napi_create_string_utf8(env, "victim", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(
      env, nullptr, name, execute,
      [](napi_env env, napi_status, void* data) {
        auto* const done = static_cast<Work*>(data);
        napi_value undefined = nullptr;
        napi_get_undefined(env, &undefined);
        napi_resolve_deferred(env, done->deferred, undefined);
        napi_delete_async_work(env, done->work);
        delete done;
      },
      work, &work->work);
  napi_queue_async_work(env, work->work);
  return promise;
}

// 10 blocks of 1,000 bytes.
napi_value InPool(napi_env env, napi_callback_info) {
  return WorkInPool(env, [](napi_env, void*) {
    for (int i = 0; i < 10; ++i) {
      void* volatile block = std::malloc(1'000);
      std::free(block);
    }
  });
}

napi_value LeakInPool(napi_env env, napi_callback_info) {
  return WorkInPool(env, [](napi_env, void*) { Hold(std::malloc(5'000)); });
}

// An object that owns 1,000 bytes, which its finalizer frees.
napi_value Wrap(napi_env env, napi_callback_info) {
  napi_value object = nullptr;
  napi_create_object(env, &object);
  napi_wrap(
      env, object, std::malloc(1'000),
      [](napi_env, void* block, void*) { std::free(block); }, nullptr, nullptr);
  return object;
}

// A Buffer whose 1,000 bytes are the addon's, which its finalizer frees.
napi_value Lend(napi_env env, napi_callback_info) {
  napi_value buffer = nullptr;
  napi_create_external_buffer(
      env, 1'000, std::malloc(1'000),
      [](napi_env, void* block, void*) { std::free(block); }, nullptr, &buffer);
  return buffer;
}

// Keeps the latest `count` blocks of 1,000 bytes.
napi_value Cache(napi_env env, napi_callback_info info) {
  static std::size_t next = 0;
  const auto count = static_cast<std::size_t>(Argument(env, info));
  void*& block = (*kept)[next++ % count];
  std::free(block);
  block = std::malloc(1'000);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  if (kept == nullptr) kept = new std::vector<void*>(1 << 14);
  const struct {
    const char* name;
    napi_callback callback;
  } functions[] = {
      {"keepHalf", KeepHalf},
      {"riseAndFall", RiseAndFall},
      {"reallocChain", ReallocChain},
      {"everyKind", EveryKind},
      {"failingRealloc", FailingRealloc},
      {"threads", Threads},
      {"exchange", Exchange},
      {"leak", Leak},
      {"untouched", Untouched},
      {"pairs", Pairs},
      {"map", Map},
      {"inPool", InPool},
      {"leakInPool", LeakInPool},
      {"wrap", Wrap},
      {"lend", Lend},
      {"cache", Cache},
  };
  for (const auto& [name, callback] : functions) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr,
                         &function);
    napi_set_named_property(env, exports, name, function);
  }
  return exports;
}
