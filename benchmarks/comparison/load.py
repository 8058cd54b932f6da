"""Clients that want different things of a server at once: short and long prompts, all ways of sampling, some that leave, some that ask again."""

import dataclasses
import random
import threading
import time

from comparison.exchanges import Exchange
from comparison.prompts import passage

QUESTIONS = (
    "What is {0} + {1}?",
    "Name {0} animals.",
    "Write a sentence about the number {1}.",
    "Is {0} more than {1}? Say why.",
    "Count from {0} to {1}.",
)

SAMPLINGS = (
    {"temperature": 0},
    {"temperature": 0.8},
    {"temperature": 1, "top_p": 0.9},
    {"temperature": 1.2, "top_k": 40, "min_p": 0.05},
    {"temperature": 0.7, "repetition_penalty": 1.1},
    {"temperature": 0.7, "presence_penalty": 0.5, "frequency_penalty": 0.5},
)

LIST = {
    "type": "json_schema",
    "json_schema": {
        "name": "numbers",
        "schema": {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 8},
    },
}


@dataclasses.dataclass
class Asked:
    """A request and what became of it."""

    stream: int
    path: str
    body: dict
    key: str
    began: float
    leaves: bool
    is_repeat: bool
    answer: object
    turned_away: int
    text: str = ""

    @property
    def is_whole(self):
        return self.answer.status == 200 and not self.leaves and not self.answer.failure and self.answer.is_done


class Client(threading.Thread):
    """Asks one thing after another until the time is over. What it asks follows from the seed and its number alone."""

    def __init__(self, server, number, seed, end, characters_per_token):
        super().__init__(daemon=True)
        self._server = server
        self._number = number
        self._random = random.Random(f"{seed} {number}")
        self._seed = seed
        self._end = end
        self._characters = characters_per_token
        self.asked = []
        self.thrown = None

    def run(self):
        try:
            self._ask_on()
        except Exception as thrown:  # It belongs to the thread that waits for this one.
            self.thrown = thrown

    def _ask_on(self):
        while time.monotonic() < self._end:
            path, body = self._wish()
            key = f"{self._seed}-{self._number}-{len(self.asked)}"
            what = self._random.random()
            if what < 0.08:
                self._ask(path, body, key, leave_after=self._random.randint(1, 8))
                if what < 0.04:
                    # As a client does whose connection broke: the same request under the same key.
                    self._ask(path, body, key)
            else:
                self._ask(path, body, key)
                if what < 0.12:
                    self._ask(path, body, key, is_repeat=True)

    def _wish(self):
        choose = self._random
        body = {"model": self._server.model, "max_tokens": choose.choice((16, 32, 64, 96)), "seed": choose.getrandbits(32)}
        body |= choose.choice(SAMPLINGS) | {"stream": True, "stream_options": {"include_usage": True}}
        kind = choose.random()
        if kind < 0.15:
            tokens = choose.choice((200, 600))
            return "/v1/completions", body | {"prompt": passage(choose.randrange(100_000), round(tokens * self._characters))}
        question = choose.choice(QUESTIONS).format(choose.randint(2, 9), choose.randint(10, 99))
        if kind < 0.4:
            question = f"{passage(choose.randrange(100_000), round(120 * self._characters))}\n{question}"
        if kind > 0.95:
            body |= {"response_format": LIST, "max_tokens": 96}
        return "/v1/chat/completions", body | {"messages": [{"role": "user", "content": question}]}

    def _ask(self, path, body, key, leave_after=None, is_repeat=False):
        turned_away = 0
        while True:
            began = time.monotonic()
            exchange = Exchange(self._server.port, path, body, {"Idempotency-Key": key}).run(leave_after)
            answer = exchange.read()
            if answer.status != 429:
                break
            turned_away += 1
            time.sleep(min(5, int(answer.headers.get("retry-after", 1))))
        text = answer.text()
        leaves = leave_after is not None and not answer.is_done
        self.asked.append(Asked(self._number, path, body, key, began, leaves, is_repeat, answer, turned_away, text))


class Memory(threading.Thread):
    """Looks each second at what a server has in memory."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self._server = server
        self._over = threading.Event()
        self.began = time.monotonic()
        # Of (seconds, bytes resident, bytes of these that are no file's).
        self.samples = []

    def run(self):
        while not self._over.wait(1):
            resident, anonymous, _ = self._server.memory()
            self.samples.append((time.monotonic() - self.began, resident, anonymous))

    def stop(self):
        self._over.set()
        self.join()

    def after(self, seconds):
        return [sample for sample in self.samples if sample[0] >= seconds]
