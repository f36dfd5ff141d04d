# Runs a command and writes what it and all processes below it used, as JSON.
#
# Node cannot ask for this: its resourceUsage() is of one process. Python is there wherever the addon is built.

import json
import os
import subprocess
import sys
import time

out, *command = sys.argv[1:]
start = time.monotonic()
child = subprocess.Popen(command)
_, status, used = os.wait4(child.pid, 0)
with open(out, "w") as file:
    json.dump(
        {
            "exitCode": os.waitstatus_to_exitcode(status),
            "wallMs": (time.monotonic() - start) * 1000,
            "cpuMs": (used.ru_utime + used.ru_stime) * 1000,
            # Of the largest process, not the sum. Linux counts it in KiB.
            "peakBytes": used.ru_maxrss * 1024,
        },
        file,
    )
