"""One request to a server of the household's own choosing, in a worker thread, and what its failure means."""

import asyncio
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException

from hub.model import ChannelError

LARGEST_ANSWER = 1_000_000
TOO_MANY = 429
SERVER_ERROR = 500
_NEVER_SENT = (ConnectionRefusedError, socket.gaierror)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: a body makes it a POST. Never shown: the address and the headers may hold a secret."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


class Asker:
    """Asks in threads of its own, so that one slow server holds up nobody else's."""

    def __init__(self, name: str, at_once: int, timeout_s: float) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._timeout_s = timeout_s
        self._opener = urllib.request.build_opener(_NoRedirect)

    async def ask(self, request: Request) -> bytes:
        """The answer's body. Raises `ChannelError`, whose words hold nothing of the request."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._asked, request)
        except urllib.error.HTTPError as error:
            raise _refused(error.code) from None
        except (OSError, HTTPException) as error:
            raise _unreachable(error) from None

    def close(self) -> None:
        """Let go of the threads, without waiting for those that hang."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _asked(self, request: Request) -> bytes:
        made = urllib.request.Request(request.url, request.body, dict(request.headers))  # noqa: S310 -- lint allows http(s) only
        try:
            with self._opener.open(made, timeout=self._timeout_s) as answer:
                return bytes(answer.read(LARGEST_ANSWER))
        except urllib.error.HTTPError as error:
            error.close()
            raise


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What was signed for one server is not for another."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""
        return


def _refused(status: int) -> ChannelError:
    if status == TOO_MANY:
        return ChannelError(f"the server says {status}")
    return ChannelError(f"the server says {status}", permanent=status < SERVER_ERROR, ambiguous=status >= SERVER_ERROR)


def _unreachable(error: Exception) -> ChannelError:
    """No answer: where no connection was made, nothing can have been sent."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    return ChannelError(f"no answer ({type(cause).__name__})", ambiguous=not isinstance(cause, _NEVER_SENT))
