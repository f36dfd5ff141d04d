#include "function_name.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace highwater {
namespace {

constexpr std::string_view kAnonymous = "(anonymous namespace)";
constexpr std::string_view kOperator = "operator";

// "operator<" and "operator()" are names, whatever is in them.
std::size_t OperatorBytes(std::string_view text) {
  if (!text.starts_with(kOperator)) return 0;
  std::size_t bytes = kOperator.size();
  if (text.substr(bytes).starts_with("()")) return bytes + 2;
  while (bytes < text.size() && std::strchr("<>=!-+*/%&|^~[],", text[bytes])) {
    ++bytes;
  }
  // "operator new[]", "operator bool"
  if (bytes == kOperator.size() && text.substr(bytes).starts_with(" ")) {
    bytes = std::min(text.find('(', bytes), text.size());
  }
  return bytes;
}

}  // namespace

std::string ShortFunctionName(std::string_view demangled) {
  std::string name;
  int depth = 0;
  for (std::size_t at = 0; at < demangled.size(); ++at) {
    const std::string_view rest = demangled.substr(at);
    if (depth == 0) {
      if (rest.starts_with(kAnonymous)) {
        name += kAnonymous;
        at += kAnonymous.size() - 1;
        continue;
      }
      if (const std::size_t bytes = OperatorBytes(rest)) {
        name += rest.substr(0, bytes);
        at += bytes - 1;
        continue;
      }
      if (rest[0] == '(') break;
      // The result's type stands before the name of a template's function.
      // "operator< <int>" has a space of its own.
      if (rest[0] == ' ') {
        if (!rest.starts_with(" <")) name.clear();
        continue;
      }
    }
    if (rest[0] == '<') ++depth;
    if (depth == 0) name += rest[0];
    if (rest[0] == '>' && depth > 0) --depth;
  }
  return name.empty() ? std::string(demangled) : name;
}

}  // namespace highwater
