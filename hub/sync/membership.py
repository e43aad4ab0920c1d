"""A home's membership of a centre: the hub's own key, its certificate, and where the broker is. Files of the hub alone.

home.sqlite3.centre/   membership.json  own.pem (key and certificate)  authority.pem
"""

import json
import os
import ssl
from dataclasses import asdict, dataclass
from pathlib import Path

_FILE, OWN, AUTHORITY = "membership.json", "own.pem", "authority.pem"
_OWN_ONLY = 0o600


class MembershipError(ValueError):
    """The files of a membership cannot be used; says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Which hub this is to the centre, and its broker."""

    hub: str
    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What proves it, as PEM texts."""

    key: str
    certificate: str
    authority: str


def folder_of(db: Path) -> Path:
    """Where a database's membership lies."""
    return db.with_name(db.name + ".centre")


def save(folder: Path, membership: Membership, papers: Papers) -> None:
    """Keep a membership; an earlier one is replaced."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep(folder, papers)
    _write(folder, _FILE, json.dumps(asdict(membership)))


def keep(folder: Path, papers: Papers) -> None:
    """Keep papers instead of earlier ones. A key and its certificate change together, or not at all."""
    _write(folder, AUTHORITY, papers.authority)
    _write(folder, OWN, papers.key + papers.certificate)


def _write(folder: Path, name: str, text: str) -> None:
    part = folder / f"{name}.part"
    part.touch(mode=_OWN_ONLY)
    part.write_text(text)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(folder / name)


def load(folder: Path) -> Membership | None:
    """The membership kept here; None: this home belongs to no centre. Raises `MembershipError`."""
    file = folder / _FILE
    if not file.exists():
        return None
    try:
        return Membership(**json.loads(file.read_text()))
    except (ValueError, TypeError) as error:
        raise MembershipError(f"{file} cannot be read: join the centre again") from error


def leave(folder: Path) -> None:
    """Forget the membership."""
    for name in (_FILE, OWN, AUTHORITY):
        (folder / name).unlink(missing_ok=True)


def trust(folder: Path) -> ssl.SSLContext:
    """How the hub proves itself to the broker, and whom it believes: the centre's authority alone.

    Raises `MembershipError`.
    """
    try:
        context = ssl.create_default_context(cafile=str(folder / AUTHORITY))
        context.load_cert_chain(folder / OWN)
    except (OSError, ssl.SSLError) as error:
        raise MembershipError(f"the certificates in {folder} cannot be used: join the centre again") from error
    return context
