"""No sequence of acts leaves an orphan, shows words that were taken back, or changes a setting without provenance."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, event, select

from co_design.boards import BOARDS, desk
from co_design.chain import Chain, load
from co_design.interchange.refi import codebook
from co_design.interchange.tables import as_json as as_tables
from co_design.interchange.tables import tables_of
from co_design.model import ConsentScope
from co_design.orphans import RULES, orphans
from co_design.printing.report import letter, report
from co_design.rows import as_json
from co_design.trace import trace
from hub.intents import RefusedError
from hub.model import Provenance
from hub.store.connect import writer_engine
from hub.store.schema import metadata
from tests.carer_portal.home import MadeHome, make_home
from tests.co_design.record import SILENCE, Record, in_haste

NEVER = {name for name in RULES if "from nowhere" in name or name.startswith(("a changed setting", "a change with"))}
"""Loose ends that no act may make; the others come with time alone."""
KEPT = [select(table) for name, table in metadata.tables.items() if name.startswith("codesign_") or name == "setting"]
CHOICES = st.sampled_from(["agree", "agree", "agree", "stand_aside", "object"])
PICK = st.integers(0, 10_000)


class Sequences(RuleBasedStateMachine):
    """Anything in any order; what is refused changes nothing."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        shutil.copy(self.template, self.folder / "home.sqlite3")
        engine = writer_engine(self.folder / "home.sqlite3", 5.0)
        event.listen(engine, "connect", in_haste)
        home = MadeHome(path=self.folder / "home.sqlite3", engine=engine)
        self.record = Record(home=home)
        self.words: dict[int, str] = {}
        self.taken_back: set[int] = set()
        self.dissents = 0
        self.spoken = 0
        self.attempt("enrol", pseudonym="Heron", role="resident", person="margaret", consent_scope="public")
        self.attempt("enrol", pseudonym="Finch", role="family", consent_scope="project")
        session = {"title": "x", "purpose": "y", "participation": "consult", "facilitator": "fay", "method": "z"}
        self.attempt("plan", held_at=self.record.now, **session)
        self.say(0)
        self.record.an_idea(1)

    def teardown(self) -> None:
        """At the end everything that can be looked at, printed or exported is; it costs more, so only then."""
        with self.record.home.writing() as connection:
            at = desk(connection, self.record.now)
            shown = [as_json(board(at)) for board in BOARDS.values()]
            shown += [as_tables(tables_of(at.view)), codebook(at.view).decode()]
            shown += [str(letter(at.view, told)) for told in at.chain.feedback.values()]
            shown += [str(report(at.view, session, {})) for session in at.chain.workshops.values()]
        self.no_words_that_were_taken_back_are_left("".join(shown))
        self.record.home.engine.dispose()
        shutil.rmtree(self.folder)

    def attempt(self, act: str, /, **given: object) -> int | None:
        """Try it; a refusal is an answer too."""
        try:
            return self.record.does(act, **given)
        except RefusedError:
            return None

    def new_words(self) -> str:
        self.spoken += 1
        return " ".join(f"w{self.spoken}x{n}" for n in range(6))

    def heard(self, number: int | None, words: str) -> None:
        if number is not None:
            self.words[number] = words

    def any_words(self, pick: int) -> str:
        """A text of the facilitator's: their own, a quotation by number, or (wrongly) the words themselves."""
        still_there = sorted(self.words.keys() - self.taken_back)
        if not still_there:
            return "in their own words"
        number = still_there[pick % len(still_there)]
        return ["in their own words", f"as [u{number}] says", f"as they say: {self.words[number]}"][pick % 3]

    @rule(role=st.sampled_from(["resident", "family", "clinician"]))
    def enrol(self, role: str) -> None:
        self.attempt("enrol", pseudonym=f"P{len(self.record.chain().participants)}", role=role, consent_scope="project")

    @rule(pick=PICK)
    def say(self, pick: int) -> None:
        words = self.new_words()
        self.heard(self.attempt("utter", participant=1 + pick % 4, words=words, workshop=1), words)

    @rule(pick=PICK)
    def correct(self, pick: int) -> None:
        words, number = self.new_words(), 1 + pick % 9
        if self.attempt("correct", utterance=number, words=words) is not None:
            self.words[number] = words

    @rule(pick=PICK)
    def make_sense(self, pick: int) -> None:
        theme = self.attempt("theme", name=f"Theme {self.spoken}", meaning=self.any_words(pick))
        self.attempt("code", utterance=1 + pick % 9, theme=theme or 1, coder="fay")
        need = self.attempt("need", statement=self.any_words(pick // 3), themes=[theme or 1])
        self.attempt("idea", statement=self.any_words(pick // 5), needs=[need or 1], participant=1 + pick % 3)

    @rule(act=st.sampled_from(["merge_ideas", "merge_needs", "merge_themes"]), one=PICK, other=PICK)
    def merge(self, act: str, one: int, other: int) -> None:
        self.attempt(act, number=1 + one % 4, into=1 + other % 4)

    @rule(pick=PICK)
    def split_or_reword(self, pick: int) -> None:
        self.attempt("split_idea", idea=1 + pick % 4, into=[self.any_words(pick), "another"])
        self.attempt("reword_need", number=1 + pick % 4, statement=self.any_words(pick))

    @rule(pick=PICK)
    def uncode(self, pick: int) -> None:
        self.attempt("uncode", utterance=1 + pick % 5, theme=1 + pick % 3, coder="fay")

    @rule(pick=PICK, choice=CHOICES, other=CHOICES)
    def decide(self, pick: int, choice: str, other: str) -> None:
        ballot = self.attempt("ballot", question=self.any_words(pick), ideas=[1], setting=SILENCE)
        options = [
            self.attempt("option", ballot=ballot or 1, label=f"Option {value}", consequences="as said", value=value)
            for value in (100 + pick % 700, 240)
        ]
        for participant, said in ((1, choice), (2, other)):
            words = self.new_words()
            choices = {number: said for number in options if number}
            self.attempt("vote", ballot=ballot or 1, participant=participant, choices=choices, because=words)
            self.follow_utterances(words)
        decision = self.attempt(
            "decide", option=options[0] or 1, reasons=self.any_words(pick // 7), participation="consult"
        )
        self.attempt("change", decision=decision or 1)

    @rule(pick=PICK)
    def revert(self, pick: int) -> None:
        self.attempt("revert", change=1 + pick % 2, because=self.any_words(pick))

    @rule(pick=PICK, agrees=st.booleans())
    def reply(self, pick: int, agrees: bool) -> None:
        told = self.attempt("reply", decision=1, participant=1 + pick % 3, told=self.any_words(pick))
        words = self.new_words()
        self.attempt("answer", feedback=told or 1, agrees=agrees, words=words)
        self.follow_utterances(words)

    @rule(pick=PICK)
    def note_a_burden(self, pick: int) -> None:
        body = {"participant": 1 + pick % 3, "what": self.any_words(pick), "minutes": 5}
        self.attempt("write", kind="burden", body=body)

    @rule(pick=PICK)
    def take_back(self, pick: int) -> None:
        number = 1 + pick % 9
        if self.attempt("take_back", utterance=number) is not None:
            self.taken_back.add(number)

    @precondition(lambda self: len(self.words) > 4)
    @rule(pick=PICK)
    def withdraw(self, pick: int) -> None:
        person = 1 + pick % 4
        theirs = {one.id for one in self.record.chain().utterances.values() if one.participant_id == person}
        if self.attempt("withdraw", participant=person) is not None:
            self.taken_back |= theirs

    @rule()
    def time_passes(self) -> None:
        self.record.passes(3)

    def follow_utterances(self, words: str) -> None:
        """Words that came in with a vote or an answer."""
        chain = self.record.chain()
        for one in chain.utterances.values():
            if one.words == words:
                self.words[one.id] = words

    @invariant()
    def the_record_is_whole(self) -> None:
        with self.record.home.writing() as connection:
            chain = load(connection)
            everything = self.everything_kept(connection)
            shown = str(trace(connection, SILENCE, self.record.now, ConsentScope.HOME)) if self.taken_back else ""
        self.no_words_that_were_taken_back_are_left(everything + shown)
        self.nothing_hangs_in_the_air(chain)
        self.every_changed_setting_says_which_decision_made_it(chain)
        self.dissent_is_never_lost(chain)

    def everything_kept(self, connection: Connection) -> str:
        return " ".join(str(row) for one in KEPT for row in connection.execute(one).all())

    def no_words_that_were_taken_back_are_left(self, everything: str) -> None:
        assert [one for one in self.taken_back if self.words[one].split()[0] in everything] == []

    def nothing_hangs_in_the_air(self, chain: Chain) -> None:
        assert [one for one in orphans(chain, self.record.now) if one.rule in NEVER] == []

    def every_changed_setting_says_which_decision_made_it(self, chain: Chain) -> None:
        decided = [one for one in chain.settings.values() if one.provenance is Provenance.DECISION]
        assert all(one.reference in references(chain) for one in decided)

    def dissent_is_never_lost(self, chain: Chain) -> None:
        assert len(chain.dissents) >= self.dissents
        self.dissents = len(chain.dissents)


def references(chain: Chain) -> set[str]:
    return {f"decision:{number}" for number in chain.decisions}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chain") / "template.sqlite3"
    home = make_home(path)
    home.set_up()
    home.engine.dispose()
    return path


def test_any_sequence(template: Path) -> None:
    machine = type("Any", (Sequences,), {"template": template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
