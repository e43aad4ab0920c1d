"""Secrets that are handed out once and kept only as hashes."""

import hashlib
import hmac
import secrets
from typing import Final

TOKEN_BYTES: Final = 32


def new() -> str:
    """A secret that nobody can guess, fit for a link and a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def kept(token: str) -> str:
    """What is kept of it: a random secret needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(session_token: str) -> str:
    """What a form of this session carries, so that no other site can send it."""
    return hmac.new(session_token.encode(), b"form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
