#include "linux/native_frames.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "check.h"
#include "linux/function_name.h"
#include "linux/native_symbols.h"

namespace highwater {
namespace {

std::array<std::uintptr_t, 16> pcs;
std::size_t count = 0;

int CompareAndLook(const void* a, const void* b) {
  count = UnwindNativeFrames(pcs.data(), pcs.size());
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}

[[gnu::noinline]] void SortTwo() {
  std::array<int, 2> numbers{2, 1};
  std::qsort(numbers.data(), numbers.size(), sizeof(int), CompareAndLook);
  CHECK_EQ(numbers[0], 1);
}

TEST(BeginsWithTheFirstFrameOfSomebodyElse) {
  SortTwo();
  CHECK(count >= 3);
  NativeSymbols symbols;
  // Of the file that asks there is no frame before: not of the comparison.
  CHECK(symbols.Find(pcs[0]).module.starts_with("lib"));
  bool has_caller = false;
  for (std::size_t i = 0; i < count; ++i) {
    const NativeFunction function = symbols.Find(pcs[i]);
    // It is in no table of exported functions.
    if (function.name.ends_with("::SortTwo")) {
      has_caller = true;
      CHECK_EQ(function.module, std::string("native_frames_test"));
    }
  }
  CHECK(has_caller);
}

TEST(TakesNoMoreFramesThanItIsGivenRoomFor) {
  std::array<std::uintptr_t, 2> few{};
  static std::array<std::uintptr_t, 2>* room;
  room = &few;
  std::array<int, 2> numbers{2, 1};
  std::qsort(numbers.data(), numbers.size(), sizeof(int),
             [](const void*, const void*) {
               count = UnwindNativeFrames(room->data(), 1);
               return 0;
             });
  CHECK_EQ(count, 1u);
  CHECK(few[0] != 0);
  CHECK_EQ(few[1], 0u);
}

TEST(KnowsNothingOfAnAddressOutsideOfEveryFile) {
  NativeSymbols symbols;
  int on_the_stack = 0;
  const NativeFunction found =
      symbols.Find(reinterpret_cast<std::uintptr_t>(&on_the_stack));
  CHECK_EQ(found.name, std::string());
  CHECK_EQ(found.module, std::string());
}

TEST(ShortensNames) {
  const auto check = [](const char* demangled, const char* expected) {
    CHECK_EQ(ShortFunctionName(demangled), std::string(expected));
  };
  check("v8::internal::Heap::Allocate(int, std::function<void (int)>)",
        "v8::internal::Heap::Allocate");
  check("std::vector<int, std::allocator<int> >::push_back(int const&)",
        "std::vector::push_back");
  check("void node::SetMethod<int>(char const*)", "node::SetMethod");
  check("(anonymous namespace)::Resize(int)", "(anonymous namespace)::Resize");
  check("node::(anonymous namespace)::Resize(int)",
        "node::(anonymous namespace)::Resize");
  check("operator new(unsigned long)", "operator new");
  check("operator new[](unsigned long)", "operator new[]");
  check("A::operator()(int) const", "A::operator()");
  check("bool A::operator< <int>(int)", "A::operator<");
  check("A::operator->() const", "A::operator->");
  check("sqlite3MemMalloc", "sqlite3MemMalloc");
}

}  // namespace
}  // namespace highwater
