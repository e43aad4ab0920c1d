"""SwitchBot contact, motion and leak sensors: what they advertise (company 0x0969 and service data 0xFD3D).

Written by hand: the library (PySwitchbot) has these three formats in some sixty lines, and brings along with them the
control of every other SwitchBot device and a client for its maker's cloud.

Each advert has two parts, and so comes as two frames. The service data names the model; the manufacturer data does not,
and cannot be read until the model is known, unless the device was declared as one. Nothing is encrypted, and the format
is public: whoever is near can imitate such a sensor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial

from devices.kinds import DeviceSetup
from devices.model import DecodeError, Decoder, Frame, Observation, Quantity, Reading
from devices.thinning import Thinner
from devices.units import STATES

SERVICE, COMPANY = "advert:fd3d", "advert:company:0969"
EVERY_S = 60.0
"""They advertise every second or so; what changes is passed on at once, the rest this often."""

_CHARGE = 0x7F
_MODEL = 0x7F
"""The top bit of the first byte of the service data says that it is encrypted, or waits to be paired."""


class Model(IntEnum):
    """The first byte of the service data."""

    CONTACT = 0x64
    MOTION = 0x73
    LEAK = 0x26


Values = Mapping[Quantity, float]


def _contact_service(data: bytes) -> Values:
    return {
        Quantity.BATTERY_PERCENT: float(data[2] & _CHARGE),
        Quantity.MOTION: float(bool(data[1] & 0x40)),
        Quantity.OPEN: float(bool(data[3] & 0x06)),
        Quantity.LEFT_OPEN: float(bool(data[3] & 0x04)),
    }


def _contact_company(data: bytes) -> Values:
    return {
        Quantity.MOTION: float(bool(data[7] & 0x80)),
        Quantity.OPEN: float(bool(data[7] & 0x30)),
        Quantity.LEFT_OPEN: float(bool(data[7] & 0x20)),
    }


def _motion_service(data: bytes) -> Values:
    return {Quantity.BATTERY_PERCENT: float(data[2] & _CHARGE), Quantity.MOTION: float(bool(data[1] & 0x40))}


def _motion_company(data: bytes) -> Values:
    return {Quantity.MOTION: float(bool(data[7] & 0x40))}


def _leak_service(data: bytes) -> Values:
    return {Quantity.BATTERY_PERCENT: float(data[2] & _CHARGE)}


def _leak_company(data: bytes) -> Values:
    return {
        Quantity.BATTERY_PERCENT: float(data[7] & _CHARGE),
        Quantity.BATTERY_LOW: float(bool(data[7] & 0x80)),
        Quantity.WET: float(bool(data[8] & 0x01)),
        Quantity.TAMPERED: float(bool(data[8] & 0x02)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One part of one model's advert: its least length, and how it is read."""

    least: int
    read: Callable[[bytes], Values]


FORMATS: Mapping[tuple[Model, str], Format] = {
    (Model.CONTACT, SERVICE): Format(least=9, read=_contact_service),
    (Model.CONTACT, COMPANY): Format(least=13, read=_contact_company),
    (Model.MOTION, SERVICE): Format(least=6, read=_motion_service),
    (Model.MOTION, COMPANY): Format(least=8, read=_motion_company),
    (Model.LEAK, SERVICE): Format(least=3, read=_leak_service),
    (Model.LEAK, COMPANY): Format(least=9, read=_leak_company),
}
CONTACT_YIELDS = frozenset({Quantity.BATTERY_PERCENT, Quantity.MOTION, Quantity.OPEN, Quantity.LEFT_OPEN})
MOTION_YIELDS = frozenset({Quantity.BATTERY_PERCENT, Quantity.MOTION})
LEAK_YIELDS = frozenset({Quantity.BATTERY_PERCENT, Quantity.BATTERY_LOW, Quantity.WET, Quantity.TAMPERED})
YIELDS = CONTACT_YIELDS | MOTION_YIELDS | LEAK_YIELDS


@dataclass(slots=True)
class SwitchBot:
    """One sensor's decoder. `model` is learnt from its service data where it was not declared."""

    device: str
    model: Model | None = None
    _thinner: Thinner = field(default_factory=lambda: Thinner(EVERY_S, prompt=STATES), init=False)

    def __call__(self, frame: Frame) -> list[Observation]:
        """What a part of an advert tells that is new."""
        if frame.source == SERVICE:
            self.model = self._checked(frame.payload)
        if self.model is None:
            raise DecodeError("which sensor it is stands in the other part of the advert, which was not heard yet")
        part = FORMATS[self.model, frame.source]
        if len(frame.payload) < part.least:
            raise DecodeError(f"this part has at least {part.least} bytes, got {frame.payload.hex() or 'none'}")
        readings = (
            Reading(device=self.device, quantity=quantity, value=value, at=frame.at)
            for quantity, value in part.read(frame.payload).items()
        )
        return [reading for reading in readings if self._thinner.passes(reading)]

    def _checked(self, payload: bytes) -> Model:
        """The model that the service data names. Another than the declared one is somebody else's, or a mistake."""
        model = model_of(payload)
        if model is None:
            raise DecodeError(f"not a contact, motion or leak sensor: {payload.hex() or 'no bytes'}")
        if self.model not in (None, model):
            raise DecodeError(f"it says that it is a {model.name.lower()} sensor: {payload.hex()}")
        return model


def model_of(service: bytes) -> Model | None:
    """Which sensor sent this service data; None where it is none of these.

    >>> model_of(bytes.fromhex("7340e2003801"))
    <Model.MOTION: 115>
    """
    number = service[0] & _MODEL if service else None
    return next((model for model in Model if model == number), None)


def make(setup: DeviceSetup) -> SwitchBot:
    """The decoder for a sensor that tells its model."""
    return SwitchBot(setup.name)


def maker_of(model: Model) -> Callable[[DeviceSetup], Decoder]:
    """Makes decoders for one model, which need not wait to be told."""
    return partial(_make_model, model)


def _make_model(model: Model, setup: DeviceSetup) -> Decoder:
    return SwitchBot(setup.name, model)
