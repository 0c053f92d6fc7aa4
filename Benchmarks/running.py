"""Running a command with its wall seconds and its peak memory, and timing calls in this process."""

import json
import statistics
import subprocess
import sys
import time

# A process begins with the memory peak of the one that started it, so a large one must not start the command
# itself: this small one does. It also keeps this interpreter's size out of the time of starting a process.
LAUNCHER = """
import json, os, sys, time
out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - start
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps({"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime,
                  "bytes": usage.ru_maxrss * unit, "code": os.waitstatus_to_exitcode(status)}))
"""


class Run:
    """One finished command: `seconds`, `cpu` seconds, peak `bytes` and the `output`."""

    def __init__(self, command, output_path, environment=None):
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, output_path, *map(str, command)]
        result = subprocess.run(launcher, capture_output=True, text=True, env=environment)
        if result.returncode != 0:
            raise RuntimeError(f"{command[0]} could not be started: {result.stderr.strip()}")
        figures = json.loads(result.stdout)
        if figures["code"] != 0:
            raise RuntimeError(
                f"{' '.join(map(str, command))} ended with code {figures['code']}: {result.stderr.strip()}")
        self.seconds = figures["seconds"]
        self.cpu = figures["cpu"]
        self.bytes = figures["bytes"]
        with open(output_path, "rb") as file:
            self.output = file.read()

    def json(self):
        return json.loads(self.output)


class Series:
    """Seconds of repeated runs of the same work."""

    def __init__(self):
        self.seconds = []
        self.cpu = []

    def add(self, seconds, cpu=None):
        self.seconds.append(seconds)
        if cpu is not None:
            self.cpu.append(cpu)

    @property
    def median(self):
        return statistics.median(self.seconds)

    def as_json(self):
        result = {"median": self.median, "least": min(self.seconds), "most": max(self.seconds),
                  "runs": len(self.seconds)}
        if self.cpu:
            result["medianCPU"] = statistics.median(self.cpu)
        return result


def clock(work, series):
    """Runs a call, adds its seconds to a series and returns what it returned."""
    start = time.perf_counter()
    cpu = time.process_time()
    result = work()
    series.add(time.perf_counter() - start, time.process_time() - cpu)
    return result


def in_turn(repeats, *works):
    """Runs each work once in every round, so that a busy moment of the machine hits all of them alike."""
    for _ in range(repeats):
        for work in works:
            work()
