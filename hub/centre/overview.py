"""How the homes are, for operators: the worst first."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, text

from hub.centre.silence import SILENT_AFTER
from hub.store.columns import from_us


class HomeState(StrEnum):
    """How a home is; in the order in which it needs somebody."""

    ALARM = "alarm"
    SILENT = "silent"
    FAULT = "fault"
    WELL = "well"
    NEVER = "never"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One home as the centre knows it. `behind`: how much its hub has still to tell."""

    name: str
    state: HomeState
    heard_at: datetime | None
    alarms: int
    faults: int
    behind: int

    def sentence(self) -> str:
        """What is to be known of it."""
        heard = "never heard" if self.heard_at is None else f"heard {self.heard_at:%Y-%m-%d %H:%M:%S} UTC"
        return f"{heard}; open alarms {self.alarms}, faults {self.faults}, still to tell {self.behind}"

    def document(self) -> dict[str, object]:
        """For programs."""
        heard = None if self.heard_at is None else self.heard_at.isoformat()
        return {**asdict(self), "heard_at": heard}


_HOMES = text(
    "SELECT hub.*, (SELECT count(*) FROM alarm WHERE alarm.hub_id = hub.id AND alarm.closed_at IS NULL) AS alarms,"
    " (SELECT count(*) FROM fault WHERE fault.hub_id = hub.id AND fault.closed_at IS NULL) AS faults"
    " FROM hub ORDER BY hub.name"
)


def homes(connection: Connection, now: datetime) -> list[Home]:
    """Every home, those that need somebody first."""
    found = [_home(row, now) for row in connection.execute(_HOMES).mappings()]
    return sorted(found, key=lambda one: list(HomeState).index(one.state))


def _home(row: RowMapping, now: datetime) -> Home:
    heard_at = None if row["beat_at"] is None else from_us(row["beat_at"])
    return Home(
        name=row["name"],
        state=_state(row, heard_at, now),
        heard_at=heard_at,
        alarms=row["alarms"],
        faults=row["faults"],
        behind=int((row["beat"] or {}).get("behind", 0)),
    )


def _state(row: RowMapping, heard_at: datetime | None, now: datetime) -> HomeState:
    holds = (
        (HomeState.OUT, row["revoked_at"] is not None),
        (HomeState.ALARM, row["alarms"] > 0),
        (HomeState.NEVER, heard_at is None),
        (HomeState.SILENT, heard_at is not None and now - heard_at >= SILENT_AFTER),
        (HomeState.FAULT, row["faults"] > 0),
    )
    return next((state for state, is_so in holds if is_so), HomeState.WELL)
