"""Requests to a server on this machine, with the time at which each event of the answer came."""

import bisect
import json
import math
import re
import socket
import time

# What a request may take at most without a byte.
SILENCE_SECONDS = 300


class Exchange:
    """A request, and what came back. While it runs it only takes bytes and looks at the clock; it is read afterwards."""

    def __init__(self, port, path, body, headers=None):
        self.body = body
        self._port = port
        words = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close"]
        words += ["Content-Type: application/json", "Accept: text/event-stream, application/json"]
        words += [f"{name}: {value}" for name, value in (headers or {}).items()]
        content = json.dumps(body).encode()
        self._request = "\r\n".join([*words, f"Content-Length: {len(content)}", "", ""]).encode() + content
        self._pieces = []
        self.sent = self.ended = 0.0
        self.left = False
        self.failure = None

    def run(self, leave_after=None):
        """Asks, and takes the answer; closes the connection after so many events, if that is said."""
        self.sent = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=SILENCE_SECONDS) as connection:
                connection.sendall(self._request)
                seen = 0
                while not self._is_whole() and (data := connection.recv(1 << 16)):
                    self._pieces.append((time.monotonic(), data))
                    seen += data.count(b"data: ")
                    if leave_after is not None and seen >= leave_after:
                        self.left = True
                        break
        except OSError as failure:
            self.failure = f"{type(failure).__name__}: {failure}"
        self.ended = time.monotonic()
        return self

    def _is_whole(self):
        """Whether all of it has come: servers do not always close the connection, though they are asked to."""
        if not self._pieces:
            return False
        if self._pieces[-1][1].endswith(b"0\r\n\r\n"):
            # The last chunk has no bytes, and no other chunk of text ends so.
            return True
        raw = b"".join(data for _, data in self._pieces) if len(self._pieces) < 3 else b""
        head, _, body = raw.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        return bool(length) and len(body) >= int(length.group(1))

    def read(self):
        """What came, as an Answer."""
        raw = b"".join(data for _, data in self._pieces)
        head, separator, _ = raw.partition(b"\r\n\r\n")
        if not separator:
            return Answer(0, {}, [], b"", self.failure or "the connection ended before an answer")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        start = len(head) + 4
        whole = True
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body, places, whole = _without_chunks(raw, start)
        else:
            body, places = raw[start:], [(len(raw) - start, len(raw))]
            whole = len(body) == int(headers.get("content-length", len(body)))
        failure = self.failure or (None if whole or self.left else "the answer ended in its middle")
        return Answer(int(lines[0].split()[1]), headers, self._events(body, places), body, failure)

    def _events(self, body, places):
        """Pairs of the seconds since the request and the data of an event."""
        ends, total = [], 0
        for _, data in self._pieces:
            total += len(data)
            ends.append(total)
        bodies = [end for end, _ in places]
        events, at = [], 0
        while (end := body.find(b"\n\n", at)) >= 0:
            lines = [line[6:] for line in body[at:end].split(b"\n") if line.startswith(b"data: ")]
            at = end + 2
            if lines:
                place = places[bisect.bisect_left(bodies, at)][1]
                # Where the body is not in chunks all of it has one place; that is no stream, and no time is asked for.
                when = self._pieces[bisect.bisect_left(ends, place)][0]
                events.append((when - self.sent, b"\n".join(lines)))
        return events


class Answer:
    """Status, headers and events of a response; failure says what was wrong with the connection, or is None."""

    def __init__(self, status, headers, events, body, failure):
        self.status = status
        self.headers = headers
        self.body = body
        self.failure = failure
        self.is_done = bool(events) and events[-1][1] == b"[DONE]"
        self.chunks = [(when, json.loads(data)) for when, data in events if data.startswith(b"{")]

    def error(self):
        """The error that the server tells, as text; None if it tells none."""
        if self.status == 200:
            told = [chunk["error"] for _, chunk in self.chunks if "error" in chunk]
            return json.dumps(told[0]) if told else None
        return self.body.decode(errors="replace")[:300]

    def pieces(self):
        """Pairs of seconds and text, of the first choice."""
        pieces = []
        for when, chunk in self.chunks:
            for choice in chunk.get("choices") or []:
                delta = choice.get("delta") or {}
                text = choice.get("text") or delta.get("content") or delta.get("reasoning_content")
                if text:
                    pieces.append((when, text))
        return pieces

    def text(self):
        return "".join(text for _, text in self.pieces())

    def usage(self):
        """Tokens read and written, or None where they were not told."""
        for _, chunk in reversed(self.chunks):
            if chunk.get("usage"):
                return chunk["usage"]["prompt_tokens"], chunk["usage"]["completion_tokens"]
        return None

    def finish_reason(self):
        reasons = [choice["finish_reason"] for _, chunk in self.chunks for choice in chunk.get("choices") or []]
        return next((reason for reason in reversed(reasons) if reason), None)

    def receipts(self):
        return [receipt for _, chunk in self.chunks for receipt in (chunk.get("candor") or {}).get("receipts", [])]


def _without_chunks(raw, at):
    """The body; where each chunk ends, in the body and in raw; whether it is whole."""
    body, places = bytearray(), []
    while (line := raw.find(b"\r\n", at)) >= 0:
        size = int(raw[at:line].partition(b";")[0], 16)
        if size == 0:
            return bytes(body), places or [(0, len(raw))], True
        body += raw[line + 2 : line + 2 + size]
        at = line + 2 + size + 2
        places.append((len(body), min(at, len(raw))))
    return bytes(body), places or [(0, len(raw))], False


def share(values, part):
    """The smallest of the values that so large a part of them does not exceed."""
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]
