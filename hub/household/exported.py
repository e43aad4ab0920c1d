"""home.toml with the settings that were decided after it was written."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.household.parsed import declared
from hub.household.read import setting_places
from hub.model import Provenance, Setting
from hub.store import settings as chosen
from hub.store.settings import Choice

_DAY = timedelta(days=1)


def alike(choice: Choice, setting: Setting) -> bool:
    """Whether a setting in force is what a file says; of its review a file knows only the day."""
    names = ("key", "value", "provenance", "by", "because", "reference")
    same = all(getattr(choice, name) == getattr(setting, name) for name in names)
    return same and _same_day(choice.review_at, setting.review_at)


def _same_day(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < _DAY


def with_settings(connection: Connection, document: str) -> str:
    """The document, with each setting that is in force and not what it says. The text itself where there is none."""
    written = declared(document).choices
    decided = {
        key: setting
        for key, setting in chosen.current(connection).items()
        if not (alike(written[key], setting) if key in written else setting.provenance is Provenance.DEFAULT)
    }
    return _rewritten(document, decided) if decided else document


def _rewritten(document: str, decided: Mapping[str, Setting]) -> str:
    import tomlkit  # noqa: PLC0415 -- not needed to start a hub

    tz = declared(document).household.tz
    edited = tomlkit.parse(document)
    places = setting_places(edited.unwrap())
    table = edited.setdefault("settings", tomlkit.table())
    for key, setting in sorted(decided.items()):
        if key in places:
            _remove(table, places[key])
        row = tomlkit.inline_table()
        row.update(_row(setting))
        if setting.review_at is not None:
            row["review_at"] = setting.review_at.astimezone(tz).date()
        table[key] = row
    return edited.as_string()


def _row(setting: Setting) -> dict[str, Any]:
    row: dict[str, Any] = {"value": setting.value, "by": setting.by, "because": setting.because}
    row["provenance"] = setting.provenance.value
    return row if setting.reference is None else row | {"reference": setting.reference}


def _remove(table: Any, place: tuple[str, ...]) -> None:
    for part in place[:-1]:
        table = table[part]
    del table[place[-1]]
