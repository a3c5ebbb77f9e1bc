"""Runs a command and prints what it took, as JSON: wall and CPU in seconds, memory at its peak in MB, exit code.

Here, since Node cannot say what a child has used. A peak below this program's own, about 10 MB, cannot be seen.
"""

import json
import os
import subprocess
import sys
import time

started = time.monotonic()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
wall = time.monotonic() - started
child.returncode = os.waitstatus_to_exitcode(status)
# The kernel counts in kilobytes, macOS in bytes.
unit = 2**20 if sys.platform == "darwin" else 2**10
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps({"wall": wall, "cpu": cpu, "memory": usage.ru_maxrss / unit, "code": child.returncode}))
