"""Servers that are not there: any, and one that keeps the pushes it is given. They fail to order. Loopback only."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class HttpServer:
    """Any server. `then` says what the next requests meet, one each: a status, or None for hanging up unanswered.

    `takes` says whether a request that meets such a thing is carried out all the same.
    """

    asked: list[Asked] = field(default_factory=list)
    then: deque[int | None] = field(default_factory=deque)
    takes: bool = False
    garbles: bool = False
    kept: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on a free loopback port; gives the address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *words: _Handler(self, *words))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def answer(self, asked: Asked) -> tuple[int | None, bytes]:
        """What is said to a request: a status and a body, or nothing."""
        self.asked.append(asked)
        status = self.then.popleft() if self.then else 200
        if status != 200 and not self.takes:
            return status, b"{}"
        return status, b"<html>" if self.garbles else self.carry_out(asked)

    def carry_out(self, asked: Asked) -> bytes:
        """Do what is asked: nothing, in this one."""
        del asked
        return b"{}"


class NtfyServer(HttpServer):
    """What ntfy does: keeps what is published to a topic, and gives it to whoever knows the topic."""

    def carry_out(self, asked: Asked) -> bytes:
        """Publish, or list."""
        if asked.method == "POST":
            message = {"id": f"m{len(self.kept) + 1}", "event": "message", **json.loads(asked.body)}
            self.kept.append(message)
            return json.dumps(message).encode()
        topic = urlsplit(asked.path).path.split("/")[1]
        rows = [{"id": "o1", "event": "open"}, *(one for one in self.kept if one["topic"] == topic)]
        return b"".join(json.dumps(one).encode() + b"\n" for one in rows)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, owner: HttpServer, *words: Any) -> None:
        self._owner = owner
        super().__init__(*words)

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a request that brings something."""
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Say nothing: the requests hold secrets."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(method=self.command, path=self.path, headers=dict(self.headers), body=body)
        status, answer = self._owner.answer(asked)
        if status is None:
            return
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
