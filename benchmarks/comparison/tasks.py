"""What the sides are made to do, and the lines of a table that tell it."""

import dataclasses

MEBIBYTE = 2**20


@dataclasses.dataclass(frozen=True)
class Throughput:
    """Fill each stream's context to depth (not timed), read prompt tokens, then compute decode tokens one by one."""

    threads: int
    prompt: int
    decode: int
    depth: int
    streams: int

    def __str__(self):
        words = [_threads(self.threads)]
        words += [f"depth {self.depth}"] if self.depth else []
        words += [f"{self.streams} streams"] if self.streams > 1 else []
        return ", ".join(words)

    def run(self, side, model):
        return side.measure(model, self)

    def show(self, measured):
        prefill = self.streams * self.prompt / measured.prefill_seconds
        decode = self.streams * self.decode / measured.decode_seconds
        return f"{prefill:.1f} / {decode:.1f} tok/s"

    @staticmethod
    def head(other):
        wall = ["Candor, tok/s", f"{other}, tok/s", "ratio"]
        cpu = ["CPU ms/token, Candor", other, "ratio"]
        return ["model", "threads", "work", *wall, *cpu, "resident MiB, Candor", other]

    def rows(self, model, paired):
        """A row for each phase."""
        resident = paired.medians(lambda run: run.peak_resident_bytes / MEBIBYTE, 0)
        streams = f" × {self.streams}" if self.streams > 1 else ""
        rows = []
        for phase, length, depth in (
            ("prefill", self.prompt, self.depth),
            ("decode", self.decode, self.depth + self.prompt),
        ):
            tokens = length * self.streams
            seconds = lambda run: getattr(run, f"{phase}_seconds")
            cpu_seconds = lambda run: getattr(run, f"{phase}_cpu_seconds")
            wall = paired.medians(lambda run: tokens / seconds(run), 1)
            cpu = paired.medians(lambda run: cpu_seconds(run) and 1000 * cpu_seconds(run) / tokens, 2)
            work = f"{phase} {length}{streams}" + (f" at {depth}" if depth else "")
            times = [*wall, paired.ratio(seconds), *cpu, paired.ratio(cpu_seconds)]
            rows.append([model, self.threads, work, *times, *resident])
        return rows


@dataclasses.dataclass(frozen=True)
class FirstToken:
    """Start a process, load the model, read a prompt, print one token."""

    threads: int
    # 60 tokens of SmolLM2's vocabulary.
    prompt = (
        "A small language model can run on an ordinary computer, without a network, when its weights fit into the"
        " memory. It reads the words of a question, turns them into numbers, and predicts one word after another"
        " until the answer is complete. The speed of such a small model depends most of all on"
    )
    context = 512

    def __str__(self):
        return f"{_threads(self.threads)}, first token"

    def run(self, side, model):
        return side.first_token(model, self)

    def show(self, measured):
        return f"{measured.seconds:.2f} s ({measured.cpu_seconds:.2f} s of CPU)"

    @staticmethod
    def head(other):
        wall = ["seconds, Candor", other, "ratio"]
        cpu = ["CPU seconds, Candor", other, "ratio"]
        return ["model", "threads", *wall, *cpu, "resident MiB, Candor", other]

    def rows(self, model, paired):
        cells = []
        for seconds in (lambda run: run.seconds, lambda run: run.cpu_seconds):
            cells += [*paired.medians(seconds, 2), paired.ratio(seconds)]
        cells += paired.medians(lambda run: run.peak_resident_bytes / MEBIBYTE, 0)
        return [[model, self.threads, *cells]]


def _threads(count):
    return "1 thread" if count == 1 else f"{count} threads"
