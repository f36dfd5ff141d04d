// Pages straight from the kernel, past malloc and past every hook.
#pragma once

#include "track/raw_memory.h"

namespace highwater {

RawMemory RawPages();

}  // namespace highwater
