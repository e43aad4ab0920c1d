"""What must hold of a device before it is declared, and how it is put in force: by the same way as a home.toml."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path as FilePath

from sqlalchemy import Connection

from devices.decoders import bthome, xiaomi
from devices.kinds import DeviceKind, DeviceSetup, SetupError
from devices.model import DecodeError, Frame
from devices.registry import KINDS, checked
from devices.spelling import unknown
from hub import household
from hub.fitting.base import write
from hub.fitting.document import New
from hub.household import Applied, HouseholdError
from hub.household.model import Household

Change = Callable[[str], str]
"""From one text of home.toml to the next. Raises `HouseholdError`."""

SECRETIVE = frozenset({bthome.SOURCE, xiaomi.SOURCE})
"""The formats whose frames may be encrypted."""


def rooms_of(home: Household) -> list[str]:
    """The rooms in which there is a sensor."""
    return sorted({sensor.room for sensor in home.home.sensors.values() if sensor.room})


def room_refusal(home: Household, room: str) -> str | None:
    """Why a room is more likely a slip of the pen than a room; None where it is known, or the first of all."""
    known = rooms_of(home)
    return unknown("room", room, known) if known and room not in known else None


def may_be_secret(kind: DeviceKind) -> bool:
    """Whether devices of this kind may encrypt what they say."""
    return not SECRETIVE.isdisjoint(kind.sources)


def secret_of(new_key: str) -> str:
    """The name of the secret that holds a device's key."""
    return f"{new_key}_key"


def setup_of(new: New, key: bytes | None = None) -> DeviceSetup:
    """The device as its decoder takes it. Raises `SetupError`."""
    if new.kind not in KINDS:
        raise SetupError(unknown("kind", new.kind, KINDS))
    setup = DeviceSetup(name=new.key, kind=new.kind, address=new.address, key=key, options=new.options)
    return checked(setup)


def key_of(text: str) -> bytes:
    """A key as people write it. Raises `SetupError`."""
    try:
        return bytes.fromhex(text.replace(":", "").removeprefix("0x"))
    except ValueError:
        raise SetupError("the key must be written in hexadecimal digits, 32 of them") from None


def can_be_read(setup: DeviceSetup, frames: Iterable[Frame]) -> bool | None:
    """Whether what was heard of it can be read so; None where nothing was heard."""
    kind = KINDS[setup.kind]
    heard = [frame for frame in frames if frame.source in kind.sources]
    decode = kind.make_decoder(setup)
    return any(_reads(decode, frame) for frame in heard) if heard else None


def _reads(decode: Callable[[Frame], object], frame: Frame) -> bool:
    try:
        decode(frame)
    except DecodeError:
        return False
    return True


def put_in_force(change: Change, file: FilePath | None, db: FilePath | None, now: datetime, by: str) -> Applied:
    """Change the file, or the home as it is stored, and apply it. Raises `HouseholdError`, having changed nothing.

    The file is written last, when what it says is in force. Raises `OSError` where it cannot be written.
    """
    before = None if file is None else file.read_text(encoding="utf-8")

    def apply(connection: Connection) -> tuple[str, Applied]:
        after = change(household.export(connection) if before is None else before)
        return after, household.apply(connection, after, now, by)

    after, applied = write(db, apply)
    if file is not None:
        file.write_text(after, encoding="utf-8")
    return applied


def home_to_change(file: FilePath | None, home: Household | None) -> Household:
    """The household that is about to be changed. Raises `HouseholdError`."""
    if file is not None:
        return household.parse(file.read_text(encoding="utf-8"))
    if home is None:
        raise HouseholdError(household.NOT_DECLARED)
    return home
