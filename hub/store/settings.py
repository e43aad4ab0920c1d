"""Settings: every version ever decided, who decided it and why; the newest of each is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from analytics.model import SettingValue
from analytics.settings import SettingError, refusal
from hub.model import Provenance, Setting
from hub.store.changes import touch
from hub.store.schema import from_us, setting, to_us

TOPIC = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that somebody chose, and why; `reference` names the decision, the prescription or the utterance."""

    key: str
    value: float | str | bool
    provenance: Provenance
    by: str
    because: str
    reference: str | None = None
    review_at: datetime | None = None


def add(connection: Connection, choice: Choice, now: datetime) -> Setting:
    """Put a new version of a setting in force. Raises `SettingError` outside the safe bounds."""
    if (reason := refusal(choice.key, choice.value)) is not None:
        raise SettingError(reason)
    newest = select(func.max(setting.c.version)).where(setting.c.key == choice.key)
    version = (connection.scalar(newest) or 0) + 1
    connection.execute(
        insert(setting).values(
            key=choice.key,
            version=version,
            value=choice.value,
            provenance=choice.provenance,
            by=choice.by,
            because=choice.because,
            reference=choice.reference,
            at=to_us(now),
            review_at=None if choice.review_at is None else to_us(choice.review_at),
        )
    )
    touch(connection, TOPIC)
    return history(connection, choice.key)[-1]


def current(connection: Connection) -> dict[str, Setting]:
    """The newest version of every setting that was ever decided, by key."""
    return {one.key: one for one in _read(connection, select(setting))}


def in_force(connection: Connection) -> Mapping[str, SettingValue]:
    """What was decided instead of the shipped defaults, as `analytics.settings.resolve` takes it."""
    decided = {key: one for key, one in current(connection).items() if one.provenance is not Provenance.DEFAULT}
    return {key: SettingValue(value=one.value, version=one.version) for key, one in decided.items()}


def in_force_at(connection: Connection, at: datetime) -> Mapping[str, SettingValue]:
    """The same as it was at a moment of the past."""
    then = {one.key: one for one in _read(connection, select(setting).where(setting.c.at <= to_us(at)))}
    decided = {key: one for key, one in then.items() if one.provenance is not Provenance.DEFAULT}
    return {key: SettingValue(value=one.value, version=one.version) for key, one in decided.items()}


def decided_between(connection: Connection, since: datetime, until: datetime) -> list[datetime]:
    """When something was decided after `since` and before `until`."""
    moments = select(setting.c.at).where(setting.c.at > to_us(since), setting.c.at < to_us(until)).distinct()
    return [from_us(at) for at in connection.scalars(moments.order_by(setting.c.at))]


def history(connection: Connection, key: str) -> list[Setting]:
    """Every version of one setting, the oldest first."""
    return _read(connection, select(setting).where(setting.c.key == key))


def _value(stored: Any) -> float | str | bool:
    """A value as it was chosen: SQLite keeps a whole number as an integer, also where it was a float."""
    return stored if isinstance(stored, bool | str) else float(stored)


def _read(connection: Connection, query: Select[tuple[object, ...]]) -> list[Setting]:
    rows = connection.execute(query.order_by(setting.c.key, setting.c.version))
    return [
        Setting(
            key=row.key,
            version=row.version,
            value=_value(row.value),
            provenance=Provenance(row.provenance),
            by=row.by,
            because=row.because,
            at=from_us(row.at),
            reference=row.reference,
            review_at=None if row.review_at is None else from_us(row.review_at),
        )
        for row in rows
    ]
