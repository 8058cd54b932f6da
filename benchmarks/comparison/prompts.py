"""Texts to ask models about: passages of this project's own pages, so that they are real, alike everywhere, and no two the same."""

import functools
import re

from comparison.runtimes import ROOT


def passage(number, characters):
    """A passage of about so many characters; another number gives another, and none begins as another does."""
    text = _pages()
    # A step that has no divisor in common with the length comes by every place before it repeats.
    at = (number * 7919) % (len(text) - characters)
    return f"Passage {number + 1}. {text[at : at + characters].strip()}"


@functools.cache
def _pages():
    texts = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").rglob("*.md")) if page.name != "benchmarks.md"]
    # Prose alone: figures, digests and commands take many tokens for few characters.
    words = re.findall(r"(?<!\S)[A-Za-z'-]{1,20}[.,:;]?(?!\S)", " ".join(texts))
    return " ".join(words)
