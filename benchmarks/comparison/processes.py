"""Child processes with their times: what a runtime did is read from the operating system, alike for both sides."""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time


class RunFailure(Exception):
    """A program that did not do what it was asked to; says which and why."""


class Child:
    """A process that is watched from outside. Use it in a with statement."""

    def __init__(self, command, environment=None, together=False):
        """together: standard error comes between the lines of standard output, in their order."""
        self._program = command[0]
        self.started = time.monotonic_ns()
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if together else self._errors,
            env={**os.environ, **(environment or {})},
            bufsize=0,
        )
        self.output = self._process.stdout
        self.peak_resident_bytes = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()
        self.output.close()
        self._errors.close()

    def cpu_nanos(self):
        """CPU time of all threads so far, those that have ended included (clock_getcpuclockid(3), Linux)."""
        return time.clock_gettime_ns((~self._process.pid << 3) | 2)

    @property
    def pid(self):
        return self._process.pid

    def has_ended(self):
        return self._process.poll() is not None

    def read(self):
        """All that the program prints until its end."""
        output = self.output.read()
        self.finish(output)
        return output

    def finish(self, output=b""):
        """Waits for the end, and fails if the program did, with the end of what it said."""
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.peak_resident_bytes = usage.ru_maxrss << 10
        if self._process.returncode != 0:
            self._errors.seek(0)
            said = " ".join((output + self._errors.read()).decode(errors="replace").split())[-300:]
            raise self.failure(f"ended with {self._process.returncode}. {said}")

    def failure(self, why):
        return RunFailure(f"{pathlib.Path(self._program).name} {why}")


@contextlib.contextmanager
def busy_processes(count):
    """Foreign processes that compute without end, at the usual priority, as long as the with statement lasts."""
    processes = []
    try:
        for _ in range(count):
            processes.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
