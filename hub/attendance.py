"""Keeps channels with work of their own at it, and tells people when one of them stays broken."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import select

from devices.model import Clock, LinkEvent
from hub.channels.attended import Around, Attended
from hub.ledger import BEAT_S
from hub.model import AlarmState, Channel
from hub.outages import Outages
from hub.store.schema import alarm
from hub.store.writer import Store
from hub.supervisor import Failure, Supervisor


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """How a channel that stays broken is told of: the fault's subject, and the sentence that its reason ends."""

    subject: str
    sentence: str


DEAD: Mapping[str, Dead] = {
    "gsm_modem": Dead(subject="gsm_dead", sentence="No texts go out by the mobile modem: {reason}."),
    "speaker": Dead(subject="speaker_dead", sentence="The hub cannot speak to the resident: {reason}."),
}
OTHER = Dead(subject="channel_dead", sentence="A channel of the hub does not work: {reason}.")


class Attendance:
    """Runs what attended channels do beside sending. `report` hears of each change, `tell` of what stays broken."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        report: Callable[[LinkEvent], None],
        tell: Callable[[str, str], None],
        failed: Callable[[Failure], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._report = report
        self._tell = tell
        self._outages = Outages()
        self._supervisor = Supervisor(clock, failed)

    def begin(self, channels: Iterable[Channel]) -> None:
        """Start each channel's own work, once."""
        attended = {one.name: one for one in channels if isinstance(one, Attended)}
        around = Around(report=self._note, is_asked=self._is_asked)
        for name, channel in attended.items():
            self._supervisor.start(f"the channel {name}", partial(channel.run, around))
        if attended:
            self._supervisor.start("the watch on the channels", self._watch)

    async def end(self) -> None:
        """Stop them. Whatever they were handed has come back by then, or is asked after at the next start."""
        await self._supervisor.stop()

    def _note(self, event: LinkEvent) -> None:
        here = replace(event, at=self._clock.now())
        self._outages.note(here)
        self._report(here)

    async def _watch(self) -> None:
        while True:
            for outage in self._outages.overdue(self._clock.now()):
                dead = DEAD.get(outage.subject, OTHER)
                self._tell(dead.subject, dead.sentence.format(reason=outage.detail))
            await self._clock.sleep(BEAT_S)

    def _is_asked(self, alarm_id: int) -> bool:
        with self._store.reading() as connection:
            state = connection.execute(select(alarm.c.state).where(alarm.c.id == alarm_id)).scalar()
        return state == AlarmState.CHECKIN
