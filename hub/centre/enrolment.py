"""How a home joins: a one-time code is made at the centre, and the hub trades it, with its own key, for a certificate.

The code also carries the fingerprint of the centre's server, so that the hub knows whom it speaks to before it believes
any authority.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hub.centre import schema
from hub.centre.authority import Authority, Granted, RequestError
from hub.store.columns import to_us
from hub.sync.wire import Lane

CODE_LASTS = timedelta(days=7)
MOST_A_DAY = 24
"""A hub asks again each hour until a certificate has come; one that asks more often is ill."""
_CODE_BYTES = 15
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_LONGEST_NAME = 60


class EnrolmentError(ValueError):
    """A home cannot join so; says why in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """What a hub is given: its name at the centre, its certificate, whom to believe."""

    hub: str
    certificate: str
    authority: str


def invite(connection: Connection, name: str, now: datetime) -> str:
    """A one-time code for the hub of this name. Raises `EnrolmentError`."""
    if not name or len(name) > _LONGEST_NAME or not set(name) <= _NAME:
        raise EnrolmentError(
            f"{name!r} cannot name a hub: use small letters, digits and hyphens, {_LONGEST_NAME} at most"
        )
    code = secrets.token_urlsafe(_CODE_BYTES)
    times = {"made_at": to_us(now), "expires_at": to_us(now + CODE_LASTS)}
    connection.execute(insert(schema.invitation).values(hub=name, code_sha256=_hashed(code), **times))
    return code


def enrol(connection: Connection, authority: Authority, code: str, request_pem: str, now: datetime) -> Enrolled:
    """Trade a code for a certificate. Raises `EnrolmentError` and changes nothing where that cannot be."""
    known = schema.invitation
    used = (
        update(known)
        .where(known.c.code_sha256 == _hashed(code), known.c.used_at.is_(None), known.c.expires_at > to_us(now))
        .values(used_at=to_us(now))
        .returning(known.c.hub)
    )
    name = connection.execute(used).scalar()
    if name is None:
        raise EnrolmentError("this code is not known, was used already, or is too old: ask the centre for a new one")
    try:
        granted = authority.grant(request_pem, name, now)
    except RequestError as error:
        raise EnrolmentError(f"the certificate request cannot be granted: {error}") from error
    _admit(connection, name, granted, now)
    return Enrolled(hub=name, certificate=granted.pem, authority=authority.pem)


def renew(connection: Connection, authority: Authority, name: str, request_pem: str, now: datetime) -> Enrolled:
    """A new certificate for a hub that has proved itself with its present one. Raises `EnrolmentError`."""
    known = select(schema.hub.c.id).where(schema.hub.c.name == name, schema.hub.c.revoked_at.is_(None))
    number = connection.execute(known.with_for_update()).scalar()
    if number is None:
        raise EnrolmentError("this hub belongs to this centre no more")
    its = schema.certificate.c
    lately = select(func.count()).where(its.hub_id == number, its.issued_at > to_us(now - timedelta(days=1)))
    if connection.execute(lately).scalar_one() >= MOST_A_DAY:
        raise EnrolmentError(f"this hub has had {MOST_A_DAY} certificates within a day")
    try:
        granted = authority.grant(request_pem, name, now)
    except RequestError as error:
        raise EnrolmentError(f"the certificate request cannot be granted: {error}") from error
    _admit(connection, name, granted, now)
    return Enrolled(hub=name, certificate=granted.pem, authority=authority.pem)


def revoke(connection: Connection, authority: Authority, name: str, now: datetime) -> int:
    """Shut a hub out: its certificates go on the broker's list. How many they were. Raises `EnrolmentError`."""
    shut_out = (
        update(schema.hub).where(schema.hub.c.name == name).values(revoked_at=to_us(now)).returning(schema.hub.c.id)
    )
    number = connection.execute(shut_out).scalar()
    if number is None:
        raise EnrolmentError(f"there is no hub {name!r} here; `alongside centre hubs` lists them")
    its = schema.certificate
    revoked = update(its).where(its.c.hub_id == number, its.c.revoked_at.is_(None)).values(revoked_at=to_us(now))
    count = connection.execute(revoked).rowcount
    serials = connection.execute(select(its.c.serial).where(its.c.revoked_at.is_not(None))).scalars()
    authority.revoke(list(serials), now)
    return count


def fingerprint(certificate_file: Path) -> str:
    """The SHA-256 fingerprint of a certificate, in hexadecimal digits."""
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    return certificate.fingerprint(hashes.SHA256()).hex()


def _admit(connection: Connection, name: str, granted: Granted, now: datetime) -> None:
    row = upsert(schema.hub).values(name=name, enrolled_at=to_us(now))
    again = row.on_conflict_do_update(index_elements=["name"], set_={"revoked_at": None})
    number = connection.execute(again.returning(schema.hub.c.id)).scalar_one()
    lanes = [{"hub_id": number, "lane": lane.value, "upto": 0} for lane in Lane]
    connection.execute(upsert(schema.lane).on_conflict_do_nothing(), lanes)
    times = {"issued_at": to_us(now), "expires_at": to_us(granted.expires_at)}
    connection.execute(insert(schema.certificate).values(serial=granted.serial, hub_id=number, **times))


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
