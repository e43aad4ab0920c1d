"""Secrets: device keys and providers' tokens. They come from the environment or from systemd's credentials, only.

A secret's value is never logged, never put into an error, and never written into home.toml: the file names it.
"""

import os
from pathlib import Path

_PREFIX = "ALONGSIDE_"


class SecretError(LookupError):
    """A secret is missing or cannot be used; says what to set, and nothing of the secret itself."""


def read_secret(name: str) -> str | None:
    """A secret from `ALONGSIDE_<NAME>`, else from systemd's credentials folder; None where neither has it."""
    value = os.environ.get(variable(name))
    if value is None and (folder := os.environ.get("CREDENTIALS_DIRECTORY")):
        file = Path(folder) / name
        value = file.read_text() if file.is_file() else None
    return value.strip() if value and value.strip() else None


def need_secret(name: str) -> str:
    """The secret of this name. Raises `SecretError`."""
    value = read_secret(name)
    if value is None:
        raise SecretError(
            f"the secret {name!r} is missing: set {variable(name)}, or give the service a credential {name!r}"
        )
    return value


def need_key(name: str) -> bytes:
    """A device's key, kept as hexadecimal digits. Raises `SecretError`."""
    try:
        return bytes.fromhex(need_secret(name))
    except ValueError:
        raise SecretError(f"the secret {name!r} must be a key in hexadecimal digits: check {variable(name)}") from None


def variable(name: str) -> str:
    """The environment variable of a secret.

    >>> variable("twilio-token")
    'ALONGSIDE_TWILIO_TOKEN'
    """
    return _PREFIX + name.upper().replace("-", "_")
