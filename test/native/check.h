// The smallest test runner that tells what failed: TEST(name) { CHECK(...); }
#pragma once

#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

namespace highwater::test {

struct Case {
  const char* name;
  void (*run)();
};

inline std::vector<Case>& Cases() {
  static std::vector<Case> cases;
  return cases;
}

// Set by a failing check of the case that runs.
inline bool& Failed() {
  static bool failed = false;
  return failed;
}

struct Registration {
  Registration(const char* name, void (*run)()) {
    Cases().push_back({name, run});
  }
};

inline void Fail(const char* file, int line, const std::string& message) {
  Failed() = true;
  std::printf("  %s:%d: %s\n", file, line, message.c_str());
}

template <typename A, typename B>
void CheckEqual(const char* file, int line, const char* text, const A& actual,
                const B& expected) {
  if (actual == expected) return;
  std::ostringstream message;
  message << text << " is " << actual << ", expected " << expected;
  Fail(file, line, message.str());
}

}  // namespace highwater::test

#define TEST(name)                                                             \
  static void name();                                                          \
  static const highwater::test::Registration name##_registration(#name, name); \
  static void name()

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) {                                                \
      highwater::test::Fail(__FILE__, __LINE__, #condition " failed"); \
    }                                                                  \
  } while (false)

#define CHECK_EQ(actual, expected) \
  highwater::test::CheckEqual(__FILE__, __LINE__, #actual, actual, expected)
