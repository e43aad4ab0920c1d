"""Keeps channels with work of their own at it; one that stays broken is a fault's case until it works again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from devices.model import Clock, LinkEvent
from hub.auditor_watch import Desk
from hub.channels.attended import Around, Attended
from hub.escalation import cases
from hub.escalation.context import Context
from hub.ledger import BEAT_S
from hub.model import AlarmState, Channel
from hub.outages import Outages
from hub.store import faults
from hub.store.faults import Fault
from hub.store.schema import alarm
from hub.store.writer import Store
from hub.supervisor import Failure, Supervisor


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """How a channel that stays broken is told of: the fault's kind, and the sentence that its reason ends."""

    kind: str
    sentence: str


DEAD: Mapping[str, Dead] = {
    "gsm_modem": Dead(kind="gsm_dead", sentence="No texts go out by the mobile modem: {reason}."),
    "speaker": Dead(kind="speaker_dead", sentence="The hub cannot speak to the resident: {reason}."),
}
OTHER = Dead(kind="channel_dead", sentence="A channel of the hub does not work: {reason}.")
KINDS = frozenset({OTHER.kind, *(dead.kind for dead in DEAD.values())})
DUE = timedelta(hours=4)
WORKS = "It works again."
GONE = "It is not used any more."


class Attendance:
    """Runs what attended channels do beside sending. `report` hears of each change."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        report: Callable[[LinkEvent], None],
        desk: Desk,
        failed: Callable[[Failure], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._report = report
        self._desk = desk
        self._outages = Outages()
        self._supervisor = Supervisor(clock, failed)

    def begin(self, channels: Iterable[Channel]) -> None:
        """Start each channel's own work, once."""
        attended = {one.name: one for one in channels if isinstance(one, Attended)}
        around = Around(report=self._note, is_asked=self._is_asked)
        for name, channel in attended.items():
            self._supervisor.start(f"the channel {name}", partial(channel.run, around))
        self._supervisor.start("the watch on the channels", lambda: self._watch(frozenset(attended)))

    async def end(self) -> None:
        """Stop them. Whatever they were handed has come back by then, or is asked after at the next start."""
        await self._supervisor.stop()

    def _note(self, event: LinkEvent) -> None:
        here = replace(event, at=self._clock.now())
        self._outages.note(here)
        self._report(here)

    async def _watch(self, attended: frozenset[str]) -> None:
        await self._do(lambda ctx: _end_those_gone(ctx, attended))
        while True:
            late, back = self._outages.overdue(self._clock.now()), self._outages.returned()
            if late or back:
                await self._do(lambda ctx, late=late, back=back: _follow(ctx, late, back))  # type: ignore[misc]
            await self._clock.sleep(BEAT_S)

    async def _do(self, work: Callable[[Context], None]) -> None:
        now = self._clock.now()
        await self._store.submit(lambda connection: self._desk.look_after(connection, work, now))

    def _is_asked(self, alarm_id: int) -> bool:
        with self._store.reading() as connection:
            state = connection.execute(select(alarm.c.state).where(alarm.c.id == alarm_id)).scalar()
        return state == AlarmState.CHECKIN


def _follow(ctx: Context, late: Iterable[LinkEvent], back: Iterable[str]) -> None:
    for outage in late:
        dead = DEAD.get(outage.subject, OTHER)
        case = Fault(
            kind=dead.kind,
            subject=outage.subject,
            because=dead.sentence.format(reason=outage.detail),
            opened_at=ctx.now,
            due_at=ctx.now + DUE,
            since=outage.at,
        )
        cases.open_(ctx, case)
    for name in back:
        cases.end(ctx, DEAD.get(name, OTHER).kind, name, WORKS)


def _end_those_gone(ctx: Context, attended: frozenset[str]) -> None:
    """Channels that this household does not use any more leave no case behind."""
    for case in faults.open_cases(ctx.connection):
        if case.kind in KINDS and case.subject not in attended:
            cases.end(ctx, case.kind, case.subject, GONE)
