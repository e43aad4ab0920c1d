"""How long every board and register of a large co-design record takes: `python -m benchmarks.co_design_boards`.

200 people, 5,000 utterances, 300 ideas. Prints one JSON object of seconds by board; 1 is exceeded where it fails.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection, Table, insert

from analytics.settings import DEFAULTS
from co_design import schema, schema_deciding
from co_design.boards import BOARDS, desk
from co_design.chain import load
from co_design.orphans import orphans
from co_design.trace import trace
from hub import household
from hub.clock import SystemClock
from hub.model import Role
from hub.store.schema import setting, to_us
from hub.store.writer import Store

PEOPLE, UTTERANCES, THEMES, NEEDS, IDEAS, DECISIONS = 200, 5_000, 60, 100, 300, 40
SLOWEST_S = 1.0
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SETTING = "inactivity.longest_silence_min"
ROLES = tuple(Role)


def fill(connection: Connection) -> None:
    """A record of this size, straight into its tables."""
    home = resources.files("co_design.example").joinpath("home.toml").read_text(encoding="utf-8")
    household.apply(connection, home, NOW, "bench")
    for table, rows in _rows(to_us(NOW)):
        connection.execute(insert(table), rows)


def _rows(at: int) -> list[tuple[Table, list[dict[str, object]]]]:
    return [*_said(at), *_sense(at), *_decided(at)]


def _said(at: int) -> list[tuple[Table, list[dict[str, object]]]]:
    people = [
        {"pseudonym": f"P{n}", "role": ROLES[n % len(ROLES)], "consent_scope": "project", "consented_at": at}
        for n in range(PEOPLE)
    ]
    said = [
        {"participant_id": 1 + n % PEOPLE, "at": at + n, "medium": "spoken", "language": "en", "verbatim": True,
         "words": f"In the {n}th of these sentences somebody tells what happened that day.", "consent_scope": "project"}
        for n in range(UTTERANCES)
    ]  # fmt: skip
    links = [
        {"utterance_id": 1 + n, "kind": "setting", "key": list(DEFAULTS)[n % len(DEFAULTS)], "version": 0}
        for n in range(UTTERANCES)
    ]
    felt = [
        {"utterance_id": 1 + n, "step": f"step {n % 12}", "emotion": f"feeling {n % 7}", "coder": "a", "at": at}
        for n in range(UTTERANCES)
    ]
    return [
        (schema.participant, people),
        (schema.utterance, said),
        (schema.utterance_link, links),
        (schema.touchpoint, felt),
    ]


def _sense(at: int) -> list[tuple[Table, list[dict[str, object]]]]:
    themes = [{"name": f"Theme {n}", "meaning": "What they share.", "by": "a", "at": at} for n in range(THEMES)]
    codings = [
        {"utterance_id": 1 + n, "theme_id": 1 + (n + (n % 10 == 0) * (coder == "b")) % THEMES, "coder": coder, "at": at}
        for n in range(UTTERANCES)
        for coder in "ab"
    ]
    needs = [{"statement": f"Need {n}, as in [u{1 + n}].", "by": "a", "at": at, "answer_by": at} for n in range(NEEDS)]
    ideas = [
        {"statement": f"Idea {n}.", "at": at, "medium": "sms", "participant_id": 1 + n % PEOPLE} for n in range(IDEAS)
    ]
    return [
        (schema.theme, themes),
        (schema.coding, codings),
        (schema.need, needs),
        (schema.theme_need, [{"theme_id": 1 + n % THEMES, "need_id": 1 + n} for n in range(NEEDS)]),
        (schema.idea, ideas),
        (schema.need_idea, [{"need_id": 1 + n % NEEDS, "idea_id": 1 + n} for n in range(IDEAS)]),
    ]


def _decided(at: int) -> list[tuple[Table, list[dict[str, object]]]]:
    each = range(DECISIONS)
    deciding = schema_deciding
    votes = [
        {"ballot_id": 1 + n, "participant_id": 1 + person, "option_id": 1 + n, "choice": "agree", "at": at}
        for n in each
        for person in range(PEOPLE)
    ]
    decisions = [
        {"ballot_id": 1 + n, "option_id": 1 + n, "tallies": {str(1 + n): {"resident": {"agree": 29}}}, "reasons": "x",
         "right": "y", "participation": "consult", "at": at, "follow_up_by": at}
        for n in each
    ]  # fmt: skip
    changes = [
        {"decision_id": 1 + n, "setting_key": SETTING, "setting_version": 1 + n, "at": at, "effect": "not_yet"}
        for n in each
    ]
    versions = [
        {"key": SETTING, "version": 1 + n, "value": 240, "provenance": "decision", "by": "a", "because": "x", "at": at}
        for n in each
    ]
    return [
        (deciding.ballot, [{"question": f"Q{n}", "method": "consent", "at": at} for n in each]),
        (deciding.option, [{"ballot_id": 1 + n, "label": "l", "consequences": "c"} for n in each]),
        (deciding.idea_ballot, [{"idea_id": 1 + n, "ballot_id": 1 + n % DECISIONS} for n in range(IDEAS)]),
        (deciding.vote, votes),
        (deciding.decision, decisions),
        (deciding.change, changes),
        (setting, versions),
    ]


def measured(connection: Connection) -> dict[str, float]:
    """Seconds for each board, for a trace, and for the check, each from the database anew."""
    now = NOW + timedelta(days=100)
    jobs: dict[str, Callable[[], object]] = {name: partial(_drawn, connection, name) for name in BOARDS}
    jobs["trace"] = lambda: trace(connection, SETTING, now)
    jobs["check"] = lambda: orphans(load(connection), now)
    clock = SystemClock()
    found: dict[str, float] = {}
    for name, job in jobs.items():
        begun = clock.boot_s()
        job()
        found[name] = round(clock.boot_s() - begun, 3)
    return found


def _drawn(connection: Connection, name: str) -> object:
    return BOARDS[name](desk(connection, NOW))


def main() -> int:
    """Measure and print; 1 where anything takes longer than a second."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "home.sqlite3", also=[schema.MIGRATIONS])
        store.run(fill)
        with store.reading() as connection:
            measured(connection)  # what is loaded once is not what is measured
            found = measured(connection)
        store.shut()
    sys.stdout.write(json.dumps(found) + "\n")
    return int(max(found.values()) > SLOWEST_S)


if __name__ == "__main__":
    sys.exit(main())
