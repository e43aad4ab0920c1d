"""Makes the ESP3 packets that an EnOcean dongle hands on, as rockers, contacts and thermometers send them."""

from devices.decoders.esp3 import CONTACT, FOUR_BYTES, RADIO_ERP1, ROCKER, SYNC, crc8

_BUTTONS = {"AI": 0, "A0": 1, "BI": 2, "B0": 3}
_PRESSED = 0x10
_NOT_TEACHING = 0x08
_NAMES_BUTTON, _UNNAMED = 0x30, 0x20
_TO_ALL = bytes.fromhex("ffffffff")
_SUBTELEGRAMS = 3


def packet(data: bytes, optional: bytes = b"", kind: int = RADIO_ERP1) -> bytes:
    """A packet with right check bytes."""
    header = len(data).to_bytes(2, "big") + bytes([len(optional), kind])
    return bytes([SYNC]) + header + bytes([crc8(header)]) + data + optional + bytes([crc8(data + optional)])


def telegram(rorg: int, data: bytes, sender: str, *, status: int = 0, signal_dbm: int = -55) -> bytes:
    """A radio telegram of a sender, eight hex digits."""
    optional = bytes([_SUBTELEGRAMS]) + _TO_ALL + bytes([-signal_dbm, 0])
    return packet(bytes([rorg]) + data + bytes.fromhex(sender) + bytes([status]), optional)


def rocker_press(sender: str, button: str = "BI") -> bytes:
    """F6-02-01: somebody pushes one end of a rocker."""
    return telegram(ROCKER, bytes([_BUTTONS[button] << 5 | _PRESSED]), sender, status=_NAMES_BUTTON)


def rocker_release(sender: str) -> bytes:
    """F6-02-01: and lets go."""
    return telegram(ROCKER, b"\0", sender, status=_UNNAMED)


def contact(sender: str, *, is_open: bool) -> bytes:
    """D5-00-01: a door or window."""
    return telegram(CONTACT, bytes([_NOT_TEACHING | (not is_open)]), sender)


def temperature(sender: str, celsius: float) -> bytes:
    """A5-02-05: a room's temperature, 0 to 40 degrees."""
    return telegram(FOUR_BYTES, bytes([0, 0, round(255 - celsius * 255 / 40), _NOT_TEACHING]), sender)
