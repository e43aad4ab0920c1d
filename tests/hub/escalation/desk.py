"""The escalation's transactions by hand, on a real database: time passes and channels answer as a test says."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Table, select

from analytics.model import Finding, FindingKind
from hub.escalation import admission, alarms, boot, inbound, results, sayings, transitions
from hub.escalation.claims import Turn, take_turn
from hub.escalation.context import Call, Context
from hub.escalation.results import Refusal, Trouble
from hub.escalation.sayings import Heard, Said
from hub.escalation.timers import Moment
from hub.escalation.transaction import carry_out
from hub.household.model import Household
from hub.model import Alarm, Evidence, Inbound, NotificationState, Purpose
from hub.store import heartbeat
from hub.store.heartbeat import Beat
from hub.store.schema import acknowledgement, notification, transition
from hub.store.schema import inbound as inbound_table
from hub.store.writer import Store
from tests.fakes import START
from tests.hub.escalation.homes import HOUSEHOLD, finding

T = TypeVar("T")

ADAPTERS = frozenset({"twilio", "speaker", "voice", "scaip"})
ACCEPTED = Evidence(state=NotificationState.ACCEPTED)


class Desk:
    """One hub without an event loop."""

    def __init__(self, store: Store, household: Household = HOUSEHOLD) -> None:
        self.store = store
        self.household = household
        self.adapters = ADAPTERS
        self.now = START
        self.boot_s = 1000.0
        self.boot_id = "boot-1"
        self.in_flight: set[int] = set()
        self.replies = 0

    # Time.

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.boot_s += seconds

    def reboot(self, off_s: float = 60.0, *, clock_ran: bool = True) -> None:
        """The machine restarts: the boot clock begins anew, calls under way are forgotten."""
        self.now += timedelta(seconds=off_s if clock_ran else 0.0)
        self.boot_s = 5.0
        self.boot_id += "+"
        self.in_flight.clear()
        self.start()

    def beat(self) -> None:
        """The hub writes down that it is alive."""
        now = Beat(boot_id=self.boot_id, boot_s=self.boot_s, at=self.now)
        self.store.run(lambda connection: heartbeat.beat(connection, now))

    def start(self) -> None:
        self.do(lambda ctx: boot.start(ctx, boot.last_alive(ctx.connection)))

    # Transactions.

    def do(self, work: Callable[[Context], T]) -> T:
        """Carry out one transaction."""
        return self.store.run(lambda connection: carry_out(self._context(connection), work))

    def admit(self, *findings: Finding) -> list[int]:
        return self.do(lambda ctx: admission.admit(ctx, findings))

    def open(self, kind: FindingKind = FindingKind.PANIC, **words: Any) -> int:
        """Open one alarm by a finding of now."""
        (number,) = self.admit(finding(kind, **{"at": self.now, **words}))
        return number

    def say(self, alarm_id: int, said: Said, by: str, outcome: str = "ok") -> Heard:
        def work(ctx: Context) -> Heard:
            alarm = alarms.load(ctx.connection, alarm_id)
            assert alarm is not None
            return sayings.say(ctx, alarm, said, by, outcome)

        return self.do(work)

    def fine(self) -> list[int]:
        return self.do(sayings.fine)

    def reply(self, sender: str, text: str, *, at: datetime | None = None, number: str = "") -> str:
        """A text comes in; what its effect was."""
        self.replies += 1
        provider_id = number or f"in-{self.replies}"
        message = Inbound(provider_id=provider_id, channel="sms", sender=sender, text=text, at=at or self.now)
        self.do(lambda ctx: inbound.take(ctx, message))
        return str(self.row(inbound_table, provider_id=provider_id)["effect"])

    def turn(self) -> Turn:
        turn = self.do(lambda ctx: take_turn(ctx, frozenset(self.in_flight)))
        self.in_flight.update(call.message.notification_id for call in (*turn.sends, *turn.looks))
        return turn

    def run(self) -> list[Call]:
        """Let everything that is due happen, without channels answering; the calls that were claimed."""
        calls: list[Call] = []
        while True:
            turn = self.turn()
            calls += turn.sends
            if not turn.alarms and (turn.next_boot_s is None or turn.next_boot_s > self.boot_s):
                return calls
            for alarm_id in turn.alarms:
                self.do(lambda ctx, alarm_id=alarm_id: transitions.advance(ctx, alarm_id))  # type: ignore[misc]

    def wait(self, seconds: float) -> list[Call]:
        """Time passes, and what is due then happens."""
        self.pass_time(seconds)
        return self.run()

    # Channels' answers.

    def accept(self, calls: Sequence[Call], evidence: Evidence = ACCEPTED) -> None:
        for call in calls:
            number = call.message.notification_id
            told = Evidence(state=evidence.state, provider_id=f"sid-{number}", negative=evidence.negative)
            self.do(lambda ctx, n=number, a=call.attempt, e=told: results.accepted(ctx, n, a, e))  # type: ignore[misc]
            self.in_flight.discard(number)

    def refuse(self, call: Call, trouble: Trouble, reason: str = "refused") -> None:
        number = call.message.notification_id
        self.do(lambda ctx: results.refused(ctx, number, call.attempt, Refusal(trouble=trouble, reason=reason)))
        self.in_flight.discard(number)

    def not_found(self, call: Call) -> None:
        number = call.message.notification_id
        self.do(lambda ctx: results.not_found(ctx, number, call.attempt))
        self.in_flight.discard(number)

    def report(self, number: int, state: NotificationState, *, negative: bool = False) -> None:
        """A provider's later word of a message."""
        evidence = Evidence(state=state, provider_id=f"sid-{number}", negative=negative)
        self.do(lambda ctx: results.reported(ctx, number, evidence))

    # Looking.

    def alarm(self, alarm_id: int) -> Alarm:
        with self.store.reading() as connection:
            alarm = alarms.load(connection, alarm_id)
        assert alarm is not None
        return alarm

    def rows(self, table: Table, **where: Any) -> list[dict[str, Any]]:
        query = select(table).where(*(table.c[name] == value for name, value in where.items()))
        with self.store.reading() as connection:
            return [dict(row) for row in connection.execute(query.order_by(table.c.id)).mappings()]

    def row(self, table: Table, **where: Any) -> dict[str, Any]:
        (only,) = self.rows(table, **where)
        return only

    def causes(self, alarm_id: int) -> list[str]:
        return [row["cause"] for row in self.rows(transition, alarm_id=alarm_id)]

    def acks(self, alarm_id: int) -> list[tuple[str, str, bool]]:
        return [(row["person"], row["said"], row["won"]) for row in self.rows(acknowledgement, alarm_id=alarm_id)]

    def messages(self, alarm_id: int, purpose: Purpose | None = None) -> list[tuple[str, str, str]]:
        """Person, channel and state of each message about an alarm."""
        rows = self.rows(notification, alarm_id=alarm_id)
        return [(row["person"], row["channel"], row["state"]) for row in rows if purpose in (None, row["purpose"])]

    def _context(self, connection: Any) -> Context:
        return Context(
            connection=connection,
            moment=Moment(now=self.now, boot_s=self.boot_s, boot_id=self.boot_id),
            household=self.household,
            adapters=self.adapters,
        )
