"""How each declared device stands: when it was heard last, how strongly, its battery, and what it says is so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from analytics.plain import duration
from devices.kinds import DeviceSetup
from devices.model import Quantity
from devices.units import unit_of
from hub.fitting.newest import Newest, Series, newest
from hub.household.model import Household
from hub.store import counters, faults
from hub.store.counters import Sender

WORDS: Mapping[Quantity, tuple[str, str]] = {
    Quantity.OPEN: ("closed", "open"),
    Quantity.OCCUPIED: ("nobody there", "somebody there"),
    Quantity.MOTION: ("still", "movement"),
    Quantity.SMOKE: ("no smoke", "smoke"),
    Quantity.CARBON_MONOXIDE: ("no carbon monoxide", "carbon monoxide"),
    Quantity.GAS: ("no gas", "gas"),
    Quantity.WET: ("dry", "wet"),
    Quantity.VIBRATION: ("quiet", "vibration"),
    Quantity.SWITCHED_ON: ("off", "on"),
    Quantity.SKIN_CONTACT: ("not on the skin", "worn"),
    Quantity.TAMPERED: ("", "tampered with"),
    Quantity.LEFT_OPEN: ("", "left open"),
}
"""What a no and a yes of each state mean; nothing where one of them goes without saying."""
MEASURES = (
    Quantity.TEMPERATURE_C,
    Quantity.HUMIDITY_PERCENT,
    Quantity.HEART_RATE_BPM,
    Quantity.SPO2_PERCENT,
    Quantity.SYSTOLIC_MMHG,
    Quantity.BODY_TEMPERATURE_C,
    Quantity.WEIGHT_KG,
    Quantity.RESPIRATION_PER_MIN,
    Quantity.DISTANCE_CM,
)
"""What is told of a device that has no state, the most telling first."""
MOST_TOLD = 2
FEW_DBM = -85
"""Weaker than this, single frames are lost."""
_LOW_V = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One device. `battery` and `state` are in words, empty where nothing is known; `troubles` are open cases."""

    name: str
    kind: str
    where: str
    heard_at: datetime | None
    signal_dbm: int | None
    battery: str
    state: str
    troubles: Sequence[str] = ()


def standings(connection: Connection, home: Household, now: datetime) -> list[Standing]:
    """Every declared device, in the order of home.toml."""
    heard = _heard(connection)
    latest = newest(connection, now)
    cases = faults.open_cases(connection)
    return [
        Standing(
            name=name,
            kind=setup.kind,
            where=_where(home, setup),
            heard_at=heard[name].last_at if name in heard else None,
            signal_dbm=heard[name].signal_dbm if name in heard else None,
            battery=_battery(name, latest),
            state=_state(name, latest),
            troubles=[case.because for case in cases if case.subject == name],
        )
        for name, setup in home.devices.items()
    ]


def facts_of(one: Standing) -> Mapping[str, object]:
    """A standing as plain values."""
    return {
        "device": one.name,
        "kind": one.kind,
        "where": one.where,
        "heard_at": None if one.heard_at is None else one.heard_at.isoformat(),
        "signal_dbm": one.signal_dbm,
        "battery": one.battery,
        "state": one.state,
        "troubles": list(one.troubles),
    }


def lines(every: Sequence[Standing], now: datetime) -> Iterator[str]:
    """A table for people, its troubles below."""
    rows = [TITLES, *(_row(one, now) for one in every)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for one in every:
        for trouble in one.troubles:
            yield f"{one.name}: {trouble}"


Row = tuple[str, str, str, str, str, str, str]
TITLES: Row = ("device", "kind", "where", "last heard", "signal", "battery", "state")


def _row(one: Standing, now: datetime) -> Row:
    heard = "never" if one.heard_at is None else _ago(one.heard_at, now)
    return one.name, one.kind, one.where, heard, signal_words(one.signal_dbm), one.battery, one.state


def _ago(at: datetime, now: datetime) -> str:
    length = now - at
    return "just now" if length.total_seconds() < 60 else f"{duration(length)} ago"


def signal_words(dbm: int | None) -> str:
    """A strength, and whether it will do.

    >>> signal_words(-60), signal_words(-90), signal_words(None)
    ('-60 dBm', '-90 dBm, weak', '')
    """
    return "" if dbm is None else f"{dbm} dBm" + (", weak" if dbm < FEW_DBM else "")


def _heard(connection: Connection) -> Mapping[str, Sender]:
    """Of each device the sender that was understood last."""
    known = (sender for sender in reversed(counters.senders(connection)) if sender.device and sender.good)
    return {sender.device: sender for sender in known if sender.device}


def _where(home: Household, setup: DeviceSetup) -> str:
    person = home.people.get(setup.person) if setup.person else None
    return setup.room or (person.display if person else "")


def _battery(name: str, latest: Mapping[Series, Newest]) -> str:
    percent = latest.get((name, Quantity.BATTERY_PERCENT))
    low = latest.get((name, Quantity.BATTERY_LOW))
    volts = latest.get((name, Quantity.BATTERY_V))
    if percent is not None:
        return f"{percent.value:g} %"
    if low is not None:
        return "low" if low.value else "good"
    return "" if volts is None else f"{volts.value:g} V" + (", low" if volts.value < _LOW_V else "")


def _state(name: str, latest: Mapping[Series, Newest]) -> str:
    states = (WORDS[one][latest[name, one].value > 0] for one in WORDS if (name, one) in latest)
    told = [state for state in states if state] + [
        f"{latest[name, one].value:g} {unit_of(one)}" for one in MEASURES if (name, one) in latest
    ]
    return ", ".join(told[:MOST_TOLD])
