"""The link in a text by which an alarm is answered without signing in: it names a message, and proves that we wrote it.

It is made of the message's own reference and a seal of it, so nothing has to be kept, and whoever reads it learns
nothing but the reference that stands in the text anyway. Who may use it, how long and how often, the portal decides.
"""

import hashlib
import hmac
import re
from typing import Final

from hub.secrets import read_secret

SECRET: Final = "link-key"  # noqa: S105 -- the secret's name
PATH: Final = "/a/"
SEAL_LENGTH: Final = 16
"""Letters of base 32, so 80 bits: nobody guesses one in the hours for which it counts."""

_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_TOKEN: Final = re.compile(rf"([B-Z2-9]{{5}})([{_LETTERS}]{{{SEAL_LENGTH}}})")


def key() -> bytes | None:
    """What seals are made with, where a home has it: `ALONGSIDE_LINK_KEY`, any long text that nobody knows."""
    secret = read_secret(SECRET)
    return None if secret is None else secret.encode()


def token(key: bytes, home: str, reference: str) -> str:
    """What stands in the link to the message with this reference.

    >>> token(b"key", "hh-1", "K3F9Q")
    'K3F9Qndmxh43cxxp8ra7x'
    """
    return reference + _seal(key, home, reference)


def reference_of(key: bytes, home: str, given: str) -> str | None:
    """The reference in a link, if the seal is ours.

    >>> [reference_of(b"key", "hh-1", given) for given in ("K3F9Qndmxh43cxxp8ra7x", "K3F9Qaaaaaaaaaaaaaaaa", "x")]
    ['K3F9Q', None, None]
    """
    found = _TOKEN.fullmatch(given)
    if found is None or not hmac.compare_digest(found[2].encode(), _seal(key, home, found[1]).encode()):
        return None
    return found[1]


def link(portal: str | None, home: str, reference: str) -> str | None:
    """The link to put into a text; None where the home has no portal that can be reached, or no key."""
    sealed_with = key() if portal else None
    if portal is None or sealed_with is None:
        return None
    return portal.rstrip("/") + PATH + token(sealed_with, home, reference)


def _seal(key: bytes, home: str, reference: str) -> str:
    number = int.from_bytes(hmac.digest(key, f"acknowledge/{home}/{reference}".encode(), hashlib.sha256), "big")
    letters = []
    for _ in range(SEAL_LENGTH):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)
