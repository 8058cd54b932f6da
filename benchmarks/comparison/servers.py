"""The servers of both sides: started on a free port of this machine, asked over HTTP, watched from outside."""

import json
import os
import pathlib
import re
import signal
import socket
import tempfile
import time
import urllib.error
import urllib.request

from comparison.processes import Child, RunFailure
from comparison.runtimes import ROOT

START_SECONDS = 120


class Server:
    """A server that runs. Use it in a with statement."""

    def __init__(self, child, port, model):
        self.port = port
        self.model = model
        self._child = child

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.__exit__()

    def cpu_seconds(self):
        return self._child.cpu_nanos() / 1e9

    def memory(self):
        """Bytes resident now, bytes of these that are no file's, and most that were resident."""
        found = {}
        for line in pathlib.Path(f"/proc/{self._child.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            found[name] = value
        return tuple(int(found[name].split()[0]) << 10 for name in ("VmRSS", "RssAnon", "VmHWM"))

    def stop(self):
        """Lets it end by itself, and fails if it does not."""
        os.kill(self._child.pid, signal.SIGTERM)
        self._child.read()

    def await_answer(self, path):
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                    if answer.status == 200:
                        return self
            except (urllib.error.URLError, OSError):
                if time.monotonic() > end or self._child.has_ended():
                    raise self._child.failure(f"does not answer {path}") from None
            time.sleep(0.1)


class CandorHome:
    """A home of its own for what a server records; the models are those that the comparison has packed."""

    def __init__(self, candor):
        self._candor = candor
        self._folder = tempfile.TemporaryDirectory(prefix="candor-serve-")
        home = pathlib.Path(self._folder.name) / "home"
        home.mkdir()
        models = pathlib.Path(candor.environment["CANDOR_HOME"]) / "models"
        models.mkdir(parents=True, exist_ok=True)
        (home / "models").symlink_to(models)
        configuration = str(home.parent / "configuration")
        # The passphrase of its keys is made there, and goes with them.
        secrets = {"CANDOR_PASSPHRASE_FILE": "", "CREDENTIALS_DIRECTORY": ""}
        self.environment = {**candor.environment, "CANDOR_HOME": str(home), "XDG_CONFIG_HOME": configuration, **secrets}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def run(self, *arguments):
        """What a command prints."""
        with Child([ROOT / "candor", *arguments], self.environment) as child:
            return child.read()

    def serve(self, model, *arguments):
        """Starts a server of one model: the name of an embedded one, or the path of a file."""
        command = [ROOT / "candor", "serve", "--port", 0, "--json", "--model", self._candor.stored(model), *arguments]
        child = Child(command, self.environment)
        told = b""
        while not told.rstrip().endswith(b"}"):
            line = child.output.readline()
            if not line:
                child.finish(told)
                raise child.failure("ended before it served")
            told += line
        facts = json.loads(told)
        return Server(child, facts["port"], facts["model"]).await_answer("/ready")


class CandorServing:
    """Each run is a server with a home of its own."""

    name = "Candor"

    def __init__(self, candor):
        self._candor = candor

    def version(self):
        return self._candor.version()

    def start(self, model, threads, streams, context):
        home = CandorHome(self._candor)
        options = ["--threads", threads, "--parallel", streams, "--context", context]
        try:
            return _Owning(home, home.serve(model, *options))
        except BaseException:
            home.__exit__()
            raise

    @staticmethod
    def without_end(ends):
        """What keeps the model from ending an answer."""
        return {"logit_bias": {str(token): -1000 for token in ends}} if ends else {}


class _Owning:
    """A server, and the home that goes with it."""

    def __init__(self, home, server):
        self._home = home
        self._server = server

    def __enter__(self):
        return self._server

    def __exit__(self, *_):
        self._server.__exit__()
        self._home.__exit__()


class LlamaServing:
    """llama.cpp's llama-server, from one of the builds of benchmarks/peer."""

    name = "llama.cpp"

    def __init__(self, llama):
        self._llama = llama

    def version(self):
        return self._llama.version()

    def start(self, model, threads, streams, context):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [self._llama.program("llama-server"), "--model", model, "--host", "127.0.0.1", "--port", port]
        command += ["--threads", threads, "--parallel", streams, "--ctx-size", streams * context, "--no-ui", "--log-disable"]
        return Server(Child(command), port, re.sub(r"\.gguf$", "", pathlib.Path(model).name)).await_answer("/health")

    @staticmethod
    def without_end(_):
        return {"ignore_eos": True}
