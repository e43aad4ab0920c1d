"""Applying, exporting, and that neither changes what need not change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from analytics.model import SettingValue
from analytics.settings import DEFAULTS, resolve
from hub.household import HouseholdError, apply, current, export, latest, parse
from hub.model import Provenance, Role
from hub.store import settings as chosen
from hub.store.changes import versions
from hub.store.connect import writer_engine
from hub.store.schema import change, consent, device, household, setting
from hub.store.settings import Choice
from tests.fakes import START
from tests.hub.blank import blank_database
from tests.hub.household.conftest import changed, line_of

LATER = START + timedelta(days=1)
SILENCE = "inactivity.longest_silence_min"
TABLES = (household, consent, device, setting, change)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = writer_engine(blank_database(tmp_path / "home.sqlite3"), 1.0)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def contents(connection: Connection) -> list[Any]:
    return [connection.execute(select(table)).all() for table in TABLES]


def decided(value: float, **more: Any) -> Choice:
    choice = Choice(
        key=SILENCE,
        value=value,
        provenance=Provenance.DECISION,
        by="workshop 3",
        because='"We" said so; it is\nenough.',
        reference="decision-12",
        review_at=START + timedelta(days=90, hours=5),
    )
    return replace(choice, **more)


class TestApply:
    def test_who_applied_it_is_known_once_somebody_has(self, connection: Connection, example: str) -> None:
        with pytest.raises(HouseholdError, match="no household was declared yet"):
            latest(connection)
        apply(connection, example, START, "setup")
        assert (latest(connection).revision, latest(connection).by, latest(connection).at) == (1, "setup", START)

    def test_puts_everything_in_force(self, connection: Connection, example: str) -> None:
        applied = apply(connection, example, START, "setup")

        assert applied.revision == 1
        assert applied.changes[:3] == (
            "revision 1 of the household",
            "consent revision 1",
            "7 devices added, changed or removed",
        )
        assert "setting inactivity.longest_silence_min is now 180 (version 1)" in applied.changes
        assert current(connection) == parse(example)
        assert resolve(chosen.in_force(connection))[SILENCE] == SettingValue(value=180.0, version=1)
        row = connection.execute(select(household)).one()
        assert (row.document, row.applied_by) == (example, "setup")
        granted = connection.execute(select(consent.c.field).where(consent.c.role == Role.NEIGHBOUR)).scalars()
        assert set(granted) == {"first_name", "kind_plain"}
        assert set(versions(connection)) == {"household", "consent", "device", "setting"}

    def test_keeps_of_a_device_what_the_pages_need_and_no_key(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")

        found = {row.name: row for row in connection.execute(select(device))}
        assert found["kitchen_motion"].config == {
            "name": "kitchen motion",
            "address": "A4:C1:38:10:00:03",
            "room": "kitchen",
            "person": None,
            "outer_door": False,
            "bed": False,
            "answers": {},
            "options": {},
            "key_secret": "kitchen_motion_key",
        }
        assert found["pendant"].config["answers"] == {"long_press": "fine"}

    def test_the_same_again_writes_nothing(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        before = contents(connection)

        applied = apply(connection, example, LATER, "somebody else")

        assert (applied.revision, applied.changes) == (1, ())
        assert contents(connection) == before

    def test_a_bad_file_changes_nothing(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        before = contents(connection)

        with pytest.raises(HouseholdError):
            apply(connection, changed(example, "rounds = 1", "rounds = 0"), LATER, "setup")

        assert contents(connection) == before

    def test_another_household_is_refused(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        before = contents(connection)

        with pytest.raises(HouseholdError, match=r"household 'marlow'.* needs a database of its own"):
            apply(connection, changed(example, 'id = "marlow"', 'id = "hudson"'), LATER, "setup")

        assert contents(connection) == before

    def test_only_a_comment_makes_a_revision_and_nothing_else(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")

        applied = apply(connection, example + "# Ben's number is new\n", LATER, "ben")

        assert applied.changes == ("revision 2 of the household",)
        assert export(connection).endswith("# Ben's number is new\n")

    def test_a_device_may_come_and_go(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        start = example.index("[devices.oximeter]")
        less = example[:start] + example[example.index("[devices.bedroom_switch]") :]

        assert apply(connection, less, LATER, "setup").changes[1:] == ("1 device added, changed or removed",)
        gone = select(device.c.name).where(device.c.removed_at.is_not(None))
        assert connection.execute(gone).scalars().all() == ["oximeter"]
        assert apply(connection, example, LATER, "setup").changes[1:] == ("1 device added, changed or removed",)
        assert connection.execute(gone).all() == []

    def test_changed_consent_needs_a_new_revision(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        wider = changed(example, '["first_name", "kind_plain"]', '["first_name", "kind_plain", "room"]')

        with pytest.raises(HouseholdError, match="consent has changed, so its `revision` must rise above 1") as raised:
            apply(connection, wider, LATER, "setup")
        assert raised.value.line == line_of(wider, "revision = 1")

        applied = apply(connection, changed(wider, "revision = 1", "revision = 2"), LATER, "setup")
        assert applied.changes == ("revision 2 of the household", "consent revision 2")
        count = select(func.count()).select_from(consent).where(consent.c.role == Role.NEIGHBOUR)
        assert connection.scalar(count.where(consent.c.revision == 1)) == 2
        assert connection.scalar(count.where(consent.c.revision == 2)) == 3

    def test_consent_may_be_withdrawn_altogether(self, connection: Connection, example: str) -> None:
        start, end = example.index("revision = 1"), example.index("[rotas")
        apply(connection, example, START, "setup")

        apply(connection, example[:start] + "revision = 2\n" + example[end:], LATER, "setup")

        assert current(connection).consent.fields == {}
        assert connection.scalar(select(func.max(consent.c.revision))) == 1


class TestSettings:
    def test_a_changed_line_makes_a_new_version(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")

        applied = apply(connection, changed(example, "value = 180", "value = 200"), LATER, "setup")

        assert applied.changes[1:] == ("setting inactivity.longest_silence_min is now 200 (version 2)",)
        assert [one.value for one in chosen.history(connection, SILENCE)] == [180.0, 200.0]

    def test_a_line_that_goes_away_brings_back_the_shipped_value(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        line = example[example.index(f'"{SILENCE}"') :].splitlines(keepends=True)[0]

        applied = apply(connection, changed(example, line, ""), LATER, "setup")

        assert applied.changes[1:] == ("setting inactivity.longest_silence_min is again as shipped (version 2)",)
        assert chosen.current(connection)[SILENCE].provenance is Provenance.DEFAULT
        assert resolve(chosen.in_force(connection))[SILENCE] == SettingValue(value=DEFAULTS[SILENCE].value)
        assert SILENCE not in export(connection)

    def test_what_was_decided_since_stays_decided(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        chosen.add(connection, decided(300.0), LATER)

        assert apply(connection, example + "# a comment\n", LATER, "setup").changes == ("revision 2 of the household",)
        line = example[example.index(f'"{SILENCE}"') :].splitlines(keepends=True)[0]
        assert len(apply(connection, changed(example, line, ""), LATER, "setup").changes) == 1
        assert chosen.in_force(connection)[SILENCE].value == 300.0

    def test_an_edited_line_comes_before_an_older_decision(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        chosen.add(connection, decided(300.0), LATER)

        apply(connection, changed(example, "value = 180", "value = 200"), LATER, "setup")

        assert chosen.in_force(connection)[SILENCE] == SettingValue(value=200.0, version=3)


class TestExport:
    def test_is_the_file_as_it_was_applied(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")

        assert export(connection) == example

    @pytest.mark.parametrize(
        "line",
        [
            '"inactivity.longest_silence_min" = 180',
            "inactivity.longest_silence_min = 180",
            "inactivity.longest_silence_min = 180\ninactivity.longest_out_min = 700",
            "inactivity = { longest_silence_min = 180 }",
            "[settings.inactivity]\nlongest_silence_min = 180",
            "[settings.inactivity.longest_silence_min]\nvalue = 180",
            "",
        ],
    )
    def test_shows_what_was_decided_since_and_changes_nothing(
        self, connection: Connection, example: str, line: str
    ) -> None:
        text = example[: example.index("[settings]")] + ("[settings]\n" + line + "\n" if line else "")
        apply(connection, text, START, "setup")
        chosen.add(connection, decided(300.0), LATER)
        before = contents(connection)

        exported = export(connection)

        assert exported.startswith(text[: text.index("[devices")])
        assert apply(connection, exported, LATER, "setup").changes == ()
        assert contents(connection) == before
        assert export(connection) == exported

    def test_carries_everything_to_another_hub(self, connection: Connection, example: str, tmp_path: Path) -> None:
        apply(connection, example, START, "setup")
        chosen.add(connection, decided(300.0), LATER)
        exported = export(connection)
        engine = writer_engine(blank_database(tmp_path / "other.sqlite3"), 1.0)

        with engine.begin() as other:
            apply(other, exported, LATER, "setup")
            there, here = chosen.current(other)[SILENCE], chosen.current(connection)[SILENCE]
            assert (there.value, there.provenance, there.by) == (300.0, Provenance.DECISION, "workshop 3")
            assert (there.because, there.reference) == (here.because, here.reference)
            assert there.review_at is not None
            assert here.review_at is not None
            assert abs(there.review_at - here.review_at) < timedelta(days=1)
            assert export(other) == exported
        engine.dispose()

    def test_and_edited_keeps_the_decision_in_it(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        chosen.add(connection, decided(300.0), LATER)

        applied = apply(connection, export(connection) + "# a comment\n", LATER, "setup")

        assert applied.changes == ("revision 2 of the household",)
        assert len(chosen.history(connection, SILENCE)) == 2

    def test_shows_a_setting_that_was_set_back(self, connection: Connection, example: str) -> None:
        apply(connection, example, START, "setup")
        back = Choice(
            key=SILENCE,
            value=DEFAULTS[SILENCE].value,
            provenance=Provenance.DEFAULT,
            by="workshop 4",
            because="It asked too often.",
        )
        chosen.add(connection, back, LATER)

        exported = export(connection)

        assert 'provenance = "default"' in exported
        assert apply(connection, exported, LATER, "setup").changes == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([key for key, spec in DEFAULTS.items() if isinstance(spec.low, float)]),
            st.floats(0, 1),
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
            st.sampled_from([Provenance.DECISION, Provenance.DEFAULT]),
        ),
        max_size=5,
    )
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_decided_an_export_changes_nothing(
    connection: Connection, example: str, decisions: list[tuple[str, float, str, Provenance]]
) -> None:
    with connection.begin_nested() as undone:
        apply(connection, example, START, "setup")
        for key, share, because, provenance in decisions:
            low, high = float(DEFAULTS[key].low), float(DEFAULTS[key].high)
            value = round(low + share * (high - low), 3)
            chosen.add(connection, decided(value, key=key, because=because, provenance=provenance), LATER)
        before = contents(connection)

        assert apply(connection, export(connection), LATER, "setup").changes == ()
        assert contents(connection) == before
        undone.rollback()


def test_a_hub_without_a_household_says_what_to_do(connection: Connection) -> None:
    for ask in (current, export):
        with pytest.raises(HouseholdError, match=r"no household was declared yet: write a home\.toml and run"):
            ask(connection)
