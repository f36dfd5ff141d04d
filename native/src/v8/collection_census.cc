#include "collection_census.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace highwater {
namespace {

std::optional<std::pair<CollectionKind, std::uint32_t>> SizeOf(
    v8::Local<v8::Object> object) {
  // No user code runs: a Proxy is none of these, a subclass's getters are not
  // asked.
  if (object->IsArray()) {
    return {{CollectionKind::kArray, object.As<v8::Array>()->Length()}};
  }
  if (object->IsMap()) {
    return {{CollectionKind::kMap,
             static_cast<std::uint32_t>(object.As<v8::Map>()->Size())}};
  }
  if (object->IsSet()) {
    return {{CollectionKind::kSet,
             static_cast<std::uint32_t>(object.As<v8::Set>()->Size())}};
  }
  return std::nullopt;
}

// V8 shows every object to the predicate; none is ever kept.
class Visitor final : public v8::QueryObjectPredicate {
 public:
  using Visit = std::function<void(v8::Local<v8::Object>)>;
  explicit Visitor(Visit visit) : visit_(std::move(visit)) {}

  bool Filter(v8::Local<v8::Object> object) override {
    visit_(object);
    return false;
  }

 private:
  Visit visit_;
};

bool Grows(const std::vector<std::uint32_t>& sizes) {
  return std::adjacent_find(sizes.begin(), sizes.end(),
                            std::greater_equal<>()) == sizes.end();
}

}  // namespace

void CollectionCensus::Take(v8::Local<v8::Context> context) {
  const v8::HandleScope scope(isolate_);
  v8::HeapProfiler* profiler = isolate_->GetHeapProfiler();
  Visitor visitor([&](v8::Local<v8::Object> object) {
    const auto found = SizeOf(object);
    if (!found.has_value()) return;
    const v8::SnapshotObjectId id = profiler->GetObjectId(object);
    if (id == v8::HeapProfiler::kUnknownObjectId) return;
    if (taken_ == 0) {
      entries_[id] = {found->first, {found->second}};
      return;
    }
    const auto entry = entries_.find(id);
    if (entry != entries_.end() && entry->second.sizes.size() == taken_) {
      entry->second.sizes.push_back(found->second);
    }
  });
  std::vector<v8::Global<v8::Object>> none;
  profiler->QueryObjects(context, &visitor, &none);
  ++taken_;
}

std::vector<GrowingCollection> CollectionCensus::Growing() const {
  std::vector<GrowingCollection> growing;
  if (taken_ < 2) return growing;
  for (const auto& [id, entry] : entries_) {
    if (entry.sizes.size() == taken_ && Grows(entry.sizes)) {
      growing.push_back({id, entry.kind, entry.sizes});
    }
  }
  return growing;
}

}  // namespace highwater
