"""Short ways to make frames and to look at what was read."""

from datetime import datetime, timedelta

from devices.model import Frame, Observation, Quantity, Reading, Trigger
from tests.fakes import START

MAC = "A4:C1:38:00:00:02"


def frame(payload: str | bytes, source: str = "serial", *, address: str = MAC, after_s: float = 0.0) -> Frame:
    """A frame heard some seconds after the start of the test."""
    data = bytes.fromhex(payload) if isinstance(payload, str) else payload
    return Frame(address=address, source=source, payload=data, at=START + timedelta(seconds=after_s))


def readings(observations: list[Observation]) -> list[Reading]:
    return [observation for observation in observations if isinstance(observation, Reading)]


def triggers(observations: list[Observation]) -> list[Trigger]:
    return [observation for observation in observations if isinstance(observation, Trigger)]


def values(observations: list[Observation]) -> dict[Quantity, float]:
    """What was read, where each quantity was read once."""
    found = readings(observations)
    table = {reading.quantity: reading.value for reading in found}
    assert len(table) == len(found), "a quantity was read twice"
    return table


def qualities(observations: list[Observation]) -> set[float]:
    """How far the measures are believed; whether the sensor touches skin is known in any case."""
    return {r.quality for r in readings(observations) if r.quantity is not Quantity.SKIN_CONTACT}


def device_times(observations: list[Observation]) -> set[datetime | None]:
    return {r.device_time for r in readings(observations) if r.quantity is not Quantity.SKIN_CONTACT}
