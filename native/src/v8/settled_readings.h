// What the heap holds between rounds of calls, garbage left out.
#pragma once

#include <v8.h>

#include <vector>

namespace highwater {

// One reading on construction, one per Read(). A reading that equals the one
// before has settled with its first collection; others are settled in full,
// unless only their agreement is wanted.
class SettledReadings {
 public:
  SettledReadings(v8::Isolate* isolate, bool until_flat);

  void Read();
  // Wanted until flat, and it is, or clearly will not be.
  bool IsDecided() const;
  // Used heap, oldest first.
  const std::vector<double>& bytes() const { return bytes_; }

 private:
  v8::Isolate* const isolate_;
  const bool until_flat_;
  std::vector<double> bytes_;
  int equal_in_a_row_ = 0;
  int larger_in_a_row_ = 0;
};

}  // namespace highwater
