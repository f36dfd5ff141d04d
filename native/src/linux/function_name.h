// How native functions are called in what people read.
#pragma once

#include <string>
#include <string_view>

namespace highwater {

// Without parameters, template arguments and the result's type, which are long
// and say little: "v8::internal::Heap::Allocate".
std::string ShortFunctionName(std::string_view demangled);

}  // namespace highwater
