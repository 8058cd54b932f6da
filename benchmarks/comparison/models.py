"""The models that are compared: real ones from .ci/test-data, full-size ones of random weights, made when first wanted."""

import dataclasses
import functools
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

from comparison.processes import RunFailure
from comparison.runtimes import ROOT, Candor


@dataclasses.dataclass(frozen=True)
class RealModel:
    """A file that .ci/test-data fetches."""

    file: str

    def path(self):
        return _test_models() / self.file


@dataclasses.dataclass(frozen=True)
class RandomCheckpoint:
    """A file that RandomCheckpoint writes: it costs what the real model costs, and says nothing."""

    shape: str
    format: str
    gigabytes: float

    def path(self):
        file = _cache() / f"{self.shape}-{self.format}.gguf"
        if not file.exists():
            self._write(file)
        return file

    def _write(self, file):
        file.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(file.parent).free / 1e9
        if free < self.gigabytes + 1:
            raise RunFailure(f"{file} takes {self.gigabytes} GB, and only {free:.1f} GB are free there")
        print(f"compare: writing {file} ({self.gigabytes} GB)", file=sys.stderr)
        room = _benchmarks()
        classes = f"{room}/target/classes{os.pathsep}{room}/target/lib/*"
        java = pathlib.Path(Candor().facts["javaHome"], "bin", "java")
        written = subprocess.run(
            [java, "--add-modules", "jdk.incubator.vector", "-Xmx256m", "-cp", classes]
            + ["dev.candor.benchmarks.RandomCheckpoint", self.shape, self.format, file],
            check=False,
        )
        if written.returncode != 0:
            raise RunFailure(f"{file} was not written")


@dataclasses.dataclass(frozen=True)
class Pair:
    """What each side runs, and what the tables call it."""

    title: str
    candor: RealModel | RandomCheckpoint
    other: RealModel | RandomCheckpoint


def _same(title, model):
    return Pair(title, model, model)


_DENSE = RandomCheckpoint("phi4-mini-3.8b", "Q4_0", 2.2)

PAIRS = {
    "smollm2": _same("SmolLM2-135M Q4_1", RealModel("SmolLM2-135M-Instruct.Q4_1.gguf")),
    "gemma3": _same("Gemma 3 270M Q4_K_M", RealModel("gemma-3-270m-q4_k_m.gguf")),
    "llama-1b-q4_0": _same("Llama 1B shape Q4_0", RandomCheckpoint("llama-1b", "Q4_0", 0.7)),
    "llama-1b-q8_0": _same("Llama 1B shape Q8_0", RandomCheckpoint("llama-1b", "Q8_0", 1.3)),
    "phi4-mini": _same("Phi-4-mini shape Q4_0", _DENSE),
    # llama.cpp has no SambaY: the dense model of the same size stands on the other side.
    "sambay": Pair("SambaY 3.8B Q4_0, against Phi-4-mini Q4_0", RandomCheckpoint("sambay-3.8b", "Q4_0", 2.2), _DENSE),
}


@dataclasses.dataclass(frozen=True)
class ServedModel:
    """What servers are asked for: a model, and the tokens at which it ends an answer."""

    title: str
    model: RealModel | RandomCheckpoint | None
    ends: tuple[int, ...]
    # Of English text, about.
    characters_per_token: float = 4

    @property
    def is_embedded(self):
        return self.model is None

    def path(self):
        return Candor.EMBEDDED if self.is_embedded else self.model.path()


SERVED = {
    "smollm2": ServedModel(PAIRS["smollm2"].title, PAIRS["smollm2"].candor, (0, 2)),
    "gemma3": ServedModel(PAIRS["gemma3"].title, PAIRS["gemma3"].candor, (1, 106)),
    Candor.EMBEDDED: ServedModel(Candor.EMBEDDED, None, (763, 767), 1.8),
}


def _cache():
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"), "candor", "random-checkpoints")


@functools.cache
def _test_models():
    """Where .ci/test-data says that the real models are."""
    told = subprocess.run([ROOT / ".ci" / "test-data"], stdout=subprocess.PIPE, text=True, check=False)
    if told.returncode != 0:
        raise RunFailure(".ci/test-data did not fetch the real models")
    for word in shlex.split(told.stdout):
        name, _, value = word.partition("=")
        if name == "CANDOR_TEST_MODELS":
            return pathlib.Path(value)
    raise RunFailure(".ci/test-data does not say where the real models are")


@functools.cache
def _benchmarks():
    """This room, built."""
    command = ["mvn", "-B", "-q", "-f", ROOT / "pom.xml", "-pl", "benchmarks", "-am", "-Dmaven.test.skip=true", "package"]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
        raise RunFailure("benchmarks/ could not be built")
    return ROOT / "benchmarks"
