// V8 flags that a measurement changes, and puts back.
#pragma once

#include <v8.h>

namespace highwater {

// V8's flags belong to the process, environments to threads: holders are
// counted, and only the first sets and the last restores.

// Makes collections possible and deterministic, and keeps bytecode: what is
// flushed would be compiled again, and counted, in the middle of a window.
class MeasurementFlags {
 public:
  MeasurementFlags();
  ~MeasurementFlags();
  MeasurementFlags(const MeasurementFlags&) = delete;
  MeasurementFlags& operator=(const MeasurementFlags&) = delete;
};

// Every collection is a full one, so that each shows what is live: also where
// code runs that never comes to a safe point.
class GlobalCollections {
 public:
  GlobalCollections();
  ~GlobalCollections();
  GlobalCollections(const GlobalCollections&) = delete;
  GlobalCollections& operator=(const GlobalCollections&) = delete;
};

// Nothing new is optimised. What already is optimised stays so: throwing it
// away is the caller's part.
class TierPin {
 public:
  explicit TierPin(v8::Isolate* isolate);
  ~TierPin();
  TierPin(const TierPin&) = delete;
  TierPin& operator=(const TierPin&) = delete;
};

}  // namespace highwater
