"""The fifteen invariants over any history, on a real database. Their numbers are the design's."""

import hashlib
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from analytics.model import FindingKind
from hub.auditor import LATE_AFTER_S, Complaint, Now, judge, see
from hub.escalation import alarms, canary, results, transitions
from hub.escalation.alarms import StaleError
from hub.escalation.burden import OVER_LIMIT
from hub.escalation.context import Call
from hub.escalation.results import Trouble
from hub.escalation.rota import on_call
from hub.escalation.sayings import Said
from hub.household.model import CanaryPolicy, Consent, SmsPolicy
from hub.model import TERMINAL, Alarm, AlarmState, NotificationState, Purpose
from hub.store import faults
from hub.store.schema import acknowledgement, alarm, alarm_finding, finding, notification, transition
from hub.store.writer import Store
from tests.fakes import START
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import CONSENT, HOUSEHOLD, JOAN, PRIYA, TOM, without

CALLS = {Purpose.CHECK_IN, Purpose.ALARM, Purpose.EXHAUSTED}
UNCLAIMED = {AlarmState.CHECKIN, AlarmState.ESCALATING, AlarmState.EXHAUSTED}
HELD = {AlarmState.ACKNOWLEDGED, AlarmState.ATTENDING}
PHONES = {"priya": PRIYA, "tom": TOM, "joan": JOAN}
TEXTS = ["1", "2", "3", "1.", "", "STOP", "START", "yes", "junk", "arrived", "1 2"]
CANARY = CanaryPolicy(to="priya", every_days=1, at=time(9), answer_within=timedelta(hours=6))
TWO_PATHS = replace(
    HOUSEHOLD, sms=SmsPolicy(primary="twilio", fallback="gsm_modem"), per_person_per_hour=3, canary=CANARY
)
AUTUMN, SPRING = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
NOBODY_MAY = Consent(revision=8, fields={})


@cache
def empty_database() -> Path:
    path = Path(tempfile.mkdtemp()) / "empty.sqlite3"
    Store.open(path).shut()
    return path


class History(RuleBasedStateMachine):
    """Findings, people, providers, clocks, crashes and households, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        path = self.folder / "home.sqlite3"
        shutil.copy(empty_database(), path)
        self.desk = Desk(Store.open(path), TWO_PATHS)
        self.desk.adapters |= {"gsm_modem"}
        self.calls: list[Call] = []
        self.at_provider: dict[str, int] = {}
        self.sent: list[int] = []
        self.said = 0
        self.closed: dict[int, Alarm] = {}
        self.reports: list[tuple[int, NotificationState, bool]] = []
        self.copies: dict[int, Alarm] = {}

    @initialize(start=st.sampled_from([START, AUTUMN, SPRING]))
    def it_begins(self, start: datetime) -> None:
        """On an ordinary morning, or in a night in which the clocks change."""
        self.desk.now = start

    def teardown(self) -> None:
        self.desk.store.shut()
        shutil.rmtree(self.folder)

    # What happens.

    @rule(
        kind=st.sampled_from([FindingKind.PANIC, FindingKind.FALL, FindingKind.INACTIVITY, FindingKind.FAULT]),
        room=st.sampled_from(["bathroom", "kitchen"]),
        severity=st.integers(1, 10),
    )
    def finds(self, kind: FindingKind, room: str, severity: int) -> None:
        count = len(self.desk.rows(finding))
        self.desk.open(kind, room=room, severity=severity, episode=f"e{count}", because=f"Because {kind}.")

    @rule(seconds=st.sampled_from([0, 1, 5, 20, 61, 130, 600, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.desk.pass_time(seconds)
        self.works()

    @rule(jump=st.sampled_from([timedelta(hours=1), timedelta(hours=-1), timedelta(days=3650)]))
    def clock_jumps(self, jump: timedelta) -> None:
        before = {row["id"]: row["next_boot_s"] for row in self.desk.rows(alarm)}
        self.desk.now += jump
        assert {row["id"]: row["next_boot_s"] for row in self.desk.rows(alarm)} == before  # 8
        self.works()
        self.desk.now -= jump

    def works(self) -> None:
        while True:
            turn = self.desk.turn()
            for call in turn.sends:
                self.check_claim(call)
            self.calls += [*turn.sends, *turn.looks]
            if not turn.alarms and (turn.next_boot_s is None or turn.next_boot_s > self.desk.boot_s):
                return
            for number in turn.alarms:
                self.advance(number)

    def advance(self, number: int) -> None:

        self.desk.do(lambda ctx: transitions.advance(ctx, number))

    def check_claim(self, call: Call) -> None:
        """4 and 10, at the moment at which somebody is about to be called."""
        message = call.message
        if message.purpose in CALLS and message.alarm_id is not None:
            assert self.desk.alarm(message.alarm_id).state in UNCLAIMED
        row = self.desk.row(notification, id=message.notification_id)
        assert row["text"] == message.text
        assert row["text_hash"] == hashlib.sha256(message.text.encode()).hexdigest()
        assert row["consent_revision"] == self.desk.household.consent.revision
        if self.desk.household.consent == NOBODY_MAY and message.person != "margaret":
            assert "Margaret" not in message.text

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), how=st.sampled_from(["accept", "lost", "taken", "passing", "permanent", "unexpected"]))
    def channel_answers(self, data: st.DataObject, how: str) -> None:
        call = self.calls.pop(data.draw(st.integers(0, len(self.calls) - 1)))
        row = self.desk.row(notification, id=call.message.notification_id)
        if row["state"] == NotificationState.UNKNOWN:
            self.provider_is_asked(call)
        elif how in ("accept", "taken"):
            known = self.at_provider.get(call.message.reference, 0)
            self.at_provider[call.message.reference] = known + 1
            self.sent.append(call.message.notification_id)
            if how == "accept":
                self.desk.accept([call])
            else:
                self.desk.refuse(call, Trouble.AMBIGUOUS)
        else:
            trouble = {"lost": Trouble.AMBIGUOUS}.get(how) or Trouble(how)
            self.desk.refuse(call, trouble)

    def provider_is_asked(self, call: Call) -> None:
        if call.message.reference in self.at_provider:
            self.desk.accept([call])
        else:
            self.desk.not_found(call)

    @precondition(lambda self: self.sent)
    @rule(
        data=st.data(),
        state=st.sampled_from([NotificationState.SENT, NotificationState.DELIVERED]),
        negative=st.booleans(),
    )
    def provider_reports(self, data: st.DataObject, state: NotificationState, negative: bool) -> None:
        number = data.draw(st.sampled_from(self.sent))
        self.desk.report(number, state, negative=negative)
        self.reports.append((number, state, negative))

    @precondition(lambda self: self.reports)
    @rule(data=st.data())
    def every_report_comes_again_in_another_order(self, data: st.DataObject) -> None:
        """7: whatever the order, and however often, it comes to the same."""
        before = self.how_far()
        for number, state, negative in data.draw(st.permutations(self.reports)):
            self.desk.report(number, state, negative=negative)
        assert self.how_far() == before

    def how_far(self) -> dict[int, tuple[str, bool]]:
        reported = {number for number, _, _ in self.reports}
        rows = [row for row in self.desk.rows(notification) if row["id"] in reported]
        return {row["id"]: (row["state"], row["negative"]) for row in rows}

    @precondition(lambda self: self.desk.rows(alarm))
    @rule(data=st.data(), people=st.permutations(sorted(PHONES)))
    def all_answer_in_one_instant(self, data: st.DataObject, people: list[str]) -> None:
        """6: exactly one of them wins, if anybody can, and all are recorded."""
        number = data.draw(st.sampled_from([row["id"] for row in self.desk.rows(alarm)]))
        free = self.desk.alarm(number).state in UNCLAIMED
        heard = [self.desk.say(number, Said.GOING, who) for who in people]
        self.said += len(people)
        assert [one.won for one in heard] == [free, False, False]

    @rule()
    def somebody_reads_every_alarm(self) -> None:
        self.copies = {row["id"]: self.desk.alarm(row["id"]) for row in self.desk.rows(alarm)}

    @precondition(lambda self: self.copies)
    @rule(data=st.data())
    def somebody_writes_by_what_they_have_read(self, data: st.DataObject) -> None:
        """14: whoever holds an old one cannot write."""
        old = self.copies.pop(data.draw(st.sampled_from(sorted(self.copies))))
        now = self.desk.alarm(old.id)
        if now.version == old.version:
            return
        with pytest.raises(StaleError):
            self.desk.do(lambda ctx: alarms.swap(ctx.connection, old, replace(old, owner="somebody", version=99)))
        assert self.desk.alarm(old.id) == now

    @rule(seconds=st.sampled_from([61.0, 200.0, 7 * 3600.0]))
    def the_hub_hangs(self, seconds: float) -> None:
        """15: an alarm that is not seen to, and a hub that gives no sign of life, are noticed from outside."""
        self.desk.beat()
        self.desk.pass_time(seconds)
        now = Now(boot_id=self.desk.boot_id, boot_s=self.desk.boot_s, began_s=0.0)
        with self.desk.store.reading() as connection:
            complaints = judge(see(connection, now), now)
        assert Complaint.SILENT in complaints
        late = self.desk.boot_s - LATE_AFTER_S
        stuck = [row for row in self.desk.rows(alarm) if row["next_at"] is not None and row["next_boot_s"] < late]
        assert (Complaint.ALARM in complaints) == bool(stuck)
        self.works()

    @rule(answered=st.booleans())
    def the_canary_flies(self, answered: bool) -> None:
        """15: a test text that does not come back is a fault."""
        self.desk.do(canary.look)
        if answered and "priya" in self.desk.household.people:
            self.desk.reply(PRIYA, "perhaps")
        self.desk.pass_time(7 * 3600)
        self.works()
        self.desk.do(canary.look)
        flight = self.desk.do(lambda ctx: canary.latest(ctx, "priya"))
        with self.desk.store.reading() as connection:
            lost = any(case.kind == canary.KIND for case in faults.open_cases(connection))
        if self.desk.household.canary is None or flight is None:
            return
        late = self.desk.now > flight.sent_at + CANARY.answer_within
        assert lost or flight.returned or not late
        assert not (lost and flight.returned)

    @precondition(lambda self: self.desk.rows(alarm))
    @rule(data=st.data(), said=st.sampled_from(Said), who=st.sampled_from(sorted(PHONES)))
    def somebody_says(self, data: st.DataObject, said: Said, who: str) -> None:
        number = data.draw(st.sampled_from([row["id"] for row in self.desk.rows(alarm)]))
        before = self.desk.alarm(number)
        heard = self.desk.say(number, said, who)
        self.said += 1
        if said is Said.GOING:  # 6: the first wins, and only the first
            assert heard.won == (before.state in UNCLAIMED)

    @rule(text=st.sampled_from(TEXTS), who=st.sampled_from(sorted(PHONES)))
    def somebody_texts(self, text: str, who: str) -> None:
        before = len(self.desk.rows(acknowledgement))
        effect = self.desk.reply(PHONES[who], text)
        self.said += len(self.desk.rows(acknowledgement)) - before
        if text in ("STOP", "junk", "", "1 2", "START", "yes"):
            assert len(self.desk.rows(acknowledgement)) == before, effect

    @rule()
    def the_resident_is_fine(self) -> None:
        self.desk.fine()

    @rule(reboots=st.booleans(), clock_ran=st.booleans())
    def hub_dies(self, reboots: bool, clock_ran: bool) -> None:
        self.calls.clear()
        if reboots:
            self.desk.beat()
            self.desk.reboot(clock_ran=clock_ran)
        else:
            self.desk.in_flight.clear()
            self.desk.start()

    @rule(gone=st.sampled_from([(), ("priya",), ("tom", "joan")]), withdrawn=st.booleans())
    def household_changes(self, gone: tuple[str, ...], withdrawn: bool) -> None:
        consent = NOBODY_MAY if withdrawn else CONSENT
        canary_to = None if "priya" in gone else CANARY  # a household whose canary goes to nobody is refused
        self.desk.household = replace(without(TWO_PATHS, *gone), consent=consent, canary=canary_to)

    # What always holds.

    @invariant()
    def i1_every_open_alarm_has_a_future(self) -> None:
        for row in self.desk.rows(alarm):
            closed = row["state"] in TERMINAL
            assert closed == (row["next_at"] is None) == (row["closed_at"] is not None)
            assert closed or (row["next_reason"] and row["boot_id"] == self.desk.boot_id)

    @invariant()
    def i2_nothing_reaches_a_provider_twice(self) -> None:
        assert all(count == 1 for count in self.at_provider.values())

    @invariant()
    def i3_every_finding_belongs_to_an_alarm(self) -> None:
        with self.desk.store.reading() as connection:
            attached = connection.execute(select(func.count()).select_from(alarm_finding)).scalar_one()
            assert attached == connection.execute(select(func.count()).select_from(finding)).scalar_one()

    @invariant()
    def i5_closed_stays_as_it_was_closed(self) -> None:
        for row in self.desk.rows(alarm):
            if row["state"] in TERMINAL:
                now = self.desk.alarm(row["id"])
                assert self.closed.setdefault(row["id"], now) == now

    @invariant()
    def i6_everybody_who_answered_is_recorded_and_the_last_winner_has_it(self) -> None:
        rows = self.desk.rows(acknowledgement)
        assert len(rows) == self.said
        for row in self.desk.rows(alarm):
            if row["state"] in HELD:
                winners = [one["person"] for one in rows if one["alarm_id"] == row["id"] and one["won"]]
                assert winners[-1] == row["owner"]

    @invariant()
    def i7_what_speaks_against_a_message_sticks(self) -> None:
        far = self.how_far()
        assert all(far[number][1] for number, _, negative in self.reports if negative)

    @invariant()
    def i9_somebody_is_on_call_at_every_moment(self) -> None:
        rotas = self.desk.household.rotas.values()
        assert all(on_call(rota, self.desk.now, self.desk.household.tz) for rota in rotas)

    @invariant()
    def i11_i12_what_is_held_back_has_a_reason_and_a_limit_none_on_a_life_plan(self) -> None:
        for row in self.desk.rows(notification, state="suppressed"):
            assert row["reason"]
            if row["reason"] == OVER_LIMIT and row["alarm_id"] is not None:
                assert self.desk.alarm(row["alarm_id"]).policy.plan.name != "life"

    @invariant()
    def i11_no_step_of_an_alarm_is_without_anybody_in_silence(self) -> None:
        for row in self.desk.rows(alarm, state="escalating"):
            step = self.desk.rows(
                notification, alarm_id=row["id"], round=row["round"], step=row["step"], purpose="alarm"
            )
            assert any(one["state"] not in ("suppressed", "failed", "superseded") for one in step)

    @invariant()
    def i13_every_change_has_its_audit_row(self) -> None:
        for row in self.desk.rows(alarm):
            audit = self.desk.rows(transition, alarm_id=row["id"])
            assert audit[-1]["to_state"] == row["state"]
            assert {one["alarm_version"] for one in audit} == set(range(1, row["version"] + 1))
            assert all(one["cause"] and one["detail"] for one in audit)


History.TestCase.settings = settings(
    max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestHistory = pytest.mark.slow(History.TestCase)


def test_1_an_open_alarm_without_a_future_is_refused(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    with pytest.raises(IntegrityError, match="open_has_a_future"):
        desk.do(lambda ctx: ctx.connection.execute(update(alarm).values(next_at=None)))


def test_2_the_same_message_planned_twice_is_one_row(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    row = desk.row(notification)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        desk.do(lambda ctx: ctx.connection.execute(notification.insert().values({**row, "id": 2})))


@pytest.mark.parametrize("table", [alarm, notification, transition, acknowledgement])
def test_5_nothing_is_deleted(desk: Desk, table: Table) -> None:
    desk.open(FindingKind.PANIC)
    desk.say(1, Said.GOING, "priya")
    with pytest.raises(IntegrityError, match="nothing is deleted"):
        desk.do(lambda ctx: ctx.connection.execute(delete(table)))


def test_5_closed_is_not_opened_again_by_any_statement(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.say(1, Said.CLOSED, "priya")
    with pytest.raises(IntegrityError, match="not opened again"):
        desk.do(lambda ctx: ctx.connection.execute(update(alarm).values(state="escalating")))


def test_13_the_audit_is_append_only(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    with pytest.raises(IntegrityError, match="not changed"):
        desk.do(lambda ctx: ctx.connection.execute(update(transition).values(cause="nothing")))


def test_14_an_answer_from_a_lost_attempt_cannot_write(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    desk.refuse(call, Trouble.PASSING)
    (again,) = desk.wait(1)
    desk.do(lambda ctx: results.not_found(ctx, call.message.notification_id, call.attempt))
    assert desk.row(notification, id=again.message.notification_id)["state"] == "calling"
