"""What something that was heard is likely to be: one visible rule for each kind of the registry."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from devices.decoders import esp3, mr60, switchbot, xiaomi
from devices.discovery.model import Found, Guess
from devices.kinds import DeviceKind, DeviceSetup, Path
from devices.model import DecodeError, Quantity, Reading, Trigger, TriggerKind
from devices.registry import KINDS

What = Quantity | TriggerKind
Test = Callable[[Found, DeviceKind], str | None]
"""Why it is likely to be of this kind; None where it is not."""

PRESSES = frozenset(TriggerKind) - {TriggerKind.FALL}
_HEARD_AS = {Path.GATT: Path.ADVERT}
"""What one connects to advertises until then."""
_PROFILES = {esp3.ROCKER: "F6-02-01", esp3.CONTACT: "D5-00-01", esp3.FOUR_BYTES: "A5-02-05"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a kind is known. `general`: others may fit better."""

    test: Test
    general: bool = False


def said(found: Found, kind: DeviceKind) -> frozenset[What]:
    """What it said, read as this kind without a key, or what its system says that it tells."""
    if found.tells and found.path is kind.path:
        return found.tells
    setup = DeviceSetup(name=found.address, kind=kind.name, address=found.address, options=found.options)
    decode = kind.make_decoder(setup)
    told: set[What] = set()
    for frame in found.frames:
        if frame.source in kind.sources:
            try:
                told |= {_what(one) for one in decode(frame) if isinstance(one, Reading | Trigger)}
            except DecodeError:
                continue
    return frozenset(told)


def _what(one: Reading | Trigger) -> What:
    return one.quantity if isinstance(one, Reading) else one.kind


def _tells(*core: What) -> Test:
    """It says one of these, and nothing that the kind does not say."""

    def test(found: Found, kind: DeviceKind) -> str | None:
        told = said(found, kind)
        if told.isdisjoint(core or kind.yields) or not told <= kind.yields:
            return None
        return f"it tells of {', '.join(sorted(one.value.replace('_', ' ') for one in told))}"

    return test


def _called(*beginnings: str) -> Test:
    """Its own name begins so."""

    def test(found: Found, _: DeviceKind) -> str | None:
        return f"it is called {found.name}" if found.name and found.name.startswith(beginnings) else None

    return test


def _offers(service: str) -> Test:
    """It offers this Bluetooth service."""

    def test(found: Found, _: DeviceKind) -> str | None:
        return f"it offers the Bluetooth service {service[:8]}" if service in found.services else None

    return test


def _either(*tests: Test) -> Test:
    def test(found: Found, kind: DeviceKind) -> str | None:
        return next(filter(None, (one(found, kind) for one in tests)), None)

    return test


def _speaks(words: str) -> Test:
    """It says something in this format, whether or not it can be read without a key."""

    def test(found: Found, kind: DeviceKind) -> str | None:
        return words if any(frame.source in kind.sources for frame in found.frames) else None

    return test


def _product(found: Found, kind: DeviceKind) -> str | None:
    number = xiaomi.PRODUCTS[kind.name]
    named = any(frame.source == xiaomi.SOURCE and xiaomi.product_of(frame.payload) == number for frame in found.frames)
    return f"it bears the product number {number:04x}" if named else None


def _model(model: switchbot.Model) -> Test:
    def test(found: Found, _: DeviceKind) -> str | None:
        named = any(
            frame.source == switchbot.SERVICE and switchbot.model_of(frame.payload) is model for frame in found.frames
        )
        return f"it says that it is a {model.name.lower()} sensor" if named else None

    return test


def _radar(words: str, *types: int) -> Test:
    """An MR60 that sends frames of one of these types."""

    def test(found: Found, kind: DeviceKind) -> str | None:
        sent = {_mr60_type(frame.payload) for frame in found.frames if frame.source in kind.sources}
        return words if not sent.isdisjoint(types) else None

    return test


def _mr60_type(payload: bytes) -> int | None:
    try:
        return mr60.parse(payload)[0]
    except DecodeError:
        return None


def _telegram(*rorgs: int) -> Test:
    def test(found: Found, kind: DeviceKind) -> str | None:
        sent = {_rorg(frame.payload) for frame in found.frames if frame.source in kind.sources}
        heard = sorted(rorg for rorg in sent if rorg in rorgs)
        return f"it sends telegrams {heard[0]:02X}, as the profile {_PROFILES[heard[0]]} does" if heard else None

    return test


def _rorg(packet: bytes) -> int | None:
    try:
        return esp3.parse(packet).rorg
    except DecodeError:
        return None


def _announced(found: Found, _: DeviceKind) -> str | None:
    device_class = found.options.get("device_class")
    return f"Home Assistant calls it {device_class}" if device_class else None


RULES: Mapping[str, Rule] = {
    "bthome": Rule(test=_speaks("it speaks BTHome"), general=True),
    "shelly_button": Rule(test=_either(_called("SBBT"), _tells(*PRESSES))),
    "shelly_motion": Rule(test=_either(_called("SBMO"), _tells(Quantity.MOTION))),
    "shelly_door": Rule(test=_either(_called("SBDW"), _tells(Quantity.OPEN))),
    "xiaomi": Rule(test=_speaks("it speaks Xiaomi's MiBeacon"), general=True),
    **{name: Rule(test=_product) for name in xiaomi.PRODUCTS},
    "switchbot": Rule(test=_tells(), general=True),
    "switchbot_contact": Rule(test=_model(switchbot.Model.CONTACT)),
    "switchbot_motion": Rule(test=_model(switchbot.Model.MOTION)),
    "switchbot_leak": Rule(test=_model(switchbot.Model.LEAK)),
    "ruuvitag": Rule(test=_tells()),
    "heart_rate": Rule(test=_offers("180d"), general=True),
    "pulse_oximeter": Rule(test=_offers("1822")),
    "blood_pressure": Rule(test=_offers("1810")),
    "thermometer": Rule(test=_offers("1809")),
    "scale": Rule(test=_offers("181d")),
    "polar": Rule(test=_called("Polar ")),
    "metamotion": Rule(test=_either(_called("MetaWear"), _offers("326a9000-85cb-9195-d9dd-464cfbbae75a"))),
    "ld2410": Rule(test=_tells()),
    "mr60": Rule(test=_tells(), general=True),
    "mr60_fall": Rule(test=_radar("it says whether somebody has fallen", mr60.FALL)),
    "mr60_vitals": Rule(test=_radar("it sends rates of breath or heart", mr60.BREATH, mr60.HEART)),
    "c1001": Rule(test=_tells()),
    "cms50d": Rule(test=_tells(Quantity.SKIN_CONTACT)),
    "esp3": Rule(test=_telegram(*_PROFILES), general=True),
    "enocean_rocker": Rule(test=_telegram(esp3.ROCKER)),
    "enocean_contact": Rule(test=_telegram(esp3.CONTACT)),
    "enocean_temperature": Rule(test=_telegram(esp3.FOUR_BYTES)),
    "zigbee2mqtt": Rule(test=_tells(), general=True),
    "zigbee2mqtt_button": Rule(test=_tells(*PRESSES)),
    "home_assistant": Rule(test=_announced),
}
"""How each kind is known by what was heard."""


def guesses(found: Found) -> list[Guess]:
    """The kinds that it may be, those that fit few devices first."""
    return sorted(_fitting(found), key=lambda guess: guess.general)


def _fitting(found: Found) -> Iterator[Guess]:
    for name, rule in RULES.items():
        kind = KINDS[name]
        if found.path in (kind.path, _HEARD_AS.get(kind.path)):
            because = rule.test(found, kind)
            if because is not None:
                yield Guess(kind=name, because=because, general=rule.general)
