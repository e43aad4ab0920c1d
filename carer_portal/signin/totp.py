"""The second factor: time-based codes as RFC 6238 describes them (SHA-1, six digits, thirty seconds)."""

import base64
import hmac
import secrets
import struct
from datetime import datetime
from typing import Final
from urllib.parse import quote

STEP_S: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
DRIFT: Final = (0, -1, 1)
"""A phone's clock may be one step off, either way."""


def new_secret() -> str:
    """A secret, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_of(now: datetime) -> int:
    """The number of the thirty seconds that now belongs to."""
    return int(now.timestamp()) // STEP_S


def code(secret: str, step: int) -> str:
    """The code of one step.

    >>> code(base64.b32encode(b"12345678901234567890").decode(), 59 // 30)  # RFC 6238, appendix B
    '287082'
    """
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: str, given: str, now: datetime, used: int | None) -> int | None:
    """The step whose code this is, if it is near enough and later than the one used last."""
    typed = given.replace(" ", "")
    for drift in DRIFT:
        step = step_of(now) + drift
        if hmac.compare_digest(code(secret, step).encode(), typed.encode()) and (used is None or step > used):
            return step
    return None


def address(secret: str, person: str) -> str:
    """The link that puts the secret into an authenticator app.

    >>> address("ABC", "nadia")
    'otpauth://totp/Alongside:nadia?secret=ABC&issuer=Alongside'
    """
    return f"otpauth://totp/Alongside:{quote(person)}?secret={secret}&issuer=Alongside"
