"""EnOcean senders heard through a serial dongle (ESP3): self-powered rockers, contacts, thermometers.

One dongle hears every sender in the house: `split` finds the packets, `sender_of` says whose each is, and each declared
device reads its own by its equipment profile (EEP), which no telegram names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from devices.framing import Fit, Splitter
from devices.kinds import DeviceSetup, Sender, SetupError
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, Trigger, TriggerKind

SYNC = 0x55
RADIO_ERP1 = 0x01
ROCKER, CONTACT, FOUR_BYTES = 0xF6, 0xD5, 0xA5
"""The radio organisations (RORG) of the telegrams that are understood."""

_HEADER_SIZE = 6
_LONGEST_DATA, _LONGEST_OPTIONAL = 64, 16
_ADDRESS_AND_STATUS = 5
_OPTIONAL_WITH_SIGNAL = 7
_BUTTONS = ("AI", "A0", "BI", "B0")
_NOT_TEACHING = 0x08
"""The learn bit, the same in contact and four-byte telegrams: 0 while a button on the device introduces it."""
_ENERGY_BOW_PRESSED = 0x10
_NAMES_BUTTON = 0x10
_REPEATED_WITHIN = timedelta(seconds=0.5)

YIELDS: frozenset[Quantity | TriggerKind] = frozenset({TriggerKind.PRESS, Quantity.OPEN, Quantity.TEMPERATURE_C})


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1) ^ (0x07 if byte & 0x80 else 0)
    return byte & 0xFF


_CRC = tuple(_crc_of(byte) for byte in range(256))


def crc8(data: bytes) -> int:
    """ESP3's check byte: CRC-8 with the polynomial x^8 + x^2 + x + 1.

    >>> hex(crc8(bytes.fromhex("00070701")))
    '0x7a'
    """
    crc = 0
    for byte in data:
        crc = _CRC[crc ^ byte]
    return crc


def _measure(data: bytes) -> int | Fit:
    """How long the packet is that `data` starts with: both check bytes must be right."""
    if len(data) < _HEADER_SIZE:
        return Fit.UNFINISHED
    data_size, optional_size = int.from_bytes(data[1:3], "big"), data[3]
    too_long = data_size > _LONGEST_DATA or optional_size > _LONGEST_OPTIONAL
    if data_size == 0 or too_long or crc8(data[1:5]) != data[5]:
        return Fit.NO_FRAME
    end = _HEADER_SIZE + data_size + optional_size + 1
    if len(data) < end:
        return Fit.UNFINISHED
    return end if crc8(data[_HEADER_SIZE : end - 1]) == data[end - 1] else Fit.NO_FRAME


split = Splitter(sync=bytes([SYNC]), longest=_HEADER_SIZE + _LONGEST_DATA + _LONGEST_OPTIONAL + 1, measure=_measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """One radio telegram: what kind, what it says, from whom."""

    rorg: int
    data: bytes
    sender: str
    status: int
    signal_dbm: int | None


def parse(packet: bytes) -> Telegram:
    """The radio telegram in a packet. Raises `DecodeError` on anything else."""
    if packet[:1] != bytes([SYNC]) or _measure(packet) != len(packet):
        raise DecodeError(f"not one whole packet with right check bytes: {packet.hex()}")
    body_end = _HEADER_SIZE + int.from_bytes(packet[1:3], "big")
    body, optional = packet[_HEADER_SIZE:body_end], packet[body_end:-1]
    if packet[4] != RADIO_ERP1 or len(body) < 2 + _ADDRESS_AND_STATUS:
        raise DecodeError(f"not a radio telegram: {packet.hex()}")
    return Telegram(
        rorg=body[0],
        data=body[1:-_ADDRESS_AND_STATUS],
        sender=body[-_ADDRESS_AND_STATUS:-1].hex().upper(),
        status=body[-1],
        signal_dbm=-optional[5] if len(optional) >= _OPTIONAL_WITH_SIGNAL else None,
    )


def sender_of(packet: bytes) -> Sender | None:
    """Whose packet it is; None where it is the dongle's own word."""
    try:
        telegram = parse(packet)
    except DecodeError:
        return None
    return Sender(address=telegram.sender, signal_dbm=telegram.signal_dbm)


def _rocker(device: str, telegram: Telegram, frame: Frame) -> list[Observation]:
    """F6-02-01. Pressing is a call, letting go is not; a hand on three or four buttons at once is one too."""
    (actions,) = telegram.data
    names_button = telegram.status & _NAMES_BUTTON
    if not actions & _ENERGY_BOW_PRESSED or (not names_button and not actions >> 5):
        return []
    button = _BUTTONS[actions >> 5 & 0x03] if names_button else None
    return [Trigger(device=device, kind=TriggerKind.PRESS, at=frame.at, button=button)]


def _contact(device: str, telegram: Telegram, frame: Frame) -> list[Observation]:
    """D5-00-01. The bit says that the contact is closed."""
    (state,) = telegram.data
    if not state & _NOT_TEACHING:
        return []
    return [Reading(device=device, quantity=Quantity.OPEN, value=float(not state & 0x01), at=frame.at)]


def _temperature_0_40(device: str, telegram: Telegram, frame: Frame) -> list[Observation]:
    """A5-02-05. 0 to 40 degrees Celsius, counted down from 255: steps of 0.16."""
    _, _, count, flags = telegram.data
    if not flags & _NOT_TEACHING:
        return []
    value = round((255 - count) * 40 / 255, 2)
    return [Reading(device=device, quantity=Quantity.TEMPERATURE_C, value=value, at=frame.at)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An equipment profile: which telegrams it reads, and how."""

    rorg: int
    data_size: int
    read: Callable[[str, Telegram, Frame], list[Observation]]


PROFILES: Mapping[str, Profile] = {
    "F6-02-01": Profile(rorg=ROCKER, data_size=1, read=_rocker),
    "D5-00-01": Profile(rorg=CONTACT, data_size=1, read=_contact),
    "A5-02-05": Profile(rorg=FOUR_BYTES, data_size=4, read=_temperature_0_40),
}
_USUAL = {profile.rorg: profile for profile in PROFILES.values()}
"""For a device that declares none: a try-out, since other profiles share the same telegrams."""


@dataclass(slots=True)
class Esp3:
    """One sender's decoder. A repeater in the house makes each telegram heard twice: it counts once."""

    device: str
    profile: Profile | None
    _last: tuple[bytes, Frame] | None = field(default=None, init=False)

    def __call__(self, frame: Frame) -> list[Observation]:
        """What the telegram says by this device's profile."""
        telegram = parse(frame.payload)
        profile = self.profile or _USUAL.get(telegram.rorg)
        if profile is None or profile.rorg != telegram.rorg or len(telegram.data) != profile.data_size:
            raise DecodeError(f"a telegram {telegram.rorg:02X} with {telegram.data.hex()} is not of this profile")
        if self._repeated(telegram, frame):
            return []
        return profile.read(self.device, telegram, frame)

    def _repeated(self, telegram: Telegram, frame: Frame) -> bool:
        last, self._last = self._last, (telegram.data, frame)
        return last is not None and last[0] == telegram.data and abs(frame.at - last[1].at) < _REPEATED_WITHIN


def make(setup: DeviceSetup) -> Esp3:
    """The decoder for a declared device, by its option `profile`."""
    name = setup.options.get("profile")
    if name is not None and name.upper() not in PROFILES:
        raise SetupError(f"device {setup.name}: profile {name!r} is not known; known are {', '.join(sorted(PROFILES))}")
    return Esp3(setup.name, None if name is None else PROFILES[name.upper()])
