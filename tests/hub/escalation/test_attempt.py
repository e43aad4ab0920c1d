"""A part of a transaction that fails undoes only itself."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from analytics.model import FindingKind
from hub.escalation import admission, alarms, transitions
from hub.escalation.attempt import attempt
from hub.escalation.context import Context, Fault
from hub.store.changes import touch, versions
from hub.store.errors import StoreFullError
from hub.store.schema import alarm, finding, notification
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import ALARMS, HOUSEHOLD
from tests.hub.escalation.homes import finding as a_finding

BROKEN = replace(HOUSEHOLD, alarms={**ALARMS, FindingKind.FALL: None})  # type: ignore[dict-item]


def test_what_fails_is_undone_and_the_rest_stands(desk: Desk) -> None:
    def work(ctx: Context) -> Exception | None:
        touch(ctx.connection, "kept")

        def failing() -> None:
            touch(ctx.connection, "undone")
            raise ValueError("no")

        return attempt(ctx, failing)

    assert isinstance(desk.do(work), ValueError)
    with desk.store.reading() as connection:
        known = versions(connection)
    assert "kept" in known
    assert "undone" not in known


def test_nobody_is_called_for_a_message_that_was_undone(desk: Desk) -> None:
    """A claim made before a failure goes with it; one made before it began stays."""

    def work(ctx: Context) -> list[str]:
        ctx.calls = []
        admission.admit(ctx, [a_finding(FindingKind.PANIC)])

        def failing() -> None:
            admission.admit(ctx, [a_finding(FindingKind.FAULT)])
            raise ValueError("no")

        attempt(ctx, failing)
        return [f"{call.message.notification_id}: {call.message.person}" for call in ctx.calls]

    assert desk.do(work) == ["1: priya"]
    assert len(desk.rows(notification)) == 1


def test_trouble_of_the_database_is_not_swallowed(desk: Desk) -> None:
    def fill(ctx: Context) -> None:
        pages = ctx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        ctx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        ctx.connection.exec_driver_sql("INSERT INTO change VALUES (?, 1)", ("x" * 5_000_000,))

    with pytest.raises((OperationalError, StoreFullError)):
        desk.do(lambda ctx: attempt(ctx, lambda: fill(ctx)))


def test_a_finding_that_cannot_be_dealt_with_holds_up_no_other_and_is_a_fault(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.household = replace(BROKEN, alarms={**BROKEN.alarms, FindingKind.FALL: object()})  # type: ignore[dict-item]
    (number, *_) = desk.admit(a_finding(FindingKind.FALL), a_finding(FindingKind.PANIC))
    assert desk.alarm(number).kind == "panic"
    assert "a finding of test could not be dealt with" in caplog.text
    assert [row["because"] for row in desk.rows(finding, kind="fault")] == [
        "Something that was noticed could not be dealt with."
    ]


def test_the_only_finding_that_cannot_be_dealt_with_is_not_acknowledged(desk: Desk) -> None:
    desk.household = replace(BROKEN, alarms={FindingKind.FALL: object()})  # type: ignore[dict-item]
    with pytest.raises(AttributeError):
        desk.admit(a_finding(FindingKind.FALL))
    assert desk.rows(finding) == []


def test_a_fault_that_cannot_be_raised_does_not_undo_the_work(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.household = replace(HOUSEHOLD, alarms={**ALARMS, FindingKind.FAULT: object()})  # type: ignore[dict-item]

    def work(ctx: Context) -> None:
        touch(ctx.connection, "kept")
        ctx.faults.append(Fault(subject="x", because="Something does not work."))

    desk.do(work)
    with desk.store.reading() as connection:
        assert "kept" in versions(connection)
    assert "a fault could not be raised" in caplog.text


def test_an_alarm_that_is_not_due_is_left_alone(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    before = desk.alarm(number)
    desk.do(lambda ctx: transitions.advance(ctx, number))
    desk.do(lambda ctx: transitions.advance(ctx, 99))
    assert desk.alarm(number) == before


def test_an_alarm_that_is_not_there_is_said(desk: Desk) -> None:
    with pytest.raises(alarms.UnknownAlarmError, match="there is no alarm 99"):
        desk.do(lambda ctx: alarms.get(ctx.connection, 99))
    assert desk.rows(alarm) == []
