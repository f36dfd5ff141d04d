#include <cstdio>

#include "check.h"

int main() {
  int failed_count = 0;
  for (const auto& test_case : highwater::test::Cases()) {
    highwater::test::Failed() = false;
    test_case.run();
    if (highwater::test::Failed()) {
      ++failed_count;
      std::printf("not ok %s\n", test_case.name);
    } else {
      std::printf("ok %s\n", test_case.name);
    }
  }
  return failed_count == 0 ? 0 : 1;
}
