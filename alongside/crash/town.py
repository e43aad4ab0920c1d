"""What outlives every hub: two carriers with their memory, and a family that answers its texts."""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Self

from alongside.crash.house import FALLBACK, PRIMARY
from hub.clock import StoryClock, SystemClock
from hub.simulated.carrier import Carrier
from hub.simulated.carrier_faults import Fault
from hub.simulated.carrier_messages import Direction, Fate, Stored

SPEED = 5.0
"""So many seconds pass for the hubs and the carriers in one of the machine's: what they wait for comes sooner."""
TRANSIT = timedelta(seconds=2)
SERVED_WITHIN_S = 10.0
_CODE = re.compile(r"code (\d+)")
_CALLS = "Reply 1 going"
ANSWERS = ("1 {code}", "3 {code}")
"""What somebody who is called says: going, and the next time they look at their telephone, that all is well."""


@dataclass(slots=True, kw_only=True)
class Luck:
    """What goes wrong at a carrier: any of its faults, with this chance for each text."""

    random: Random
    percent: float
    met: int = 0

    def draw(self) -> Fault | None:
        """What goes wrong with the next text."""
        if self.random.random() * 100 >= self.percent:
            return None
        self.met += 1
        return self.random.choice(list(Fault))


class Town:
    """Runs the carriers in a thread of its own while it is entered. `carriers` are their addresses, by adapter.

    `anchor` is the file that makes one time of it for everybody.
    """

    def __init__(self, luck: Luck, anchor: Path) -> None:
        self.luck = luck
        self.anchor = anchor
        clock = StoryClock(anchor)
        clock.set(SystemClock().now(), SPEED)
        self._carriers = {name: Carrier(clock, TRANSIT, luck.draw) for name in (PRIMARY, FALLBACK)}
        self._to_say: dict[str, list[tuple[Carrier, str, str]]] = {}
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._served = Event()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),), name="carriers")
        self.carriers: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._served.wait(SERVED_WITHIN_S):
            raise TimeoutError("the carriers' stand-ins did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def taken(self) -> list[Stored]:
        """Every text that a carrier took from a hub."""
        return [one for carrier in self._carriers.values() for one in _outbound(carrier)]

    @property
    def talks(self) -> bool:
        """Whether somebody has yet to answer a call."""
        return any(text.sid not in self._to_say or self._to_say[text.sid] for text in self.taken())

    @property
    def said(self) -> int:
        """How many texts people have sent to the hubs."""
        kept = [one for carrier in self._carriers.values() for one in list(carrier.messages)]
        return sum(one.direction is Direction.INBOUND for one in kept)

    def answer(self) -> None:
        """Let everybody look at their telephone once, and answer the calls: the first time "going", then "safe"."""
        for carrier in self._carriers.values():
            for text in _outbound(carrier):
                if text.sid not in self._to_say:
                    self._to_say[text.sid] = _answers(carrier, text)
                elif self._to_say[text.sid]:
                    by, sender, body = self._to_say[text.sid].pop(0)
                    by.text(sender, body)

    async def _serve(self) -> None:
        first, second = (carrier.serving() for carrier in self._carriers.values())
        async with first as one, second as other:
            self.carriers = dict(zip(self._carriers, (one, other), strict=True))
            self._served.set()
            await self._stop.wait()


def _outbound(carrier: Carrier) -> list[Stored]:
    return [one for one in list(carrier.messages) if one.direction is Direction.OUTBOUND]


def _answers(carrier: Carrier, text: Stored) -> list[tuple[Carrier, str, str]]:
    code = _CODE.search(text.body)
    if code is None or _CALLS not in text.body or text.fate is Fate.UNDELIVERED:
        return []
    return [(carrier, text.to, each.format(code=code[1])) for each in ANSWERS]
