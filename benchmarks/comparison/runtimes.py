"""The two sides: each knows how its own programs are told to do a task, and what they print."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import time

from comparison.processes import Child, RunFailure

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Measured:
    """What reading a prompt and answering took. CPU seconds are None where the program does not tell its phases apart."""

    prefill_seconds: float
    decode_seconds: float
    prefill_cpu_seconds: float | None
    decode_cpu_seconds: float | None
    peak_resident_bytes: int


@dataclasses.dataclass(frozen=True)
class Started:
    """From the start of a process to the first byte of its answer."""

    seconds: float
    cpu_seconds: float
    peak_resident_bytes: int


class Candor:
    """This build, through its launcher."""

    name = "Candor"
    # What makes the JVM see no more than AVX2; emitted kernels ask the processor, and are told by name.
    AVX2_ONLY = "-XX:UseAVX=2"
    AVX2_KERNELS = "emitted-avx2"
    # The model that comes with it, and is no file of the store.
    EMBEDDED = "candor-mini"

    def __init__(self, kernels=None, avx2_only=False):
        if avx2_only and not kernels:
            kernels = self.AVX2_KERNELS
        self._kernels = ["--kernels", kernels] if kernels else []
        options = os.environ.get("CANDOR_JAVA_OPTIONS", "")
        self.environment = {"CANDOR_JAVA_OPTIONS": f"{options} {self.AVX2_ONLY}".strip() if avx2_only else options}
        # Models are packed into a store of their own, as `candor models add` does for a user.
        cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
        self.environment["CANDOR_HOME"] = str(cache / "candor" / "comparison")
        self.facts = json.loads(self._output(["doctor", "--json", *self._kernels]))

    def version(self):
        commit = subprocess.run(
            ["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
        ).stdout.strip()
        java = self.facts["java"].split(",")[0]
        options = self.environment["CANDOR_JAVA_OPTIONS"]
        return (
            f"Candor {self.facts['version']}{f' ({commit})' if commit else ''}, kernels {self.facts['kernels']},"
            f" Java {java}{f' with {options}' if options else ''}"
        )

    def measure(self, model, task):
        command = ["bench", "--model", self.stored(model), "--prompt", task.prompt, "--decode", task.decode, "--depth", task.depth]
        command += ["--threads", task.threads, *self._kernels, "--json"]
        if task.streams > 1:
            command += ["--streams", task.streams]
        with self._start(command) as child:
            told = json.loads(child.read())
            return Measured(
                task.streams * task.prompt / told["prefillTokensPerSecond"],
                task.streams * task.decode / told["decodeTokensPerSecond"],
                told["prefillCpuMillis"] / 1000,
                told["decodeCpuMillis"] / 1000,
                child.peak_resident_bytes,
            )

    def first_token(self, model, task):
        command = ["ask", "--model", self.stored(model), "--raw", "--max-tokens", 1, "--temperature", 0, "--context", task.context]
        command += ["--threads", task.threads, *self._kernels, "--", task.prompt]
        with self._start(command) as child:
            return first_byte(child)

    def stored(self, file):
        """The name under which the file is in the store; it is added first if it is not."""
        if file == self.EMBEDDED:
            return file
        name = re.sub("[^a-z0-9.-]+", "-", pathlib.Path(file).stem.lower())
        if not self._folder(name).exists():
            self._output(["models", "add", file, "--name", name])
        return name

    def weights(self, file):
        """The files that are mapped."""
        return list(self._folder(self.stored(file)).glob("*.gguf"))

    def _folder(self, name):
        return pathlib.Path(self.environment["CANDOR_HOME"], "models", name)

    def _output(self, arguments):
        with self._start(arguments) as child:
            return child.read()

    def _start(self, arguments):
        return Child([ROOT / "candor", *arguments], self.environment)


class LlamaCpp:
    """llama.cpp's own programs, from one of the two builds of benchmarks/peer."""

    name = "llama.cpp"

    def __init__(self, kind):
        self._kind = kind
        built = subprocess.run([ROOT / "benchmarks" / "peer", kind], stdout=subprocess.PIPE, text=True, check=False)
        if built.returncode != 0:
            raise RunFailure(f"benchmarks/peer {kind} ended with {built.returncode}")
        self._programs = pathlib.Path(built.stdout.strip())

    def version(self):
        told = subprocess.run([self._programs / "llama-completion", "--version"], capture_output=True, text=True, check=True)
        number = re.search(r"^version: (.+)$", told.stdout + told.stderr, re.MULTILINE).group(1)
        package = (self._programs.parent / "complete").read_text().strip()
        return f"llama.cpp {number} as in llama-cpp-python {package}, {self._kind} build"

    def program(self, name):
        return self._programs / name

    def weights(self, file):
        """The files that are mapped."""
        return [file]

    def measure(self, model, task):
        return self._one_stream(model, task) if task.streams == 1 else self._many_streams(model, task)

    def first_token(self, model, task):
        command = [self._programs / "llama-completion", "--model", model, "--prompt", task.prompt, "--predict", 1]
        command += ["--no-conversation", "--no-display-prompt", "--no-warmup", "--temp", 0]
        command += ["--ctx-size", task.context, "--threads", task.threads]
        with Child(command) as child:
            return first_byte(child)

    def _one_stream(self, model, task):
        """llama-bench says when each phase begins; its own total is held against the clock here."""
        command = [self._programs / "llama-bench", "--model", model, "--threads", task.threads]
        command += ["--n-prompt", 0, "--n-gen", 0, "-pg", f"{task.prompt},{task.decode}"]
        command += ["--n-depth", task.depth, "--repetitions", 1, "--output", "jsonl", "--progress"]
        marks = {}
        with Child(command, together=True) as child:
            said = b""
            for line in child.output:
                now = (time.monotonic_ns(), child.cpu_nanos())
                said = line
                if b": prompt run" in line:
                    marks["prefill"] = now
                elif b": generation run" in line:
                    marks["decode"] = now
                elif line.startswith(b"{"):
                    marks["end"] = now
                    told = json.loads(line)
            child.finish(said)
            if len(marks) < 3:
                raise child.failure("did not say when its phases began")
            (prefill, prefill_cpu), (decode, decode_cpu), (end, end_cpu) = (
                marks[name] for name in ("prefill", "decode", "end")
            )
            total = told["samples_ns"][0]
            if abs(end - prefill - total) > 0.02 * total + 20e6:
                raise child.failure(f"took {total / 1e9:.2f} s by its own clock, {(end - prefill) / 1e9:.2f} s by ours")
            return Measured(
                (decode - prefill) / 1e9,
                (total - (decode - prefill)) / 1e9,
                (decode_cpu - prefill_cpu) / 1e9,
                (end_cpu - decode_cpu) / 1e9,
                child.peak_resident_bytes,
            )

    def _many_streams(self, model, task):
        """llama-batched-bench prints the seconds of its phases at the end, so their CPU time is not known."""
        if task.depth:
            raise RunFailure("llama-batched-bench cannot fill a context before it measures")
        command = [self._programs / "llama-batched-bench", "--model", model, "--threads", task.threads]
        command += ["--ctx-size", task.streams * (task.prompt + task.decode), "--output-format", "jsonl"]
        command += ["-npp", task.prompt, "-ntg", task.decode, "-npl", task.streams]
        with Child(command) as child:
            lines = [line for line in child.read().splitlines() if line.startswith(b"{")]
            if len(lines) != 1:
                raise child.failure("measured nothing")
            told = json.loads(lines[0])
            return Measured(told["t_pp"], told["t_tg"], None, None, child.peak_resident_bytes)


def first_byte(child):
    """Waits for the first byte of the answer, then for the end."""
    if not child.output.read(1):
        child.finish()
        raise child.failure("printed nothing")
    seconds = (time.monotonic_ns() - child.started) / 1e9
    cpu_seconds = child.cpu_nanos() / 1e9
    child.output.read()
    child.finish()
    return Started(seconds, cpu_seconds, child.peak_resident_bytes)
