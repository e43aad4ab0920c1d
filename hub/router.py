"""Knows whose frame it is: reads the frames of declared devices, counts all others."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from devices.kinds import DeviceKind, DeviceSetup
from devices.model import DecodeError, Decoder, Frame, Observation
from hub.supervisor import describe

logger = logging.getLogger(__name__)

MOST_UNKNOWN_SENDERS = 200
OTHERS = "(others)"
"""Stands for every unknown sender beyond the number that is remembered."""


class UnknownKindError(ValueError):
    """The household declares a device of a kind that this version does not know."""


@dataclass(slots=True, kw_only=True)
class FrameCount:
    """What one sender sent since the last time the counts were taken."""

    address: str
    device: str | None
    last_at: datetime
    good: int = 0
    malformed: int = 0
    unknown: int = 0
    last_error: str | None = None
    signal_dbm: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One declared device's decoder."""

    device: str
    kind: str
    decode: Decoder


Table = Mapping[tuple[str, str], tuple[Route, ...]]
"""(address, source) to those who read it: several where devices share one receiver."""


class SignsOfLife(Protocol):
    """Who is told of every frame, whether or not it says anything new."""

    def heard(self, device: str, frame: Frame) -> None:
        """A frame of this device was heard and read."""
        ...

    def unreadable(self, device: str, frame: Frame) -> None:
        """A frame of this device was heard that cannot be read."""
        ...

    def stranger(self, frame: Frame) -> None:
        """A frame of somebody was heard whom nobody declared."""
        ...


def table(devices: Iterable[DeviceSetup], kinds: Mapping[str, DeviceKind]) -> Table:
    """Who reads which frames. Raises `UnknownKindError`."""
    routes: dict[tuple[str, str], tuple[Route, ...]] = {}
    for setup in devices:
        if setup.kind not in kinds:
            raise UnknownKindError(f"device {setup.name}: there is no kind {setup.kind!r}")
        kind = kinds[setup.kind]
        route = Route(device=setup.name, kind=setup.kind, decode=kind.make_decoder(setup))
        for source in kind.sources:
            key = (setup.address, source)
            routes[key] = (*routes.get(key, ()), route)
    return routes


class Router:
    """Turns frames into observations, and keeps one count a sender. Never raises on a frame.

    `on_failure` hears of a decoder that broke (any error but `DecodeError`), by device.
    """

    def __init__(self, routes: Table, on_failure: Callable[[str, Exception], None], signs: SignsOfLife) -> None:
        self._routes = routes
        self._signs = signs
        self._on_failure = on_failure
        self._addresses = frozenset(address for address, _ in routes)
        self._counts: dict[tuple[str, str | None], FrameCount] = {}
        self._unknown_senders = 0
        self._told: set[str] = set()

    def read(self, frame: Frame) -> list[Observation]:
        """What the frame says; empty where nobody declared its sender or its bytes cannot be read."""
        routes = self._routes.get((frame.address, frame.source))
        if routes is None:
            self._count_stranger(frame)
            return []
        observations: list[Observation] = []
        for route in routes:
            observations += self._read_as(route, frame)
        return observations

    def take_counts(self) -> list[FrameCount]:
        """The counts since the last call, to be added to what is stored."""
        counts = list(self._counts.values())
        self._counts = {}
        self._unknown_senders = 0
        return counts

    def _read_as(self, route: Route, frame: Frame) -> list[Observation]:
        count = self._count_of(frame.address, route.device, frame)
        try:
            observations = route.decode(frame)
        except DecodeError as error:
            self._malformed(route, count, str(error))
        except Exception as error:  # noqa: BLE001 -- one decoder's fault must not stop the transport; it is told on
            self._malformed(route, count, describe(error))
            self._on_failure(route.device, error)
        else:
            count.good += 1
            self._signs.heard(route.device, frame)
            return observations
        self._signs.unreadable(route.device, frame)
        return []

    def _malformed(self, route: Route, count: FrameCount, reason: str) -> None:
        count.malformed += 1
        count.last_error = reason
        if route.device not in self._told:
            self._told.add(route.device)
            logger.warning("a %s sent a frame that cannot be read; from now on they are only counted", route.kind)

    def _count_stranger(self, frame: Frame) -> None:
        """A known sender's other words (another service field) are no stranger's, and say nothing to anybody."""
        if frame.address in self._addresses:
            return
        self._signs.stranger(frame)
        address = frame.address
        if (address, None) not in self._counts:
            if self._unknown_senders >= MOST_UNKNOWN_SENDERS:
                address = OTHERS
            else:
                self._unknown_senders += 1
        self._count_of(address, None, frame).unknown += 1

    def _count_of(self, address: str, device: str | None, frame: Frame) -> FrameCount:
        count = self._counts.get((address, device))
        if count is None:
            count = self._counts[(address, device)] = FrameCount(address=address, device=device, last_at=frame.at)
        count.last_at = frame.at
        count.source = frame.source
        if frame.signal_dbm is not None:
            count.signal_dbm = frame.signal_dbm
        return count
