// Whether this V8 is one whose inner words were looked at.
#pragma once

#include <v8-version.h>

namespace highwater {

// Checked under stress with these; an unknown V8 may have moved the words.
constexpr bool kIsKnownV8 = (V8_MAJOR_VERSION == 11 && V8_MINOR_VERSION == 3) ||
                            (V8_MAJOR_VERSION == 12 && V8_MINOR_VERSION == 4) ||
                            (V8_MAJOR_VERSION == 13 && V8_MINOR_VERSION == 6) ||
                            (V8_MAJOR_VERSION == 14 && V8_MINOR_VERSION == 6);

}  // namespace highwater
