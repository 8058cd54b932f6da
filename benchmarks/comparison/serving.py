"""Streams of requests to a server: what they took, and the lines of a table that tell it."""

import dataclasses
import itertools
import statistics
import threading
import time

from comparison.exchanges import Exchange, share
from comparison.processes import RunFailure
from comparison.prompts import passage
from comparison.tasks import MEBIBYTE


@dataclasses.dataclass(frozen=True)
class Served:
    """What a round of requests took. Seconds to the first token are in the order of the requests."""

    seconds: float
    cpu_seconds: float
    prompt_tokens: int
    answer_tokens: int
    first_token_seconds: list[float]
    resident_bytes: int

    @staticmethod
    def of(measured, task):
        """The same work without a server: all prompts are read, and then all answers go on together."""
        return Served(
            measured.prefill_seconds + measured.decode_seconds,
            measured.prefill_cpu_seconds + measured.decode_cpu_seconds,
            task.streams * task.prompt,
            task.streams * task.decode,
            [measured.prefill_seconds] * task.streams,
            measured.peak_resident_bytes,
        )


@dataclasses.dataclass(frozen=True)
class Streams:
    """So many clients at once, each of which asks for one answer after another, streamed, of a prompt that nobody else has."""

    streams: int
    requests: int
    characters: int
    answer: int

    def __str__(self):
        return "1 stream" if self.streams == 1 else f"{self.streams} streams"

    def run(self, server, extra, numbers):
        """The same numbers give the same prompts."""
        asked = [[self._exchange(server, extra, next(numbers)) for _ in range(self.requests)] for _ in range(self.streams)]
        threads = [threading.Thread(target=_ask_all, args=(exchanges,)) for exchanges in asked]
        cpu, started = server.cpu_seconds(), time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds, cpu = time.monotonic() - started, server.cpu_seconds() - cpu
        first, read, written = [], 0, 0
        for exchange in itertools.chain(*asked):
            answer = exchange.read()
            usage = answer.usage()
            if answer.failure or answer.error() or not answer.is_done or not usage or not answer.pieces():
                raise RunFailure(f"{server.model}: {answer.status} {answer.failure or answer.error() or answer.body[-300:]}")
            if usage[1] != self.answer:
                raise RunFailure(f"{server.model}: an answer has {usage[1]} tokens, {self.answer} were asked for")
            first.append(answer.pieces()[0][0])
            read += usage[0]
            written += usage[1]
        return Served(seconds, cpu, read, written, first, server.memory()[2])

    def _exchange(self, server, extra, number):
        body = {
            "model": server.model,
            "prompt": passage(number, self.characters),
            "max_tokens": self.answer,
            "temperature": 0,
            "top_k": 1,
            "stream": True,
            "stream_options": {"include_usage": True},
            **extra,
        }
        return Exchange(server.port, "/v1/completions", body)

    def show(self, served):
        first = 1000 * statistics.median(served.first_token_seconds)
        return f"{served.answer_tokens / served.seconds:.1f} tok/s, first after {first:.0f} ms"

    @staticmethod
    def head(other, with_bench):
        wall = ["Candor, tok/s", f"{other}, tok/s", "ratio"]
        cpu = ["CPU ms/token, Candor", other, "ratio"]
        if with_bench:
            wall += ["`candor bench`, tok/s", "Candor's share of it"]
            cpu += ["`candor bench`", "ratio"]
        first = ["first token p50, ms, Candor", other, "p99, Candor", other]
        return ["model", "streams", "tokens in, out", *wall, *cpu, *first, "resident MiB, Candor", other]

    def rows(self, model, paired, bench):
        """bench: the runs of Candor beside those of candor bench; None where it was not run."""
        rate = lambda run: run.answer_tokens / run.seconds
        per_token = lambda run: 1000 * run.cpu_seconds / run.answer_tokens
        cells = [*paired.medians(rate, 1), paired.ratio(lambda run: 1 / rate(run))]
        cells += [bench.medians(rate, 1)[1], bench.ratio(lambda run: 1 / rate(run))] if bench else []
        cells += [*paired.medians(per_token, 2), paired.ratio(per_token)]
        cells += [bench.medians(per_token, 2)[1], bench.ratio(per_token)] if bench else []
        for part in (0.5, 0.99):
            cells += paired.medians(lambda run: 1000 * share(run.first_token_seconds, part), 0)
        cells += paired.medians(lambda run: run.resident_bytes / MEBIBYTE, 0)
        length = paired.one(lambda run: f"{run.prompt_tokens / (self.streams * self.requests):.0f}, {self.answer}")
        return [[model, self.streams, length, *cells]]


def _ask_all(exchanges):
    for exchange in exchanges:
        exchange.run()
