"""Listens to serial ports for a while, at the speed of each kind of device in turn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from serial.tools.list_ports import comports

from devices.beside import beside
from devices.discovery.model import Found, Heard
from devices.kinds import DeviceKind, Path, SenderOf, SerialLine, Split
from devices.model import Clock, Frame, LinkEvent, LinkState
from devices.registry import KINDS
from devices.transports.serial import SerialTransport

BY_ID = FilePath("/dev/serial/by-id")
MOST_FRAMES = 12
MOSTLY = 0.8
"""So much of what came must be whole frames of one format, or it is none of them."""
LEAST_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to listen to a port."""

    line: SerialLine
    split: Split
    sender_of: SenderOf | None


@dataclass(slots=True)
class Tally:
    """A way's `split`, and how much of what came was whole frames."""

    split: Split
    taken: int = 0
    framed: int = 0

    def __call__(self, buffer: bytearray) -> list[bytes]:
        """Take whole frames, and count."""
        before = len(buffer)
        frames = self.split(buffer)
        self.taken += before - len(buffer)
        self.framed += sum(map(len, frames))
        return frames

    @property
    def share(self) -> float:
        """How much of it was whole frames."""
        return self.framed / self.taken if self.taken else 0.0


def ways(kinds: Iterable[DeviceKind] = KINDS.values(), *, ask: bool = False) -> list[Way]:
    """Every way that the registry knows, each once; without their questions unless told otherwise."""
    found: dict[Split, Way] = {}
    for kind in kinds:
        if kind.serial is not None and kind.split is not None:
            line = kind.serial if ask else replace(kind.serial, questions=())
            found.setdefault(kind.split, Way(line=line, split=kind.split, sender_of=kind.sender_of))
    return list(found.values())


def plugged_in(by_id: FilePath = BY_ID) -> list[str]:
    """The serial ports of this machine, each by the name that stays the same however it is plugged in."""
    stable = {link.resolve(): str(link) for link in by_id.iterdir()} if by_id.is_dir() else {}
    return sorted({stable.get(FilePath(port.device).resolve(), port.device) for port in comports()})


async def listen(clock: Clock, port: str, seconds: float, *, ask: bool = False) -> Heard:
    """What speaks on this port, read in the way by which most of what came was whole frames; in so long in all.

    `ask`: also put the questions of devices that speak only when they are asked.
    """
    best: tuple[float, tuple[Found, ...]] = (MOSTLY, ())
    every = ways(ask=ask)
    for way in every:
        tally = Tally(way.split)
        transport = SerialTransport(clock, port, way.line, tally, way.sender_of)
        frames: list[Frame] = []
        links: list[LinkEvent] = []
        async with beside(transport.run(frames.append, links.append)):
            await clock.sleep(max(LEAST_S, seconds / len(every)))
        if links and links[0].state is LinkState.DOWN:
            return Heard(troubles=(f"{port} cannot be listened to: {links[0].detail}",))
        best = max(best, (tally.share, _found(port, frames)), key=lambda one: one[0])
    return Heard(found=best[1], listened=1)


def _found(port: str, frames: Sequence[Frame]) -> tuple[Found, ...]:
    """One device, or each sender that a receiver heard. Only the latest frames are kept."""
    senders = dict.fromkeys(frame.address for frame in frames if frame.address != port) or {port: None}
    by_sender = {sender: [frame for frame in frames if frame.address == sender] for sender in senders}
    return tuple(
        Found(
            path=Path.SERIAL,
            address=sender,
            count=len(theirs),
            frames=tuple(theirs[-MOST_FRAMES:]),
            signal_dbm=theirs[-1].signal_dbm,
            options={} if sender == port else {"port": port},
        )
        for sender, theirs in by_sender.items()
        if theirs
    )
