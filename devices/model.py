"""The vocabulary of what a sensor can say."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class DecodeError(ValueError):
    """A frame that cannot be read: what was expected and what came. Permanent: the same bytes fail again."""


class Quantity(StrEnum):
    """What is measured; the unit is in the name. Yes/no states are 1.0 or 0.0."""

    # the home
    MOTION = "motion"
    OPEN = "open"
    OCCUPIED = "occupied"
    LEFT_OPEN = "left_open"
    SMOKE = "smoke"
    CARBON_MONOXIDE = "carbon_monoxide"
    GAS = "gas"
    WET = "wet"
    VIBRATION = "vibration"
    TAMPERED = "tampered"
    POWER_W = "power_w"
    SWITCHED_ON = "switched_on"
    TEMPERATURE_C = "temperature_c"
    HUMIDITY_PERCENT = "humidity_percent"
    PRESSURE_HPA = "pressure_hpa"
    ILLUMINANCE_LX = "illuminance_lx"
    DISTANCE_CM = "distance_cm"
    MOVING_DISTANCE_CM = "moving_distance_cm"
    MOVING_ENERGY_PERCENT = "moving_energy_percent"
    STILL_DISTANCE_CM = "still_distance_cm"
    STILL_ENERGY_PERCENT = "still_energy_percent"
    ROTATION_DEG = "rotation_deg"
    # the person
    HEART_RATE_BPM = "heart_rate_bpm"
    BEAT_INTERVAL_S = "beat_interval_s"
    SKIN_CONTACT = "skin_contact"
    SPO2_PERCENT = "spo2_percent"
    PULSE_BPM = "pulse_bpm"
    SPO2_FAST_PERCENT = "spo2_fast_percent"
    PULSE_FAST_BPM = "pulse_fast_bpm"
    SPO2_SLOW_PERCENT = "spo2_slow_percent"
    PULSE_SLOW_BPM = "pulse_slow_bpm"
    PERFUSION_PERCENT = "perfusion_percent"
    SYSTOLIC_MMHG = "systolic_mmhg"
    DIASTOLIC_MMHG = "diastolic_mmhg"
    MEAN_ARTERIAL_MMHG = "mean_arterial_mmhg"
    BODY_TEMPERATURE_C = "body_temperature_c"
    WEIGHT_KG = "weight_kg"
    RESPIRATION_PER_MIN = "respiration_per_min"
    SLEEP_STATE = "sleep_state"
    ALERT = "alert"  # somebody looked: alert, or (0) newly confused or answering only to voice or pain
    OXYGEN_GIVEN = "oxygen_given"  # whether oxygen is being given, or the air is breathed
    PULSE_IRREGULARITY = "pulse_irregularity"  # the hub's own, of a run of heartbeats: log-odds that it has no order
    RESTING_PULSE_BPM = "resting_pulse_bpm"  # the hub's own: the pulse at rest in one quarter of a day
    USUAL_SPO2_PERCENT = "usual_spo2_percent"  # the hub's own: the middle oxygen level of one quarter of a day
    FALL_LIKENESS = "fall_likeness"  # the hub's own, of a wearable's knock: log-odds that it was a fall
    WORN_MIN = "worn_min"  # the hub's own: for how many minutes a wearable was worn, since this was said last
    # the device itself
    BATTERY_PERCENT = "battery_percent"
    BATTERY_V = "battery_v"
    BATTERY_LOW = "battery_low"
    SIGNAL_DBM = "signal_dbm"
    CLOCK_DRIFT_PPM = "clock_drift_ppm"
    MOVEMENT_COUNT = "movement_count"
    ENERGY_EXPENDED_KJ = "energy_expended_kj"


class TriggerKind(StrEnum):
    """A deliberate act or a device's own alarm: momentary, so it has no value."""

    PRESS = "press"
    DOUBLE_PRESS = "double_press"
    TRIPLE_PRESS = "triple_press"
    LONG_PRESS = "long_press"
    HOLD_PRESS = "hold_press"
    FALL = "fall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Bytes from the air or the wire, and when the hub heard them.

    `address` is the sender as the transport knows it (a MAC address in capitals, a serial port's stable path, a radio
    sender's id in capital hex where one port hears several, a topic); `source` says which part of it spoke:
    `advert:fcd2` or `advert:company:0499` (one service or manufacturer field of an advertisement), `gatt:2a37` (a
    characteristic, 16-bit in four hex digits or a full UUID), `serial`, `mqtt`.
    """

    address: str
    source: str
    payload: bytes
    at: datetime
    signal_dbm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One measured value of one device, at the time the hub heard it (UTC).

    `quality` is 0 (do not believe) to 1 (nothing speaks against it), from what the device itself says: contact, signal,
    perfusion, measurement status. `device_time` is what the device's own clock said, where it says it: local, naive,
    and often never set.
    """

    device: str
    quantity: Quantity
    value: float
    at: datetime
    quality: float = 1.0
    device_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A deliberate call or a device's own alarm.

    `token` is the device's own count of the event (packet id, encryption counter), so that a replayed advertisement of
    the same press is known as the same press; None where the device has none. `button` names the one pressed, on a
    device with several.
    """

    device: str
    kind: TriggerKind
    at: datetime
    token: str | None = None
    button: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleBlock:
    """A block of raw acceleration samples.

    `acceleration_g` is float32 (n, 3) in g; a lost sample is a row of NaN, never an interpolation. `at` is the hub's
    time of the first sample; `rate_hz` the sampling rate; `range_g` where the device clips.
    """

    device: str
    at: datetime
    rate_hz: float
    acceleration_g: NDArray[np.float32] = field(repr=False)
    range_g: float = 16.0


Observation = Reading | Trigger | SampleBlock
Decoder = Callable[[Frame], list[Observation]]
"""Bytes to observations. Raises `DecodeError` on bytes that are not this device's. May keep state (counters, keys)."""


class Clock(Protocol):
    """The only source of time. `hub.clock` has the real one, `tests.fakes` a settable one."""

    def now(self) -> datetime:
        """The wall clock, UTC, aware."""
        ...

    def boot_s(self) -> float:
        """Seconds since the machine started, never set back, counting suspend."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for as long on this clock."""
        ...


class LinkState(StrEnum):
    """What a transport knows about itself or about one device."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvent:
    """A transport or a connection went up or down. `subject` is `radio`, a port path or a device address."""

    subject: str
    state: LinkState
    at: datetime
    detail: str = ""


class Transport(Protocol):
    """Hears frames until cancelled. Mends itself: it never ends on a lost radio or port, it reports it and goes on."""

    name: str

    async def run(self, deliver: Callable[[Frame], None], report: Callable[[LinkEvent], None]) -> None:
        """Deliver every frame, in order, and report every change of link, until cancelled."""
        ...


Sleep = Callable[[float], Awaitable[None]]
