#include "v8/random_draws.h"

#include <bit>
#include <cstddef>
#include <optional>
#include <vector>

#include "v8/known_v8.h"

namespace highwater {
namespace {

// V8's kCacheSize (src/numbers/math-random.h).
constexpr std::uintptr_t kNumbers = 64;

// Words of an array: its map, its length, its elements. A context is one, too.
constexpr std::size_t kLength = 1;
constexpr std::size_t kFirst = 2;

// V8's native contexts have some 300 to 600.
constexpr std::uintptr_t kMostWords = 4096;

// From the index to the array of numbers (NATIVE_CONTEXT_FIELDS of
// src/objects/contexts.h). No other word of a context is followed: there may be
// some behind which no memory is.
constexpr std::size_t kFromIndexToNumbers = 2;

// More than an index can go down by chance while nothing else runs; together
// less than there are numbers.
constexpr int kDraws = 5;
constexpr int kMoreDraws = 11;

#if defined(V8_COMPRESS_POINTERS) || defined(V8_ENABLE_DIRECT_HANDLE)
constexpr bool kAreWordsKnown = false;
#else
constexpr bool kAreWordsKnown = kIsKnownV8 && sizeof(void*) == 8;
#endif

using Words = const std::uintptr_t*;

bool IsObject(std::uintptr_t word) { return (word & 3) == 1; }
bool IsSmallInteger(std::uintptr_t word) {
  return static_cast<std::uint32_t>(word) == 0;
}
std::uintptr_t IntegerOf(std::uintptr_t word) { return word >> 32; }

Words WordsOf(std::uintptr_t object) {
  return reinterpret_cast<Words>(object - 1);
}

// Null where it is not what it should be.
Words WordsOf(v8::Local<v8::Context> context) {
  if constexpr (!kAreWordsKnown) return nullptr;
  const std::uintptr_t object = *reinterpret_cast<Words>(*context);
  if (!IsObject(object)) return nullptr;
  const Words words = WordsOf(object);
  const std::uintptr_t length = words[kLength];
  return IsSmallInteger(length) && IntegerOf(length) <= kMostWords ? words
                                                                   : nullptr;
}

std::size_t WordCount(Words context) {
  return kFirst + IntegerOf(context[kLength]);
}

std::vector<std::uintptr_t> CopyOf(v8::Local<v8::Context> context) {
  const Words words = WordsOf(context);
  if (words == nullptr) return {};
  return {words, words + WordCount(words)};
}

// Null where it is no array of so many numbers.
Words NumbersIn(Words context, std::size_t index) {
  const std::size_t at = index + kFromIndexToNumbers;
  if (at >= WordCount(context) || !IsObject(context[at])) return nullptr;
  const Words numbers = WordsOf(context[at]);
  const std::uintptr_t length = numbers[kLength];
  return IsSmallInteger(length) && IntegerOf(length) == kNumbers ? numbers
                                                                 : nullptr;
}

// The function Math.random of a world.
bool FindRandom(v8::Isolate* isolate, v8::Local<v8::Context> context,
                v8::Local<v8::Function>* random) {
  v8::Local<v8::Value> math;
  v8::Local<v8::Value> found;
  if (!context->Global()
           ->Get(context, v8::String::NewFromUtf8Literal(isolate, "Math"))
           .ToLocal(&math) ||
      !math->IsObject() ||
      !math.As<v8::Object>()
           ->Get(context, v8::String::NewFromUtf8Literal(isolate, "random"))
           .ToLocal(&found) ||
      !found->IsFunction()) {
    return false;
  }
  *random = found.As<v8::Function>();
  return true;
}

// The last number drawn.
bool Draw(v8::Local<v8::Context> context, v8::Local<v8::Function> random,
          int count, double* last) {
  for (int i = 0; i < count; ++i) {
    v8::Local<v8::Value> value;
    if (!random->Call(context, context->Global(), 0, nullptr).ToLocal(&value) ||
        !value->IsNumber()) {
      return false;
    }
    *last = value.As<v8::Number>()->Value();
  }
  return true;
}

// The only word that goes down by one with each draw, with all the numbers in
// the array beside it.
std::optional<std::size_t> FindIndex(v8::Isolate* isolate) {
  if constexpr (!kAreWordsKnown) return std::nullopt;
  const v8::HandleScope scope(isolate);
  const v8::TryCatch attempt(isolate);
  const v8::Local<v8::Context> context = v8::Context::New(isolate);
  v8::Local<v8::Function> random;
  double number = 0;
  // The first draw of a world fills its array.
  if (context.IsEmpty() || !FindRandom(isolate, context, &random) ||
      !Draw(context, random, 1, &number)) {
    return std::nullopt;
  }
  const std::vector<std::uintptr_t> first = CopyOf(context);
  if (!Draw(context, random, kDraws, &number)) return std::nullopt;
  const std::vector<std::uintptr_t> second = CopyOf(context);
  if (!Draw(context, random, kMoreDraws, &number)) return std::nullopt;
  const std::vector<std::uintptr_t> third = CopyOf(context);
  if (first.size() != second.size() || first.size() != third.size()) {
    return std::nullopt;
  }
  const auto has_fallen = [](std::uintptr_t from, std::uintptr_t to, int by) {
    return IsSmallInteger(from) && IsSmallInteger(to) &&
           from - to == static_cast<std::uintptr_t>(by) << 32;
  };
  std::optional<std::size_t> found;
  for (std::size_t i = kFirst; i < first.size(); ++i) {
    if (!has_fallen(first[i], second[i], kDraws) ||
        !has_fallen(second[i], third[i], kMoreDraws)) {
      continue;
    }
    if (found.has_value()) return std::nullopt;
    found = i;
  }
  if (!found.has_value()) return std::nullopt;
  const std::uintptr_t at = IntegerOf(third[*found]);
  const Words numbers = NumbersIn(WordsOf(context), *found);
  const bool is_sure =
      at < kNumbers && numbers != nullptr &&
      numbers[kFirst + at] == std::bit_cast<std::uintptr_t>(number);
  return is_sure ? found : std::nullopt;
}

// V8 is the same in all threads.
std::optional<std::size_t> IndexPlace(v8::Isolate* isolate) {
  static const std::optional<std::size_t> place = FindIndex(isolate);
  return place;
}

}  // namespace

void LearnRandomPlace(v8::Isolate* isolate) { IndexPlace(isolate); }

RandomDraws::RandomDraws(v8::Local<v8::Function> function) {
  if (function->GetCreationContext().ToLocal(&context_)) before_ = Read();
}

bool RandomDraws::HasDrawn() const {
  if (!before_.is_known) return false;
  const Reading now = Read();
  return now.is_known &&
         (now.left != before_.left || now.first != before_.first);
}

RandomDraws::Reading RandomDraws::Read() const {
  const std::optional<std::size_t> index =
      IndexPlace(v8::Isolate::GetCurrent());
  const Words words = WordsOf(context_);
  if (!index.has_value() || words == nullptr || *index >= WordCount(words)) {
    return {};
  }
  const std::uintptr_t left = words[*index];
  const Words numbers = NumbersIn(words, *index);
  if (!IsSmallInteger(left) || IntegerOf(left) > kNumbers ||
      numbers == nullptr) {
    return {};
  }
  return {true, left, numbers[kFirst]};
}

}  // namespace highwater
