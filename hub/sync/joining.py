"""A hub joins a centre: with the centre's one-time code and a key that it makes itself and never shows.

https://centre.example:8443/enrol#CODE.FINGERPRINT
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3

from hub.sync.membership import Membership, Papers, save
from hub.sync.papers import is_from, key_pem, new_key, request

ANSWERS_WITHIN_S = 15.0
_OK = 200
_FINGERPRINT = 64


class JoiningError(ValueError):
    """The centre cannot be joined so; says why in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Where the centre's gate is, the code, and the SHA-256 fingerprint of the gate's certificate."""

    url: str
    code: str
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.url}#{self.code}.{self.fingerprint}"


def invitation(text: str) -> Invitation:
    """An invitation as the centre prints it. Raises `JoiningError`."""
    parts = urlsplit(text.strip())
    code, _, fingerprint = parts.fragment.rpartition(".")
    if parts.scheme != "https" or not parts.hostname or not code or len(fingerprint) != _FINGERPRINT:
        raise JoiningError(
            "this is no invitation to a centre: it begins with https:// and is copied whole, as the centre printed it"
        )
    return Invitation(url=parts._replace(fragment="").geturl(), code=code, fingerprint=fingerprint)


def join(folder: Path, invited: Invitation) -> Membership:
    """Join the centre, and keep what it gives in this folder. Raises `JoiningError`; then nothing has changed."""
    key = new_key()
    said = _ask(invited, {"code": invited.code, "request": request(key, "hub")})
    try:
        membership = Membership(hub=str(said["hub"]), host=str(said["host"]), port=int(said["port"]))
        papers = Papers(key=key_pem(key), certificate=str(said["certificate"]), authority=str(said["authority"]))
        sound = is_from(papers.certificate, papers.authority)
    except (KeyError, ValueError) as error:
        raise JoiningError("the centre's answer cannot be read") from error
    if not sound:
        raise JoiningError("the certificate that the centre gave is not its own")
    save(folder, membership, papers)
    return membership


def _ask(invited: Invitation, asked: dict[str, str]) -> dict[str, Any]:
    """What the gate answers; only the server with the invitation's fingerprint is spoken to. Raises `JoiningError`."""
    pool = urllib3.PoolManager(
        cert_reqs="CERT_NONE", assert_fingerprint=invited.fingerprint, timeout=ANSWERS_WITHIN_S, retries=False
    )
    try:
        answer = pool.request("POST", invited.url, json=asked)
        said = json.loads(answer.data)
    except urllib3.exceptions.SSLError as error:
        raise JoiningError("the server that answers is not the one that invited: ask the centre again") from error
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise JoiningError(f"the centre at {urlsplit(invited.url).netloc} does not answer as a centre does") from error
    if answer.status != _OK or not isinstance(said, dict):
        reason = said.get("reason") if isinstance(said, dict) else None
        raise JoiningError(str(reason or "the centre refused"))
    return said
