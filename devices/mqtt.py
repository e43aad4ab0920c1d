"""What MQTT devices have in common: which broker, which topics, and payloads that are read with bounds."""

import json
import math
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from devices.model import DecodeError, TriggerKind

SOURCE = "mqtt"
USUAL = "mqtt://localhost:1883"
LARGEST_PAYLOAD = 16_384
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_LONGEST_TOPIC = 255
_TOPIC = re.compile(r"[^+#\x00-\x1f/$][^+#\x00-\x1f]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where messages come from. Its password is a secret and no part of it."""

    host: str
    port: int
    tls: bool = False
    user: str | None = None

    @property
    def url(self) -> str:
        """How it is called, without whom it is entered as."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"


def broker_of(url: str) -> Broker:
    """A broker by its address. Raises `ValueError`: what is wrong with it, and never what it says.

    >>> broker_of("mqtt://hub@localhost").url
    'mqtt://localhost:1883'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("the broker's address cannot be read") from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"the broker must be like {USUAL} or mqtts://hub@broker.example")
    if parts.password is not None:
        raise ValueError("the broker's password belongs into the secret mqtt_password, not into its address")
    return Broker(
        host=parts.hostname, port=port or _PORTS[parts.scheme], tls=parts.scheme == "mqtts", user=parts.username
    )


def is_topic(topic: str) -> bool:
    """Whether it is one topic's name: no pattern for several, and none of the broker's own.

    >>> is_topic("zigbee2mqtt/hall motion"), is_topic("zigbee2mqtt/#"), is_topic("$SYS/uptime")
    (True, False, False)
    """
    return len(topic.encode(errors="replace")) <= _LONGEST_TOPIC and _TOPIC.fullmatch(topic) is not None


def text_of(payload: bytes) -> str:
    """A payload as text. Raises `DecodeError`."""
    if len(payload) > LARGEST_PAYLOAD:
        raise DecodeError(f"{len(payload)} bytes are more than any sensor's state has ({LARGEST_PAYLOAD})")
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise DecodeError("it is no text") from error


def fields_of(payload: bytes) -> dict[str, object]:
    """A payload as a JSON object. Raises `DecodeError`."""
    try:
        read = json.loads(text_of(payload))
    except (ValueError, RecursionError) as error:
        if isinstance(error, DecodeError):
            raise
        raise DecodeError("it is no JSON") from error
    if not isinstance(read, dict):
        raise DecodeError("it is JSON, but no object")
    return read


def number_of(value: object, name: str) -> float:
    """A finite number. Raises `DecodeError`."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]  # refused below
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise DecodeError(f"{name} must be a number")
    return number


_YES = frozenset({"on", "true", "yes", "open", "1"})
_NO = frozenset({"off", "false", "no", "closed", "0"})


def yes_or_no(value: object, name: str) -> bool:
    """A yes or a no, in any of the usual words. Raises `DecodeError`."""
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise DecodeError(f"{name} must be a yes or a no")
    return word in _YES


_PRESSES = {
    "single": TriggerKind.PRESS,
    "press": TriggerKind.PRESS,
    "pressed": TriggerKind.PRESS,
    "click": TriggerKind.PRESS,
    "short": TriggerKind.PRESS,
    "emergency": TriggerKind.PRESS,
    "panic": TriggerKind.PRESS,
    "double": TriggerKind.DOUBLE_PRESS,
    "triple": TriggerKind.TRIPLE_PRESS,
    "tripple": TriggerKind.TRIPLE_PRESS,
    "quadruple": TriggerKind.TRIPLE_PRESS,
    "many": TriggerKind.TRIPLE_PRESS,
    "long": TriggerKind.LONG_PRESS,
    "hold": TriggerKind.HOLD_PRESS,
}
_ALONE = frozenset({"on", "off", "toggle"})
_OVER = "release"


def press_of(action: str) -> tuple[TriggerKind, str | None] | None:
    """Which press a word means, and of which button where there are several; None where it is no press.

    >>> press_of("double"), press_of("1_single"), press_of("hold_release"), press_of("brightness_move_up")
    ((<TriggerKind.DOUBLE_PRESS: 'double_press'>, None), (<TriggerKind.PRESS: 'press'>, '1'), None, None)
    """
    words = re.split(r"[_\-\s]+", action.strip().lower())
    if action.strip().lower() in _ALONE:
        return TriggerKind.PRESS, words[0]
    known = next((word for word in words if word in _PRESSES), None)
    if known is None or any(word.startswith(_OVER) for word in words):
        return None
    rest = [word for word in words if word not in (known, "button", "")]
    return _PRESSES[known], "_".join(rest) or None
