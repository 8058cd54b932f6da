"""Figures of paired runs, tables of them, and the page that keeps the tables."""

import re
import statistics

PREFACE = """# Benchmarks

Written by `benchmarks/compare`, `benchmarks/serve` and `benchmarks/soak` with `--write`; each section says what wrote it, and running that again replaces it.

Both sides do the same work on the same file, alternately (A B A B …; where two models meet the same one, A A′ B A A′ B …), each run in a process of its
own. Prefill is the time to read the prompt to the choice of the first token; decode computes tokens one by one behind it; the tokens are random. Figures are medians. A ratio compares two neighbouring
runs, above 1 means that Candor is ahead; the median of the ratios stands with the lowest and the highest. CPU is the time of all threads of the process.
Resident is the most memory that the process had at a time, mapped weights included. What is called a shape has random weights, from `RandomCheckpoint`.
"""

SERVED = "Served over HTTP"
HELD = "Held under load"

# Sections stand in this order.
KINDS = (
    "Prefill and decode",
    "Deep contexts",
    "Parallel streams",
    "Beside busy processes",
    "First token of a cold process",
    SERVED,
    HELD,
)


class Paired:
    """What each side measured, in the order of the runs. A value that is not known is None."""

    def __init__(self, mine, theirs):
        self._mine = mine
        self._theirs = theirs

    def medians(self, value, digits):
        """One cell for each side."""
        return [self._median(runs, value, digits) for runs in (self._mine, self._theirs)]

    def ratio(self, seconds):
        """How many times less Candor's is, from run to run."""
        pairs = [(seconds(a), seconds(b)) for a, b in zip(self._mine, self._theirs)]
        ratios = [b / a for a, b in pairs if a and b]
        if not ratios:
            return "–"
        middle = f"**{statistics.median(ratios):.2f}**"
        return middle if len(ratios) == 1 else f"{middle} ({min(ratios):.2f}–{max(ratios):.2f})"

    def one(self, value):
        """What is the same for all runs."""
        return value([*self._mine, *self._theirs][0])

    @staticmethod
    def _median(runs, value, digits):
        known = [value(run) for run in runs if value(run) is not None]
        return f"{statistics.median(known):.{digits}f}" if known else "–"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def put_section(page, title, body):
    """Writes the page with this section in its place, instead of the one of the same title if there is one."""
    sections = {}
    if page.exists():
        for section in page.read_text(encoding="utf-8").split("\n## ")[1:]:
            name, _, text = section.partition("\n")
            sections[name] = text.strip("\n")
    sections[title] = body.strip("\n")
    ordered = sorted(sections, key=lambda name: (_place(name), *_numbers_apart(name)))
    text = PREFACE + "".join(f"\n## {name}\n\n{sections[name]}\n" for name in ordered)
    page.write_text(text, encoding="utf-8")


def _numbers_apart(title):
    """Words and numbers in turn, so that 2048 comes before 16384."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", title)]


def _place(title):
    return next((place for place, kind in enumerate(KINDS) if title.startswith(kind)), len(KINDS))
