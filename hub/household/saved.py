"""The household in the database: every revision of home.toml that was applied, whole; the newest is in force."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from analytics.settings import DEFAULTS
from hub.household.build import Declared
from hub.household.exported import alike, with_settings
from hub.household.lines import locate, nearest
from hub.household.model import Consent, Household, HouseholdError
from hub.household.parsed import declared, parse
from hub.model import Provenance
from hub.store import devices
from hub.store import settings as chosen
from hub.store.changes import touch
from hub.store.devices import Declared as Device
from hub.store.schema import consent, from_us, household, to_us
from hub.store.settings import Choice

TOPIC = "household"
NOT_DECLARED = "no household was declared yet: write a home.toml and run `alongside home apply home.toml`"
PURPOSE = "telecare"
"""What consent is given for: the care that this system is part of."""
RESPONDERS = "responders_after_acceptance"
"""Who may see these fields once they are on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a file did: the revision now in force, and each change in words; none where nothing changed."""

    revision: int
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Who put the household in force that is in force now, and when."""

    revision: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saved:
    revision: int
    document: str


def current(connection: Connection) -> Household:
    """The household in force. Raises `HouseholdError` where none was ever applied."""
    return parse(_needed(connection).document)


def latest(connection: Connection) -> Application:
    """Who applied the household in force. Raises `HouseholdError` where none was ever applied."""
    row = connection.execute(select(household).order_by(household.c.revision.desc()).limit(1)).one_or_none()
    if row is None:
        raise HouseholdError(NOT_DECLARED)
    return Application(revision=row.revision, by=row.applied_by, at=from_us(row.applied_at))


def apply(connection: Connection, text: str, now: datetime, by: str) -> Applied:
    """Put home.toml in force, in this transaction. The same file again changes nothing.

    Raises `HouseholdError`, having changed nothing.
    """
    new = declared(text)
    saved = _saved(connection)
    if saved is not None and text in (saved.document, with_settings(connection, saved.document)):
        return Applied(revision=saved.revision)
    old = None if saved is None else declared(saved.document)
    if old is not None and old.household.id != new.household.id:
        line = nearest(locate(text), ("household", "id"))
        reason = f"this database is of the household {old.household.id!r}: another one needs a database of its own"
        raise HouseholdError(f"household.id: {reason} (--db)", line)
    changes = [
        *_apply_consent(connection, text, new.household, None if old is None else old.household, now),
        *_apply_devices(connection, new.household, now),
        *_apply_settings(connection, new, old, now),
    ]
    row = {"document": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), "applied_by": by}
    added = connection.execute(insert(household).values(**row, applied_at=to_us(now)).returning(household.c.revision))
    touch(connection, TOPIC)
    revision = int(added.scalar_one())
    return Applied(revision=revision, changes=(f"revision {revision} of the household", *changes))


def export(connection: Connection) -> str:
    """home.toml as it stands, with every setting that was decided since it was applied.

    Applying it again changes nothing. Raises `HouseholdError` where none was ever applied.
    """
    return with_settings(connection, _needed(connection).document)


def _saved(connection: Connection) -> _Saved | None:
    newest = select(household).order_by(household.c.revision.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else _Saved(revision=row.revision, document=row.document)


def _needed(connection: Connection) -> _Saved:
    saved = _saved(connection)
    if saved is None:
        raise HouseholdError(NOT_DECLARED)
    return saved


def _apply_consent(
    connection: Connection, text: str, new: Household, old: Household | None, now: datetime
) -> Iterator[str]:
    """Write down who may see what, whole, under its revision: every text says by which revision it was sent."""
    if old is not None:
        if new.consent == old.consent:
            return
        if new.consent.revision <= old.consent.revision:
            line = nearest(locate(text), ("consent", "revision"))
            reason = f"consent has changed, so its `revision` must rise above {old.consent.revision}"
            raise HouseholdError(f"consent.revision: {reason}", line)
    rows = [
        {"revision": new.consent.revision, "role": role, "field": field}
        | {"purpose": PURPOSE, "granted_at": to_us(now), "granted_by": new.resident}
        for role, fields in _allowed(new.consent)
        for field in sorted(fields)
    ]
    if rows:
        connection.execute(insert(consent), rows)
    touch(connection, "consent")
    yield f"consent revision {new.consent.revision}"


def _allowed(given: Consent) -> Iterator[tuple[str, frozenset[str]]]:
    yield from ((role.value, fields) for role, fields in given.fields.items())
    if given.on_acceptance is not None:
        yield RESPONDERS, given.on_acceptance


def _apply_devices(connection: Connection, new: Household, now: datetime) -> Iterator[str]:
    count = devices.sync(connection, [_device(new, name) for name in new.devices], now)
    if count:
        yield f"{count} devices added, changed or removed" if count > 1 else "1 device added, changed or removed"


def _device(new: Household, name: str) -> Device:
    setup, sensor = new.devices[name], new.home.sensors[name]
    config = {
        "name": sensor.name,
        "address": setup.address,
        "room": setup.room,
        "person": setup.person,
        "outer_door": sensor.outer_door,
        "bed": sensor.bed,
        "answers": {trigger.value: answer.value for trigger, answer in sensor.answers.items()},
        "options": dict(setup.options),
        "key_secret": new.key_secrets.get(name),
    }
    return Device(name=name, kind=setup.kind, config=config)


def _apply_settings(connection: Connection, new: Declared, old: Declared | None, now: datetime) -> Iterator[str]:
    """Add a version of each setting that the file changes. What was decided since the last file stays decided."""
    in_force = chosen.current(connection)
    before = {} if old is None else old.choices
    for key, choice in new.choices.items():
        decided_since = key in in_force and before.get(key) == choice
        if decided_since or (key in in_force and alike(choice, in_force[key])):
            continue
        setting = chosen.add(connection, choice, now)
        yield f"setting {key} is now {_plain(setting.value)} (version {setting.version})"
    for key in before.keys() - new.choices.keys():
        if key in in_force and alike(before[key], in_force[key]):
            setting = chosen.add(connection, _as_shipped(key, new.household.resident), now)
            yield f"setting {key} is again as shipped (version {setting.version})"


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _as_shipped(key: str, by: str) -> Choice:
    because = "it is no longer named in home.toml"
    return Choice(key=key, value=DEFAULTS[key].value, provenance=Provenance.DEFAULT, by=by, because=because)
