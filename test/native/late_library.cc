// Loaded by hooks_test.cc while it records.

#include <cstdlib>

extern "C" void* LateMalloc(std::size_t bytes) { return std::malloc(bytes); }
