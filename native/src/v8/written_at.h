// Where something is written, as V8 compiled it, without formatting a stack:
// that would run the program's `Error.prepareStackTrace`.
#pragma once

#include <v8.h>

#include <optional>
#include <string>
#include <string_view>

namespace highwater {

struct WrittenAt {
  int script_id = 0;
  std::string script_name;
  // 1-based.
  int line = 0;
  int column = 0;
  // Empty unless asked for: it may be the map itself.
  std::string source_map_url;
};

// The innermost frame of the present stack in a script that ends with `path`: a
// path, or the URL of one.
std::optional<WrittenAt> InnermostFrameIn(v8::Isolate* isolate,
                                          std::string_view path, bool with_map);

// The start of a function; nothing for those of V8 and Node.
std::optional<WrittenAt> StartOf(v8::Isolate* isolate,
                                 v8::Local<v8::Function> function,
                                 bool with_map);

}  // namespace highwater
