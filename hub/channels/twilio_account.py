"""An account at Twilio, and its own client in worker threads, so that the event loop never waits for the network.

Import this only where there is an account: Twilio's client takes a second to load.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit, urlunsplit

from requests import RequestException
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import NewConnectionError

from hub.model import ChannelError
from hub.secrets import need_secret, read_secret

T = TypeVar("T")

SENDS_AT_ONCE = 4
"""So many numbers may be slow or dead before another has to wait."""
ASKS_AT_ONCE = 2
"""Asking has threads of its own: it must not hold up a call."""

OPTED_OUT = frozenset({21610})
"""Twilio's codes for a number whose owner has said STOP."""
PASSING = frozenset({20429, 14107, 21611, 30001, 30022})
"""Twilio's codes for: too many at once. Every code that is in no table goes to the other path, being permanent."""
TOO_MANY = 429
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose account, from which number; `url` stands in for Twilio's own address where it is given.

    `public_url` is where Twilio reaches us; None: nowhere, as behind a home router.
    """

    sid: str
    token: str
    number: str
    url: str | None = None
    public_url: str | None = None
    timeout: timedelta = timedelta(seconds=10)
    validity: timedelta = timedelta(minutes=5)

    def __repr__(self) -> str:
        return f"Account(url={self.url!r})"  # neither the token nor the number is for a log

    @classmethod
    def from_secrets(cls, timeout: timedelta, validity: timedelta, public_url: str | None) -> Self:
        """The account that the environment or systemd's credentials name. Raises `SecretError`.

        `twilio-account-sid`, `twilio-token` and `twilio-number`; `twilio-url` where another server stands in.
        """
        return cls(
            sid=need_secret("twilio-account-sid"),
            token=need_secret("twilio-token"),
            number=need_secret("twilio-number"),
            url=read_secret("twilio-url"),
            public_url=public_url,
            timeout=timeout,
            validity=validity,
        )


class Line:
    """Twilio's client, with threads for sending and threads for asking."""

    def __init__(self, account: Account) -> None:
        self.client = Client(account.sid, account.token, http_client=ElsewhereClient(account))
        self._sends = ThreadPoolExecutor(SENDS_AT_ONCE, thread_name_prefix="twilio-send")
        self._asks = ThreadPoolExecutor(ASKS_AT_ONCE, thread_name_prefix="twilio-ask")

    async def send(self, work: Callable[[Any], T]) -> T:
        """Do what changes something at Twilio. Raises `ChannelError`."""
        return await _in_thread(self._sends, lambda: work(self.client))

    async def ask(self, work: Callable[[Any], T]) -> T:
        """Ask Twilio for something. Raises `ChannelError`."""
        return await _in_thread(self._asks, lambda: work(self.client))

    def close(self) -> None:
        """Let go of the threads, without waiting for those that hang."""
        for pool in (self._sends, self._asks):
            pool.shutdown(wait=False, cancel_futures=True)


class ElsewhereClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own way to make requests, at another address where one is given."""

    def __init__(self, account: Account) -> None:
        silent = logging.getLogger(f"{__name__}.http")  # Twilio's client logs numbers and texts
        silent.setLevel(logging.CRITICAL + 1)
        super().__init__(timeout=account.timeout.total_seconds(), logger=silent)
        self._url = account.url

    def request(self, method: str, url: str, *args: Any, **words: Any) -> Any:
        """Make a request as Twilio's client does."""
        return super().request(method, elsewhere(url, self._url), *args, **words)


def elsewhere(url: str, base: str | None) -> str:
    """An address of Twilio's at the server that stands in for it.

    >>> elsewhere("https://api.twilio.com/2010-04-01/Accounts.json?Page=1", "http://127.0.0.1:8080")
    'http://127.0.0.1:8080/2010-04-01/Accounts.json?Page=1'
    """
    if base is None:
        return url
    there = urlsplit(base)
    return urlunsplit(urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc))


async def _in_thread(pool: ThreadPoolExecutor, ask: Callable[[], T]) -> T:
    """Ask Twilio in a worker thread. Raises `ChannelError` for whatever its client raises."""
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, ask)
    except TwilioException as error:
        raise _refused(error) from None  # its own words may hold a number
    except RequestException as error:
        raise _unreachable(error) from None
    except ValueError as error:  # an answer that is no JSON: what was asked may have been done all the same
        raise ChannelError(f"the answer cannot be read ({type(error).__name__})", ambiguous=True) from None


def _refused(error: Any) -> ChannelError:
    """What an answer with an error in it means for the message."""
    status = getattr(error, "status", None)
    code = getattr(error, "code", None)
    reason = f"Twilio says {code or status or 'no'}"
    if status is None or status == TOO_MANY or code in PASSING:  # no status: a list that could not be read
        return ChannelError(reason)
    if status >= SERVER_ERROR:
        return ChannelError(reason, ambiguous=True)
    return ChannelError(reason, permanent=True, opted_out=code in OPTED_OUT)


def _unreachable(error: Exception) -> ChannelError:
    """No answer: if no connection was ever made, nothing can have been sent."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    never_sent = isinstance(error, ConnectTimeout) or (
        isinstance(error, NoConnection) and isinstance(cause, NewConnectionError)
    )
    return ChannelError(f"no answer ({type(error).__name__})", ambiguous=not never_sent)
