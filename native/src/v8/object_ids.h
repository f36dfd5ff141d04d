// V8's ids of objects: what is older, and what is newer.
#pragma once

#include <v8.h>

#include <cstdint>
#include <vector>

namespace highwater {

// While one exists, ids stay with their objects wherever collections move them.
// That costs a table entry per object, and time at every collection.
class ObjectIds {
 public:
  explicit ObjectIds(v8::Isolate* isolate) : isolate_(isolate) {}
  // Forgets all ids; they begin anew.
  ~ObjectIds();
  ObjectIds(const ObjectIds&) = delete;
  ObjectIds& operator=(const ObjectIds&) = delete;

  // Gives every object an id and returns the largest. Collects.
  std::uint32_t Mark();

  // 0 for none: what is younger than the last mark, for one.
  std::uint32_t IdOf(v8::Local<v8::Value> value) const;

  // Objects that are alive by age: those before the first mark, and those after
  // each mark. V8's own structures are objects, too. Collects, and marks.
  const std::vector<double>& CountByAge();
  const std::vector<double>& BytesByAge();

 private:
  v8::Isolate* const isolate_;
  bool is_tracking_ = false;
  std::vector<double> counts_;
  std::vector<double> bytes_;
};

}  // namespace highwater
