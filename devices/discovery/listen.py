"""Listens everywhere at once: to the air, to the serial ports, to brokers."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from devices.discovery.model import Heard
from devices.model import Clock
from devices.mqtt import Broker

SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where to listen, and for how long in all.

    `ask`: also put the questions of devices that speak only when they are asked, to whatever is on the port.
    """

    seconds: float = SECONDS
    radio: bool = True
    ports: Sequence[str] = ()
    brokers: Sequence[Broker] = ()
    password: str | None = None
    ask: bool = False


async def listen(clock: Clock, where: Where) -> Heard:
    """All that was heard, and each receiver that could not be listened with."""
    every = await asyncio.gather(*_receivers(clock, where))
    return Heard(
        found=tuple(found for heard in every for found in heard.found),
        troubles=tuple(trouble for heard in every for trouble in heard.troubles),
        listened=sum(not heard.troubles for heard in every),
    )


def _receivers(clock: Clock, where: Where) -> Iterator[Coroutine[Any, Any, Heard]]:
    from devices.discovery import air, broker, ports  # noqa: PLC0415 -- bleak is slow to load

    if where.radio:
        yield air.listen(clock, where.seconds)
    for port in where.ports:
        yield ports.listen(clock, port, where.seconds, ask=where.ask)
    for one in where.brokers:
        yield broker.listen(clock, one, where.seconds, where.password)
